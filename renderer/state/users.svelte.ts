import {
  calls,
  isEnough,
  lockMinutes,
  type CallInput,
  type CallName,
  type UserState,
  type UserView,
} from '../../electron/contract/index.ts'
import type { Client } from '../api/client.ts'

/** A person who uses the page is reported at most this often. */
const reportEveryMs = 30_000

/** Who may use the open workspace, and who is signed in. */
export class Users {
  readonly #client: Client
  #state = $state.raw<UserState | null>(null)
  /** The workspace that the state is of. */
  #path = $state.raw<string | null>(null)
  #reportedAt = -Infinity
  /** Whether a dialog sets a PIN; a new code is shown when it has closed. */
  isSettingPin = $state(false)

  constructor(client: Client) {
    this.#client = client
  }

  get all(): readonly UserView[] {
    return this.#state?.users ?? []
  }

  /** Whether this workspace has users. */
  get isOn(): boolean {
    return this.all.length > 0
  }

  /** Also while the page is locked. */
  get signedIn(): UserView | null {
    return this.#state?.signedIn ?? null
  }

  /** The account of the operating system that runs Lobule. */
  get account(): string {
    return this.#state?.account ?? ''
  }

  /** Minutes without use until the page locks itself. */
  get lockAfterMinutes(): number {
    return this.#state?.lockAfterMinutes ?? lockMinutes.usual
  }

  /** A recovery code that the signed-in user has not written down yet. */
  get unconfirmedCode(): UserState['recoveryCode'] {
    return this.#state?.recoveryCode ?? null
  }

  /** Whether nothing may be shown until a user signs in. */
  get mustSignIn(): boolean {
    return this.isOn && (this.signedIn === null || this.#state?.isLocked === true)
  }

  /** Whether the role of the signed-in user is enough for a call; in a workspace without users it is. Lobule refuses the others. */
  may(call: CallName): boolean {
    return !this.isOn || (this.signedIn !== null && isEnough(this.signedIn.role, calls[call].role))
  }

  /** Whether a workspace may be shown: it is known who may use it, and one of them is signed in if it has users. */
  maySee(path: string): boolean {
    return this.#path === path && !this.mustSignIn
  }

  /** @param path of the open workspace; null: none */
  async load(path: string | null): Promise<void> {
    this.#state = await this.#client['user.state']({})
    this.#path = path
  }

  clear(): void {
    this.#state = null
    this.#path = null
  }

  /** @param pin null: with the account of the operating system */
  async signIn(name: string, pin: string | null): Promise<void> {
    await this.#client['user.signIn']({ name, pin })
  }

  async signOut(): Promise<void> {
    await this.#client['user.signOut']({})
  }

  async lock(): Promise<void> {
    await this.#client['user.lock']({})
  }

  /** Keeps the page from locking itself while a person uses it. A failure changes nothing: the page locks. */
  reportUse(): void {
    const now = Date.now()
    if (!this.isOn || this.mustSignIn || now - this.#reportedAt < reportEveryMs) return
    this.#reportedAt = now
    void Promise.resolve(this.#client['user.active']({})).catch(() => undefined)
  }

  async add(user: CallInput<'user.add'>): Promise<void> {
    await this.#client['user.add'](user)
    await this.load(this.#path)
  }

  /** @param pin the present one, or the recovery code */
  async changePin(pin: string, newPin: string): Promise<void> {
    await this.#client['user.changePin']({ pin, newPin })
    await this.load(this.#path)
  }

  async setPin(name: string, pin: string): Promise<void> {
    await this.#client['user.setSignIn']({ name, pin })
    await this.load(this.#path)
  }

  async confirmCode(name: string): Promise<void> {
    await this.#client['user.confirmCode']({ name })
    await this.load(this.#path)
  }

  async setRole(name: string, role: UserView['role'], reason: string): Promise<void> {
    await this.#client['user.setRole']({ name, role, reason })
  }

  async setLock(minutes: number): Promise<void> {
    await this.#client['user.setLock']({ minutes })
  }

  async remove(name: string, reason: string): Promise<void> {
    await this.#client['user.remove']({ name, reason })
  }

  async turnOff(reason: string): Promise<void> {
    await this.#client['user.turnOff']({ reason })
  }
}
