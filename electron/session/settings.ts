import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { writeAtomicallySync } from '../base/atomic-file.ts'
import { AppError, lockMinutes, type Policy } from '../contract/index.ts'
import { noPolicy, type MachinePolicy } from './policy.ts'

const settingsSchema = z.object({
  /** Whether the research-use sentence was read and accepted. */
  acknowledged: z.boolean().default(false),
  reader: z.string().min(1).default(defaultReader),
  /** Readers with blind reading on, until they turn it off. */
  blindReaders: z.array(z.string()).default([]),
  /**
   * Minutes without use until the page locks itself; a value that is not allowed, such as one written by hand, is the
   * usual one.
   */
  lockAfterMinutes: z.int().min(lockMinutes.least).max(lockMinutes.most).catch(lockMinutes.usual),
  /** Workspaces, newest first. */
  recent: z.array(z.object({ path: z.string(), name: z.string() })).default([]),
})
type SettingsContent = z.infer<typeof settingsSchema>

const recentLimit = 10

/** The user's settings on this machine, `settings.json` in the data folder, and the policy above them. */
export class Settings {
  readonly #directory: string
  readonly #policy: MachinePolicy
  #content: SettingsContent
  #user: () => string | null = () => null

  constructor(homeDirectory: string, policy: MachinePolicy = noPolicy) {
    this.#directory = homeDirectory
    this.#policy = policy
    this.#content = this.#read()
  }

  /** What an administrator has set for this computer. No change of settings is above it. */
  get policy(): MachinePolicy {
    return this.#policy
  }

  /** @param what the text of the error. @throws AppError `policy.forbids` if the policy has a rule with this value */
  refuseWhere<K extends keyof Policy>(rule: K, value: Policy[K], what: string): void {
    if (this.#policy.rules[rule] === value) throw new AppError('policy.forbids', { what })
  }

  /** Minutes without use until the page locks itself: those of the policy, otherwise the user's. */
  get lockAfterMinutes(): number {
    return this.#policy.rules.lockAfterMinutes ?? this.#content.lockAfterMinutes
  }

  /** @throws AppError `policy.forbids` */
  setLockAfter(minutes: number): void {
    const fixed = this.#policy.rules.lockAfterMinutes
    if (fixed !== undefined && fixed !== minutes)
      throw new AppError('policy.forbids', { what: 'Another time until the lock' })
    this.change({ lockAfterMinutes: minutes })
  }

  /** `reader` is the signed-in user of a workspace with users; that is not stored. */
  get content(): Readonly<SettingsContent> {
    const reader = this.#user()
    return reader === null ? this.#content : { ...this.#content, reader }
  }

  /** Sets what gives the name of the signed-in user; null: none. */
  followUser(user: () => string | null): void {
    this.#user = user
  }

  /** Changes the given settings and writes the file atomically: a crash leaves the old file or the new one. */
  change(change: Partial<SettingsContent>): void {
    this.#content = { ...this.#content, ...change }
    writeAtomicallySync(join(this.#directory, 'settings.json'), JSON.stringify(this.#content, null, 2))
  }

  /** Puts a workspace first in the list of recent ones. */
  remember(path: string, name: string): void {
    const others = this.#content.recent.filter((entry) => entry.path !== path)
    this.change({ recent: [{ path, name }, ...others].slice(0, recentLimit) })
  }

  /** Unreadable settings must not prevent a start; the defaults are used instead. */
  #read(): SettingsContent {
    try {
      const text = readFileSync(join(this.#directory, 'settings.json'), 'utf8')
      return settingsSchema.parse(JSON.parse(text))
    } catch {
      return settingsSchema.parse({})
    }
  }
}

function defaultReader(): string {
  try {
    return userInfo().username || 'reader'
  } catch {
    return 'reader'
  }
}
