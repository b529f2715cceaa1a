import { join, resolve } from 'node:path'
import { makeFolders } from '../../base/folders.ts'
import {
  hasCode,
  toErrorView,
  type AnyEvent,
  type BackupSchedule,
  type BackupState,
  type Policy,
} from '../../contract/index.ts'
import { readCreatedAt, readWorkspace } from '../../store/index.ts'
import type { Session } from '../../session/session.ts'
import { BackupRecords } from './backup-records.ts'
import { backupJob } from './backup-workspace.ts'
import { scheduledName } from './schedule-files.ts'

const dayMs = 24 * 3600 * 1000
const lookEveryMs = 10 * 60 * 1000
const watchEveryMs = 5000
/** A little less than a day or a week, so that a backup at nine o'clock does not move to a later hour every day. */
const intervals: Readonly<Record<BackupSchedule['every'], number>> = {
  never: Infinity,
  day: dayMs - 3600 * 1000,
  week: 7 * dayMs - 3600 * 1000,
}

/**
 * Makes backups of the open workspace by itself, as its schedule says, and knows when a reminder is due. It also looks
 * whether the database is still in its place, so that a person learns of it before the next write.
 */
export class BackupWatch {
  readonly #session: Session
  readonly #records: BackupRecords
  readonly #now: () => number
  readonly #policy: Policy
  readonly #emit: (event: AnyEvent) => void
  #timers: NodeJS.Timeout[] = []
  #wasInPlace = true
  #triedAt = -Infinity

  constructor(
    session: Session,
    homeDirectory: string,
    emit: (event: AnyEvent) => void,
    { now = Date.now, policy = {} }: { now?: () => number; policy?: Policy } = {},
  ) {
    this.#session = session
    this.#policy = policy
    this.#emit = emit
    this.#records = new BackupRecords(homeDirectory)
    this.#now = now
  }

  /** Looks now and then, as long as the program runs. */
  start(): void {
    if (this.#timers.length > 0) return
    this.#timers = [
      setInterval(() => this.look(), lookEveryMs).unref(),
      setInterval(() => this.watchPlace(), watchEveryMs).unref(),
    ]
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer)
    this.#timers = []
  }

  /** Announces the workspace again once its database was deleted or replaced. */
  watchPlace(): void {
    const isInPlace = !this.#session.isOpen || this.#session.workspace.isInPlace()
    const hasChanged = isInPlace !== this.#wasInPlace
    this.#wasInPlace = isInPlace
    if (hasChanged && !isInPlace) this.#emit({ name: 'workspace.changed', payload: this.#session.view() })
  }

  /** Submits a backup if one is due. One that failed is tried again after an hour. */
  look(): void {
    if (!this.#session.isOpen) return
    const { workspace } = this.#session
    const { path, database } = workspace
    const createdAt = readCreatedAt(database)
    const { schedule, last } = this.#recordOf(path, createdAt)
    const since = this.#now() - (last === null ? -Infinity : Date.parse(last.at))
    const isDue = since >= intervals[schedule.every] && this.#now() - this.#triedAt >= 3600 * 1000
    if (schedule.folder === null || !isDue || database.isReadOnly || !workspace.isInPlace()) return
    this.#triedAt = this.#now()
    try {
      const folder = resolve(schedule.folder)
      makeFolders(folder)
      const { name } = readWorkspace(database)
      const file = join(folder, scheduledName({ name, createdAt }, new Date(this.#now())))
      const { withDerived, keep } = schedule
      const input = { path: file, replace: false, withDerived, workspace: null, isScheduled: true, keep }
      this.#session.queue.submit(backupJob, input)
    } catch (error) {
      if (hasCode(error, 'workspace.none-open')) return
      this.#records.change(path, createdAt, { failure: toErrorView(error).message })
    }
  }

  /** @throws AppError `workspace.none-open` */
  state(): BackupState {
    const { workspace } = this.#session
    const { path, database } = workspace
    const createdAt = readCreatedAt(database)
    const { schedule, last, failure } = this.#recordOf(path, createdAt)
    const days = Math.floor((this.#now() - Date.parse(last?.at ?? createdAt)) / dayMs)
    const isLong = schedule.remindAfterDays > 0 && days >= schedule.remindAfterDays
    return { schedule, last, failure, remindDays: isLong ? days : null }
  }

  /** What the policy of the computer sets comes before what was chosen for the workspace. */
  #recordOf(path: string, createdAt: string) {
    const record = this.#records.of(path, createdAt)
    return { ...record, schedule: underPolicy(record.schedule, this.#policy) }
  }

  /**
   * What the policy sets stays as it is.
   * @throws AppError `workspace.none-open`
   */
  change(schedule: BackupSchedule): BackupState {
    const { path, database } = this.#session.workspace
    const folder = schedule.folder === null ? null : resolve(schedule.folder)
    this.#records.change(path, readCreatedAt(database), { schedule: { ...schedule, folder }, failure: null })
    this.#triedAt = -Infinity
    this.look()
    return this.state()
  }
}

const underPolicy = (
  schedule: BackupSchedule,
  { backupFolder, backupEvery, backupKeepDays }: Policy,
): BackupSchedule => ({
  ...schedule,
  every: backupEvery ?? schedule.every,
  folder: backupFolder ?? schedule.folder,
  keep: { ...schedule.keep, daily: backupKeepDays ?? schedule.keep.daily },
})
