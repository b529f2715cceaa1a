import type {
  AuditKind,
  CallInput,
  CallName,
  CallOutput,
  Calls,
} from '../../../../electron/contract/index.ts'

/** Calls that leave events. */
export type Audited = {
  [N in CallName]: Calls[N]['audit'] extends readonly AuditKind[] ? N : never
}[CallName]

/** A call, made as a user would, and the kinds of events that it leaves. */
export interface Scenario {
  /** Prepares what the call needs; its events do not count. */
  before?: () => Promise<void>
  run: () => Promise<void>
  leaves: readonly AuditKind[]
  /** Goes back to what the next scenario finds; its events do not count. */
  after?: () => Promise<void>
}
export const scenario = (
  leaves: readonly AuditKind[],
  work: () => Promise<void>,
  before?: () => Promise<void>,
): Scenario => (before === undefined ? { run: work, leaves } : { run: work, leaves, before })

/** What the scenarios work with. */
export interface Tools {
  call: <N extends CallName>(name: N, input: CallInput<N>) => Promise<CallOutput<N>>
  /** Waits for a job that must succeed. */
  finish: (started: { jobId: number }) => Promise<void>
  hasEnded: (jobId: number) => Promise<boolean>
  /** A path in the test's own folder. */
  file: (name: string) => string
}

/** GeoJSON of a triangle that is the tissue of an image. */
export const tissueText =
  '{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[1,1],[9,1],[5,9],[1,1]]]}}'
