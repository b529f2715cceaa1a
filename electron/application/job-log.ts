import { log } from '../base/log.ts'
import type { AnyEvent, JobView } from '../contract/index.ts'
import { failureCounts } from '../queue/failure-counts.ts'
import { hasEnded } from '../queue/queued-job.ts'

/** A listener that logs when jobs change their state and how they end. */
export function jobLog(): (event: AnyEvent) => void {
  const states = new Map<string, JobView['state']>()
  return (event) => {
    if (event.name !== 'job.changed') return
    const { kind, state, id, createdAt, endedAt, error } = event.payload
    // Ids of jobs begin again in another workspace.
    const key = `${id} ${createdAt}`
    if (states.get(key) === state) return
    if (!hasEnded(event.payload)) {
      states.set(key, state)
      log({ event: 'job.changed', job: kind, state })
      return
    }
    states.delete(key)
    const seconds = Math.round((Date.parse(endedAt ?? createdAt) - Date.parse(createdAt)) / 1000)
    log({
      event: 'job.ended',
      job: kind,
      state,
      seconds,
      code: error?.code ?? null,
      failures: failureCounts(event.payload),
    })
  }
}
