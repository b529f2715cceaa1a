import { InvalidArgumentError, Option, type Command } from 'commander'
import { resolve } from 'node:path'
import {
  auditKinds,
  type AuditEventView,
  type AuditKind,
  type AuditVerification,
} from '../../contract/index.ts'
import { exitCodes, print, printTable } from '../run.ts'
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
  const audit = program.command('audit').description('the audit trail of a workspace: who changed what, when')
  addList(audit)
  audit
    .command('verify')
    .description('walk the whole trail; exit code 1 if it is broken')
    .requiredOption(...workspaceFlag)
    .option('--head <hash>', 'a newest hash that was noted down earlier: the trail must hold it still')
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
    .description('go on from an older copy of the workspace that is meant, such as a backup')
    .requiredOption(...workspaceFlag)
    .requiredOption('--reason <text>', 'why; it stands in the trail')
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
    .description('write the whole trail: .jsonl (can be verified without Lobule) or .csv')
    .requiredOption(...workspaceFlag)
    .requiredOption('--out <file>', 'its ending says what is written')
    .option(...jsonFlag)
    .action(async (options: WorkspaceOptions & { out: string }) => {
      await runInWorkspace(
        options,
        (context) => context.call('audit.export', { path: resolve(options.out) }),
        ({ path, events, head }) => print(`${events} events written to ${path}.\nNewest hash: ${head}`),
      )
    })
}

function addList(audit: Command): void {
  audit
    .command('list')
    .description('the newest events; every filter narrows the list')
    .requiredOption(...workspaceFlag)
    .addOption(new Option('--kind <kind...>', 'of these kinds').choices(auditKinds))
    .option('--reader <name>', 'by this reader')
    .option('--image <number>', 'of this image', wholeNumber)
    .option('--text <text>', 'with this in a name, a reason or what changed')
    .option(
      '--from <time>',
      'not before, such as 2026-01-31 or 2026-01-31T12:00:00Z',
      moment('T00:00:00.000Z'),
    )
    .option('--to <time>', 'not after', moment('T23:59:59.999Z'))
    .option('--limit <number>', 'at most so many', wholeNumber, 50)
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
            const ask = Math.min(1000, limit - events.length)
            const page = await context.call('audit.list', { filter, olderThan, limit: ask })
            events.push(...page.events)
            if (events.length >= limit || page.events.length < ask) return { total: page.total, events }
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

/** A day, taken in UTC, or a moment. */
const moment =
  (timeOfDay: string) =>
  (text: string): string => {
    const at = new Date(/^\d{4}-\d{2}-\d{2}$/.test(text) ? text + timeOfDay : text)
    if (Number.isNaN(at.getTime())) throw new InvalidArgumentError('It must be a day or a time, as ISO 8601.')
    return at.toISOString()
  }

function presentVerification({ whole, problems, sentence, events, head }: AuditVerification): void {
  print(sentence)
  for (const { message } of problems) print(`- ${message}`)
  if (!whole) print(`${events} events were read; the newest hash is ${head ?? 'none'}.`)
}

const short = (value: unknown): string => {
  const text =
    value === null || value === undefined ? '-' : typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

function presentEvents({ total, events }: { total: number; events: readonly AuditEventView[] }): void {
  printTable([
    ['event', 'at', 'kind', 'reader', 'object', 'before', 'after', 'reason'],
    ...events.map(({ id, at, kind, reader, object, before, after, reason }) => [
      String(id),
      at,
      kind,
      reader ?? '-',
      `${object.type}${object.id === null ? '' : ` ${object.id}`}${object.name === null ? '' : ` (${object.name})`}`,
      short(before),
      short(after),
      reason ?? '',
    ]),
  ])
  if (total > events.length) print(`${events.length} of ${total} events; --limit shows more.`)
}
