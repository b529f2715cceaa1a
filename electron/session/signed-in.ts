import { AppError, isEnough, type CallRole } from '../contract/index.ts'
import { listUsers, type Readable, type StoredUser } from '../store/index.ts'

interface Current {
  readonly database: Readable
  readonly name: string
  isLocked: boolean
  usedAt: number
}

/**
 * Who is signed in to the open workspace, in this process alone. The page gets nothing that would sign it in again:
 * what it sent before a lock, a restart or the opening of another workspace is refused when it is sent once more. Role
 * and existence of the user are read from the workspace each time, so that a change of them counts at once.
 */
export class SignedIn {
  readonly #openDatabase: () => Readable | null
  readonly #lockAfterMinutes: () => number | null
  readonly #onLock: () => void
  #current: Current | null = null
  #timer: NodeJS.Timeout | undefined

  /**
   * @param openDatabase of the open workspace, or null
   * @param lockAfterMinutes without use it locks itself; null: never, since a command ends before that
   */
  constructor(
    openDatabase: () => Readable | null,
    lockAfterMinutes: () => number | null,
    onLock: () => void,
  ) {
    this.#openDatabase = openDatabase
    this.#lockAfterMinutes = lockAfterMinutes
    this.#onLock = onLock
  }

  /** Of the open workspace, by name. None: it has no users, or there is no workspace, and everything is allowed. */
  users(): StoredUser[] {
    const database = this.#openDatabase()
    return database === null ? [] : listUsers(database)
  }

  /** The user who is signed in, also while the page is locked; null: none. */
  user(): StoredUser | null {
    const current = this.#ofOpenWorkspace()
    return current === null ? null : (this.users().find(({ name }) => name === current.name) ?? null)
  }

  /** The same, null also while the page is locked. */
  userAtWork(): StoredUser | null {
    return this.isLocked ? null : this.user()
  }

  /**
   * The user at work, whose role is enough; null where there is nothing to check: no role is needed, or the workspace
   * has no users.
   * @throws AppError `user.signed-out`, `user.not-allowed`
   */
  require(needed: CallRole): StoredUser | null {
    if (needed === 'anyone' || this.users().length === 0) return null
    const user = this.userAtWork()
    if (user === null) throw new AppError('user.signed-out', {})
    const { name, role } = user
    if (!isEnough(role, needed)) throw new AppError('user.not-allowed', { name, role, needed })
    return user
  }

  get isLocked(): boolean {
    const current = this.#ofOpenWorkspace()
    const lockAfterMs = this.#lockAfterMs()
    // A computer that slept runs no timers.
    if (current !== null && lockAfterMs !== null && Date.now() - current.usedAt >= lockAfterMs) this.lock()
    return current?.isLocked === true
  }

  /** The reader of events: the user, null if none is signed in, or without users the reader of this machine. */
  readerOr(machineReader: string): string | null {
    return this.users().length === 0 ? machineReader : (this.user()?.name ?? null)
  }

  enter(name: string): void {
    const database = this.#openDatabase()
    if (database === null) return
    this.#current = { database, name, isLocked: false, usedAt: Date.now() }
    this.#startTimer()
  }

  leave(): void {
    this.#current = null
    clearTimeout(this.#timer)
  }

  lock(): void {
    const current = this.#ofOpenWorkspace()
    if (current === null || current.isLocked) return
    current.isLocked = true
    clearTimeout(this.#timer)
    this.#onLock()
  }

  /** The user does something: the time until the lock begins again. */
  use(): void {
    if (this.#current === null || this.isLocked) return
    this.#current.usedAt = Date.now()
    this.#startTimer()
  }

  #ofOpenWorkspace(): Current | null {
    return this.#current !== null && this.#current.database === this.#openDatabase() ? this.#current : null
  }

  #lockAfterMs(): number | null {
    const minutes = this.#lockAfterMinutes()
    return minutes === null ? null : minutes * 60_000
  }

  #startTimer(): void {
    clearTimeout(this.#timer)
    const lockAfterMs = this.#lockAfterMs()
    if (lockAfterMs === null) return
    this.#timer = setTimeout(() => this.lock(), lockAfterMs)
    this.#timer.unref()
  }
}
