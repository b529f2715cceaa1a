import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { removeFile } from '../../base/patient-files.ts'
import { sha256 } from '../../base/sha256.ts'
import { backupEnding, type BackupSchedule } from '../../contract/index.ts'

/** What scheduled backups of a workspace begin with: its name for people, and a hash that tells it from others. */
function beginningOf({ name, createdAt }: { name: string; createdAt: string }): string {
  const readable = name.replaceAll(/[^\p{L}\p{N}_-]+/gu, '-').slice(0, 40)
  return `${readable}-${sha256(createdAt).slice(0, 8)}-`
}

/** `study-1a2b3c4d-20260131T120000Z.tar`; the time is UTC. */
export const scheduledName = (workspace: { name: string; createdAt: string }, at: Date): string =>
  `${beginningOf(workspace)}${at.toISOString().replaceAll(/[-:]/g, '').slice(0, 15)}Z${backupEnding}`

/**
 * Removes scheduled backups that the schedule no longer keeps, and what killed ones left behind. Only files with the exact
 * name of a scheduled backup of this workspace are touched.
 * @returns the paths of the backups that were removed
 */
export async function removeOldBackups(
  folder: string,
  workspace: { name: string; createdAt: string },
  keep: BackupSchedule['keep'],
): Promise<string[]> {
  const beginning = beginningOf(workspace)
  const names = (await readdir(folder)).filter((name) => name.startsWith(beginning))
  const dated = names.flatMap((name) => {
    const at = timeOf(name.slice(beginning.length))
    return at === null ? [] : [{ name, at }]
  })
  const kept = keptOf(
    dated.map(({ at }) => at),
    keep,
  )
  const removed = dated.filter(({ at }) => !kept.has(at)).map(({ name }) => join(folder, name))
  const abandoned = names
    .filter((name) => isHalfWritten(name.slice(beginning.length)))
    .map((name) => join(folder, name))
  for (const file of [...removed, ...abandoned]) await removeFile(file)
  return removed
}

const isHalfWritten = (rest: string): boolean =>
  /^\d{8}T\d{6}Z\.tar(\.partial|\.database\.partial(-wal|-shm|-journal)?)$/.test(rest)

function timeOf(rest: string): string | null {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.tar$/.exec(rest) ?? []
  return y === undefined ? null : `${y}-${mo}-${d}T${h}:${mi}:${s}.000Z`
}

/**
 * The times that are kept: the newest of each of the last `daily` days that have one, of `weekly` weeks and of `monthly`
 * months. The newest of all is always kept.
 * @param times ISO 8601 in UTC
 */
export function keptOf(
  times: readonly string[],
  { daily, weekly, monthly }: BackupSchedule['keep'],
): ReadonlySet<string> {
  const newestFirst = times.toSorted().toReversed()
  const kept = new Set(newestFirst.slice(0, 1))
  const newestOf = (periodOf: (time: string) => string, count: number): void => {
    const periods = new Map<string, string>()
    for (const time of newestFirst) if (!periods.has(periodOf(time))) periods.set(periodOf(time), time)
    for (const time of [...periods.values()].slice(0, count)) kept.add(time)
  }
  newestOf((time) => time.slice(0, 10), daily)
  newestOf(weekOf, weekly)
  newestOf((time) => time.slice(0, 7), monthly)
  return kept
}

/** Weeks from Monday to Sunday, counted since a Monday. */
const weekOf = (time: string): string =>
  String(Math.floor((Date.parse(time) - Date.parse('2001-01-01T00:00:00Z')) / (7 * 24 * 3600 * 1000)))
