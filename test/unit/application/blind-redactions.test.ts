import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { BlindedView } from '../../../electron/application/blinded-view.ts'
import * as errors from '../../../electron/application/redact-errors.ts'
import { redactedEvents } from '../../../electron/application/redact-events.ts'
import { redactedReports } from '../../../electron/application/redact-jobs.ts'
import { withAliases } from '../../../electron/application/redact-values.ts'
import { redactions } from '../../../electron/application/redactions.ts'
import { AppError, toErrorView, type Answer, type CallName } from '../../../electron/contract/index.ts'
import { normalised } from './blind-answers.ts'
import { expectNothingWithheld, runBlind, withheldOf, type Heard } from './blind-run.ts'

/**
 * Whether each redaction is needed: what the blind contract test would find without it. In one run of all calls, each
 * redaction also says what would pass if it alone were missing; everything else is still redacted.
 */
interface Variant {
  /** The call, event or error that it was made of. */
  name: string
  /** The call in which it was made; variants of the same call are compared between the two workspaces. */
  call: number
  value: unknown
}
type Redact = (value: never, view: BlindedView) => unknown

/** By redaction. */
let variants = new Map<string, Variant[]>()
let current = 0
const note = (redaction: string, name: string, value: unknown): void => {
  const known = variants.get(redaction) ?? []
  variants.set(redaction, known)
  known.push({ name, call: current, value: structuredClone(value) })
}

vi.mock('../../../electron/application/redact-errors.ts', async (original) => {
  const real = await original<typeof errors>()
  const table = real.blindedErrors as Record<string, 'named' | 'refused'>
  const redactError: typeof real.redactError = (error, asked, view) => {
    const code = error instanceof AppError ? (error as AppError).code : ''
    if (table[code] === 'refused') {
      table[code] = 'named'
      const passed = real.redactError(error, asked, view)
      table[code] = 'refused'
      note(`error ${code}`, 'error', { ok: false, error: toErrorView(passed) })
    }
    return real.redactError(error, asked, view)
  }
  const redactJobError: typeof real.redactJobError = (error, view) => {
    if (table[error.code] === 'refused') {
      table[error.code] = 'named'
      note(`error ${error.code}`, 'error', { ok: false, error: real.redactJobError(error, view) })
      table[error.code] = 'refused'
    }
    return real.redactJobError(error, view)
  }
  return { ...real, redactError, redactJobError }
})

function watch(kind: string, table: object, names: readonly string[] = Object.keys(table)): string[] {
  const functions = table as Record<string, Redact>
  return names.flatMap((name) => {
    const redact = functions[name] as Redact
    if (redact.name === 'whole') return []
    functions[name] = (value, view) => {
      note(`${kind} ${name}`, kind === 'call' ? name : 'event', withAliases(value, view))
      return redact(value, view)
    }
    return [`${kind} ${name}`]
  })
}

const watched = [
  ...watch('call', redactions),
  ...watch('event', redactedEvents),
  ...watch('report', redactedReports),
  ...Object.entries(errors.blindedErrors).flatMap(([code, kind]) =>
    kind === 'refused' ? [`error ${code}`] : [],
  ),
]

/** Where nothing is found, and why the redaction stays. */
const otherwise: Readonly<Record<string, string>> = {
  'call backup.rescue': 'Its list of missing files is empty here; it would be in the order of import.',
  'call audit.accept': 'It needs an older copy of the workspace. It answers as audit.verify does.',
  'event images.changed': 'No job of the run changes a withheld image; the order would be that of import.',
  'error reading.nothing-to-adjudicate': 'Its call is refused; a job would withhold its only detail.',
  'error descriptors.no-image': 'Its call is refused; a job would withhold its only detail.',
  'error training.no-cases': 'It has no details: that it occurs tells something about all images.',
  'error test-set.nothing-to-lock': 'It has no details: that it occurs tells something about all images.',
}

const runs: { heard: Heard; variants: Map<string, Variant[]> }[] = []
beforeAll(async () => {
  for (const which of ['first', 'second'] as const) {
    variants = new Map()
    current = -1
    const heard = await runBlind(which, (_: CallName, index) => (current = index))
    runs.push({ heard, variants })
  }
})
afterAll(() => {
  for (const { heard } of runs) rmSync(heard.root, { recursive: true })
})

/** What the contract test finds in the variants of one redaction; null: nothing. */
async function found(redaction: string): Promise<string | null> {
  for (const { heard, variants: made } of runs) {
    const known = await withheldOf(heard)
    for (const { name, value } of made.get(redaction) ?? []) {
      try {
        expectNothingWithheld(name, value, known)
      } catch (error) {
        return (error as Error).message.slice(0, 100)
      }
    }
  }
  const [first = [], second = []] = runs.map(({ heard, variants: made }) =>
    (made.get(redaction) ?? [])
      .filter(({ call }) => call >= 0)
      .map(({ call, value }) => `${call} ${normalised(value as Answer, heard.root)}`),
  )
  return JSON.stringify(first) === JSON.stringify(second) ? null : 'the workspaces differ'
}

const reached = watched.filter((redaction) => otherwise[redaction] === undefined)
it.each(reached)('without the redaction of %s, something is found', async (redaction) => {
  expect(runs[0]?.variants.has(redaction), 'it was used').toBe(true)
  expect(await found(redaction)).not.toBeNull()
})

it('lists no redaction as an exception if something is found without it', async () => {
  expect(watched).toEqual(expect.arrayContaining(Object.keys(otherwise)))
  for (const redaction of Object.keys(otherwise)) expect(await found(redaction), redaction).toBeNull()
})
