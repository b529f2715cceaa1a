import { createHash } from 'node:crypto'
import { canonicalJson } from '../../base/canonical-json.ts'
import { sha256 } from '../../base/sha256.ts'
import type { AuditProblem } from '../../contract/index.ts'
import { findJob, lastVerdictId, readJobInput, verdictTexts, type Readable } from '../../store/index.ts'
import { asRecord, type DescribedEvent } from './described-event.ts'

/** Compares jobs with the newest event that tells of their input and of their report, and predictions with their hashes. */
export class JobComparison {
  readonly #database: Readable
  /** The newest event of each job, and the one that tells of its input. */
  readonly #jobs = new Map<number, { newest: DescribedEvent; begun: DescribedEvent | null }>()
  /** Events that hold the hash of predictions. */
  readonly #ranges: DescribedEvent[] = []

  constructor(database: Readable) {
    this.#database = database
  }

  add(event: DescribedEvent): void {
    if ('verdicts' in event.after) this.#ranges.push(event)
    const { type, id } = event.object
    if (type !== 'job' || typeof id !== 'number') return
    const begun = event.after['state'] === 'running' ? event : (this.#jobs.get(id)?.begun ?? null)
    this.#jobs.set(id, { newest: event, begun })
  }

  /** @param hasPin whether every prediction must be in an event; `pause`, `catchUp` as of RowComparison */
  async compare(hasPin: boolean, pause: () => Promise<void>, catchUp: () => void): Promise<AuditProblem[]> {
    const problems: AuditProblem[] = []
    const report = (eventId: number | null, message: string): void =>
      void problems.push({ kind: 'rows', eventId, message })
    let last = 0
    for (const { id, after } of this.#ranges) {
      const range = asRecord(after['verdicts'])
      const [from, to] = [Number(range['after']), Number(range['last'])]
      const hash = createHash('sha256')
      for (const text of verdictTexts(this.#database, { after: from, last: to })) {
        hash.update(text)
        await pause()
      }
      if (hash.digest('hex') !== range['sha256'])
        report(id, `The predictions ${from + 1} to ${to} differ from event ${id}.`)
      last = to
    }
    catchUp()
    last = Math.max(last, ...this.#ranges.map(({ after }) => Number(asRecord(after['verdicts'])['last'])))
    const newest = lastVerdictId(this.#database)
    if (hasPin && newest > last && !this.#isClassifying())
      report(null, `The predictions from number ${last + 1} on have no event: Lobule did not write them.`)
    for (const [id, { newest: said, begun }] of this.#jobs) {
      if (!this.#isAsSaid(id, said, begun)) report(said.id, `The job ${id} differs from event ${said.id}.`)
    }
    return problems
  }

  #isClassifying(): boolean {
    return [...this.#jobs.values()].some(
      ({ newest }) => newest.kind === 'classification' && newest.after['state'] === 'running',
    )
  }

  #isAsSaid(id: number, newest: DescribedEvent, begun: DescribedEvent | null): boolean {
    try {
      return this.#isSame(id, newest, begun)
    } catch {
      // A text that is not JSON any more.
      return false
    }
  }

  #isSame(id: number, { object, after }: DescribedEvent, begun: DescribedEvent | null): boolean {
    const job = findJob(this.#database, id)
    if (job === null || job.title !== object['name']) return false
    const input = canonicalJson(readJobInput(this.#database, id))
    const given = begun?.after ?? {}
    if ('input' in given && canonicalJson(given['input']) !== input) return false
    if ('inputSha256' in given && given['inputSha256'] !== sha256(input)) return false
    // A job that was resumed since tells of itself when it stops again.
    if (after['state'] !== 'done') return true
    if (job.state !== 'done') return false
    return !('reportSha256' in after) || sha256(canonicalJson(job.report)) === after['reportSha256']
  }
}
