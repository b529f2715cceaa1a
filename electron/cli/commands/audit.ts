import { InvalidArgumentError, Option, type Command } from 'commander'
import { resolve } from 'node:path'
import {
  auditKinds,
  originOf,
  type AuditEventView,
  type AuditKind,
  type AuditVerification,
} from '../../contract/index.ts'
import { exitCodes, print, printTable } from '../run.ts'
import { replaceFlag } from './replacing.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

interface ListOptions extends WorkspaceOptions {
  kind?: AuditKind[]
  reader?: string
  image?: number
  text?: string
  from?: string
  to?: string
  limit: number
}

export function addAuditCommands(program: Command): void {
  const audit = program
    .command('audit')
    .description('show, verify and export the audit trail: who changed what, and when')
  addList(audit)
  audit
    .command('verify')
    .description('verify the whole audit trail; exit code 1 if it is broken')
    .requiredOption(...workspaceFlag)
    .option('--head <hash>', 'a hash recorded earlier that the audit trail must still contain')
    .option(...jsonFlag)
    .action(async (options: WorkspaceOptions & { head?: string }) => {
      await runInWorkspace(
        options,
        async (context) => {
          const found = await context.call('audit.verify', { head: options.head?.toLowerCase() ?? null })
          if (!found.whole) process.exitCode = exitCodes.failed
          return found
        },
        presentVerification,
      )
    })
  audit
    .command('accept')
    .description('accept an older copy of the workspace, for example a restored backup')
    .requiredOption(...workspaceFlag)
    .requiredOption('--reason <text>', 'reason; recorded in the audit trail')
    .option(...jsonFlag)
    .action(async (options: WorkspaceOptions & { reason: string }) => {
      await runInWorkspace(
        options,
        (context) => context.call('audit.accept', { reason: options.reason }),
        presentVerification,
      )
    })
  audit
    .command('export')
    .description('export the whole audit trail as .jsonl (can be verified without Lobule) or .csv')
    .requiredOption(...workspaceFlag)
    .requiredOption('--out <file>', 'file to write; its extension sets the format')
    .option(...replaceFlag)
    .option(...jsonFlag)
    .action(async (options: WorkspaceOptions & { out: string; replace?: boolean }) => {
      await runInWorkspace(
        options,
        (context) => context.call('audit.export', { path: resolve(options.out), replace: options.replace }),
        ({ path, events, head }) => print(`${events} events written to ${path}.`, `Newest hash: ${head}`),
      )
    })
}

function addList(audit: Command): void {
  audit
    .command('list')
    .description('list the newest events; filters can be combined')
    .requiredOption(...workspaceFlag)
    .addOption(new Option('--kind <kind...>', 'only these kinds').choices(auditKinds))
    .option('--reader <name>', 'only this reader')
    .option('--image <number>', 'only this image', wholeNumber)
    .option('--text <text>', 'only events with this text in a name, a reason or a change')
    .option(
      '--from <time>',
      'earliest time, for example 2026-01-31 or 2026-01-31T12:00:00Z',
      timeOption('T00:00:00.000Z'),
    )
    .option('--to <time>', 'latest time', timeOption('T23:59:59.999Z'))
    .option('--limit <number>', 'maximum number of events', wholeNumber, 50)
    .option(...jsonFlag)
    .action(async (options: ListOptions) => {
      await runInWorkspace(
        options,
        async (context) => {
          const { kind: kinds = null, reader = null, image: imageId = null, text = null } = options
          const { from = null, to = null, limit } = options
          const filter = { kinds, reader, imageId, text, from, to }
          const events: AuditEventView[] = []
          for (;;) {
            const olderThan = events.at(-1)?.id ?? null
            const pageSize = Math.min(1000, limit - events.length)
            const page = await context.call('audit.list', { filter, olderThan, limit: pageSize })
            events.push(...page.events)
            if (events.length >= limit || page.events.length < pageSize) return { total: page.total, events }
          }
        },
        presentEvents,
      )
    })
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number from 1.')
  return value
}

/** Reads a day (in UTC, with this time of day) or a time. */
const timeOption =
  (timeOfDay: string) =>
  (text: string): string => {
    const at = new Date(/^\d{4}-\d{2}-\d{2}$/.test(text) ? text + timeOfDay : text)
    if (Number.isNaN(at.getTime()))
      throw new InvalidArgumentError('It must be a date or a time in ISO 8601 format.')
    return at.toISOString()
  }

function presentVerification({ whole, problems, sentence, events, head }: AuditVerification): void {
  print(sentence)
  for (const { message } of problems) print(`- ${message}`)
  if (!whole) print(`${events} events were read; the newest hash is ${head ?? 'none'}.`)
}

const shorten = (value: unknown): string => {
  const text =
    value === null || value === undefined ? '-' : typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

function presentEvents({ total, events }: { total: number; events: readonly AuditEventView[] }): void {
  printTable([
    ['event', 'at', 'kind', 'reader', 'object', 'before', 'after', 'reason'],
    ...events.map(({ id, at, kind, reader, object, before, after, reason, labelSource }) => [
      String(id),
      at,
      kind,
      labelSource === undefined ? (reader ?? '-') : originOf({ reader, ...labelSource }),
      `${object.type}${object.id === null ? '' : ` ${object.id}`}${object.name === null ? '' : ` (${object.name})`}`,
      shorten(before),
      shorten(after),
      reason ?? '',
    ]),
  ])
  if (total > events.length) print(`${events.length} of ${total} events; --limit shows more.`)
}
