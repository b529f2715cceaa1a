import type { Foreground } from '../../base/foreground.ts'
import { AppError, toErrorView, type AnyEvent, type AuditVerification } from '../../contract/index.ts'
import {
  appendEvent,
  chainHead,
  holdsEvent,
  readCreatedAt,
  watchTrail,
  type Writable,
} from '../../store/index.ts'
import type { Session } from '../../session/session.ts'
import { KnownHeads } from './known-heads.ts'
import { verifyChain } from './verify-chain.ts'

/** The newest event is stored this long after the first one that is not stored yet. */
const saveAfterMs = 200

/**
 * Verifies the audit trail of each workspace in the background when it is opened, and sends the result to the page, which is
 * loading meanwhile: its calls come first.
 * Stores the newest event outside the workspace, soon after it was added and when the workspace is closed, so that the
 * next verification can find events that were cut off and older copies, also after a crash.
 */
export class AuditWatch {
  readonly #session: Session
  readonly #heads: KnownHeads
  readonly #emit: (event: AnyEvent) => void
  readonly #foreground: Foreground
  #watched: { path: string; database: Writable; createdAt: string } | null = null
  #state: AuditVerification | null = null
  #saving: NodeJS.Timeout | null = null
  #controller = new AbortController()

  constructor(
    session: Session,
    homeDirectory: string,
    emit: (event: AnyEvent) => void,
    foreground: Foreground,
  ) {
    this.#session = session
    this.#foreground = foreground
    this.#heads = new KnownHeads(homeDirectory)
    this.#emit = emit
    session.onClosing(() => this.#closeWatched())
  }

  /** The latest result; null: the trail is not verified yet. */
  get state(): AuditVerification | null {
    return this.#state
  }

  /** To be called with every event of the application. */
  handleEvent(event: AnyEvent): void {
    if (event.name !== 'workspace.changed') return
    const database = event.payload === null ? null : this.#session.workspace.database
    if (database !== null && database === this.#watched?.database) return
    this.#closeWatched()
    if (event.payload === null || database === null) return
    this.#watched = { path: event.payload.path, database, createdAt: readCreatedAt(database) }
    watchTrail(database, () => this.#saveSoon())
    void this.#begin()
    this.#saveSoon()
  }

  /**
   * Verifies the whole trail now.
   * @param head a hash recorded earlier that the trail must contain; null: none
   * @throws AppError `workspace.none-open`, also if the workspace is closed in the meantime
   */
  async verify(head: string | null): Promise<AuditVerification> {
    const { path, database, createdAt } = this.#required()
    const { signal } = this.#controller
    try {
      const known = this.#heads.of(path, createdAt)
      const result = await verifyChain(database, { head, known, signal })
      this.#publish(result)
      return result
    } catch (error) {
      if (signal.aborted || !this.#isCurrent())
        throw new AppError('workspace.none-open', {}, { cause: error })
      throw error
    }
  }

  /**
   * Accepts an older copy of the workspace, such as a restored backup.
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

  #required(): { path: string; database: Writable; createdAt: string } {
    if (this.#watched === null || !this.#isCurrent()) throw new AppError('workspace.none-open', {})
    return this.#watched
  }

  async #begin(): Promise<void> {
    const { signal } = (this.#controller = new AbortController())
    const { path, database, createdAt } = this.#required()
    try {
      const known = this.#heads.of(path, createdAt)
      const idle = (): Promise<void> => this.#foreground.idle()
      this.#publish(await verifyChain(database, { known, signal, idle }))
    } catch (error) {
      if (signal.aborted || !this.#isCurrent()) return
      this.#publish(unreadable(toErrorView(error).message))
    }
  }

  #publish(result: AuditVerification): void {
    this.#state = result
    this.#emit({ name: 'audit.changed', payload: result })
  }

  /** False after the workspace was closed, also if the next one could not be opened. */
  #isCurrent(): boolean {
    return this.#session.isOpen && this.#session.workspace.database === this.#watched?.database
  }

  #saveSoon(): void {
    // The program may end without waiting for it: closing the workspace stores the newest event too.
    this.#saving ??= setTimeout(() => this.#saveNewest(), saveAfterMs).unref()
  }

  /**
   * Stores the newest event, unless the trail lacks the one that was stored before: an older copy would be accepted the
   * next time. It does not wait for the verification: whatever else is broken is found again each time.
   */
  #saveNewest(): void {
    clearTimeout(this.#saving ?? undefined)
    this.#saving = null
    if (this.#watched === null) return
    const { path, database, createdAt } = this.#watched
    try {
      const known = this.#heads.of(path, createdAt)
      if (known !== null && !holdsEvent(database, known)) return
      const head = chainHead(database)
      if (head === null || head.hash === known?.hash) return
      this.#heads.save(path, { createdAt, event: head.id, hash: head.hash })
    } catch (error) {
      // Work must go on. The event stored before stays.
      console.error('the newest hash of the audit trail was not stored', error)
    }
  }

  #closeWatched(): void {
    this.#controller.abort()
    this.#saveNewest()
    this.#watched = null
    this.#state = null
  }
}

/** The result for a database that is too damaged to read. */
const unreadable = (reason: string): AuditVerification => {
  const message = `The audit trail cannot be read: ${reason}`
  return {
    whole: false,
    events: 0,
    head: null,
    holdsNoted: null,
    problems: [{ kind: 'chain', eventId: null, message }],
    sentence: `${message} Check the workspace with "lobule workspace check" and restore it from a backup if you have one.`,
    verifiedAt: new Date().toISOString(),
    durationMs: 0,
  }
}
