import { AppError, toErrorView, type AnyEvent, type AuditVerification } from '../../contract/index.ts'
import { appendEvent, chainHead, readCreatedAt, type Writable } from '../../store/index.ts'
import type { Session } from '../../session/session.ts'
import { KnownHeads, type KnownHead } from './known-heads.ts'
import { verifyChain } from './verify-chain.ts'

/**
 * Verifies the audit trail of each workspace that is opened, in the background, and tells the page; remembers its
 * newest event outside the workspace.
 */
export class AuditWatch {
  readonly #session: Session
  readonly #heads: KnownHeads
  readonly #emit: (event: AnyEvent) => void
  #watched: { path: string; database: Writable; createdAt: string } | null = null
  #state: AuditVerification | null = null
  /** As it stood when something last happened; kept once the workspace is closed. */
  #newest: KnownHead | null = null
  #controller = new AbortController()

  constructor(session: Session, homeDirectory: string, emit: (event: AnyEvent) => void) {
    this.#session = session
    this.#heads = new KnownHeads(homeDirectory)
    this.#emit = emit
  }

  /** What was found at opening, or by a person since; null: not yet. */
  get state(): AuditVerification | null {
    return this.#state
  }

  /** To be told every event of the application. */
  hear(event: AnyEvent): void {
    if (event.name !== 'workspace.changed') {
      this.#look()
      return
    }
    const database = event.payload === null ? null : this.#session.workspace.database
    if (database !== null && database === this.#watched?.database) return
    this.#leave()
    if (event.payload === null || database === null) return
    this.#watched = { path: event.payload.path, database, createdAt: readCreatedAt(database) }
    void this.#begin()
  }

  /**
   * @param head a hash that was noted down
   * @throws AppError `workspace.none-open`, also where it is closed meanwhile
   */
  async verify(head: string | null): Promise<AuditVerification> {
    const { path, database, createdAt } = this.#required()
    const { signal } = this.#controller
    try {
      const known = this.#heads.of(path, createdAt)
      const found = await verifyChain(database, { head, known, signal })
      this.#tell(found)
      return found
    } catch (error) {
      if (signal.aborted || !this.#isCurrent())
        throw new AppError('workspace.none-open', {}, { cause: error })
      throw error
    }
  }

  /**
   * Goes on from an older copy that is meant.
   * @throws AppError `audit.nothing-to-accept`, `workspace.none-open`
   */
  async accept(reason: string): Promise<AuditVerification> {
    const { path, database, createdAt } = this.#required()
    const known = this.#heads.of(path, createdAt)
    const { problems } = await this.verify(null)
    if (known === null || !problems.some(({ kind }) => kind === 'known')) {
      throw new AppError('audit.nothing-to-accept', {})
    }
    appendEvent(database, {
      kind: 'chain',
      object: { type: 'workspace', id: null, name: null },
      before: { lastSeenEvent: known.event, lastSeenHash: known.hash },
      after: { accepted: 'an older copy of the workspace' },
      reason,
    })
    const head = chainHead(database)
    if (head !== null) this.#heads.save(path, { createdAt, event: head.id, hash: head.hash })
    return this.verify(null)
  }

  /** The application ends; the workspace is still open. */
  stop(): void {
    this.#look()
    this.#leave()
  }

  #required(): { path: string; database: Writable; createdAt: string } {
    if (this.#watched === null || !this.#isCurrent()) throw new AppError('workspace.none-open', {})
    return this.#watched
  }

  async #begin(): Promise<void> {
    const { signal } = (this.#controller = new AbortController())
    const { path, database, createdAt } = this.#required()
    try {
      const known = this.#heads.of(path, createdAt)
      this.#tell(await verifyChain(database, { known, signal }))
    } catch (error) {
      if (signal.aborted || !this.#isCurrent()) return
      this.#tell(unreadable(toErrorView(error).message))
    }
  }

  #tell(found: AuditVerification): void {
    this.#state = found
    this.#look()
    this.#emit({ name: 'audit.changed', payload: found })
  }

  /** A workspace may be closed for another one that then could not be opened. */
  #isCurrent(): boolean {
    return this.#session.isOpen && this.#session.workspace.database === this.#watched?.database
  }

  /** Of a broken trail nothing is kept, so that it stays broken. */
  #look(): void {
    if (!this.#isCurrent() || this.#watched === null) return
    if (this.#state?.problems.some(({ kind }) => kind !== 'head') !== false) return
    const head = chainHead(this.#watched.database)
    const { createdAt } = this.#watched
    if (head !== null) this.#newest = { createdAt, event: head.id, hash: head.hash }
  }

  #leave(): void {
    this.#controller.abort()
    if (this.#watched !== null && this.#newest !== null) {
      try {
        this.#heads.save(this.#watched.path, this.#newest)
      } catch (error) {
        // Closing goes on; the head before it stays.
        console.error('the newest hash of the audit trail was not kept', error)
      }
    }
    this.#watched = null
    this.#state = null
    this.#newest = null
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
