import { toErrorView, type AnyEvent, type AuditVerification } from '../../contract/index.ts'
import type { Readable } from '../../store/index.ts'
import type { Session } from '../session.ts'
import { verifyChain } from './verify-chain.ts'

/** Verifies the audit trail of each workspace that is opened, in the background, and tells the page. */
export class AuditWatch {
  readonly #session: Session
  readonly #emit: (event: AnyEvent) => void
  #path: string | null = null
  #state: AuditVerification | null = null
  #controller = new AbortController()

  constructor(session: Session, emit: (event: AnyEvent) => void) {
    this.#session = session
    this.#emit = emit
  }

  /** What was found at opening, or by a person since; null: not yet. */
  get state(): AuditVerification | null {
    return this.#state
  }

  /** To be told every event of the application. */
  hear(event: AnyEvent): void {
    if (event.name !== 'workspace.changed') return
    const path = event.payload?.path ?? null
    if (path === this.#path) return
    this.stop()
    this.#path = path
    if (path !== null) void this.#begin(this.#session.workspace.database)
  }

  /** @param head a hash that was noted down */
  async verify(database: Readable, head: string | null): Promise<AuditVerification> {
    const found = await verifyChain(database, { head })
    this.#tell(found)
    return found
  }

  stop(): void {
    this.#controller.abort()
    this.#path = null
    this.#state = null
  }

  async #begin(database: Readable): Promise<void> {
    const { signal } = (this.#controller = new AbortController())
    try {
      const found = await verifyChain(database, { signal })
      this.#tell(found)
    } catch (error) {
      if (signal.aborted) return
      this.#tell(unreadable(toErrorView(error).message))
    }
  }

  #tell(found: AuditVerification): void {
    this.#state = found
    this.#emit({ name: 'audit.changed', payload: found })
  }
}

/** A database too damaged to be walked. */
const unreadable = (reason: string): AuditVerification => {
  const message = `The audit trail cannot be read: ${reason}`
  return {
    whole: false,
    events: 0,
    head: null,
    holdsNoted: null,
    problems: [{ kind: 'chain', eventId: null, message }],
    sentence: `${message} Look at the workspace with "lobule workspace check" and go on from a backup if you can.`,
    verifiedAt: new Date().toISOString(),
    durationMs: 0,
  }
}
