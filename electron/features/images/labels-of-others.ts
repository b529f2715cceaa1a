import { AppError, calls, isEnough, isSameReader } from '../../contract/index.ts'
import type { FileLabels } from '../../engine/tables/label-table.ts'
import { actingReaderOf, listUsers, type Readable, type Writable } from '../../store/index.ts'
import { requireUser } from '../users/sign-in.ts'

/**
 * Refuses an import whose table has labels of other readers, or adjudications, for a user who may not import a file of
 * readings: nothing proves in either that they decided so. A workspace without users refuses nothing.
 * @throws AppError `user.labels-of-others`; `user.unknown` if the user was removed meanwhile
 */
export function refuseLabelsOfOthers(
  files: readonly Pick<FileLabels, 'labels'>[],
  database: Readable,
  importedBy: string,
): void {
  const users = listUsers(database)
  if (users.length === 0) return
  const { name, role } = requireUser(users, importedBy)
  const needed = calls['exchange.import'].role
  if (isEnough(role, needed)) return
  for (const { labels } of files)
    for (const { reader, isAdjudication } of labels) {
      const isOther = reader !== null && !isSameReader(reader, name)
      if (!isOther && isAdjudication !== true) continue
      throw new AppError('user.labels-of-others', { name, role, needed, other: isOther ? reader : null })
    }
}

/**
 * Who an import runs for: the user who started it, or who resumed or repeated the one of another user.
 * @param startedBy without users: the reader at the machine where it was started
 */
export const importingReader = (database: Writable, startedBy: string): string =>
  listUsers(database).length === 0 ? startedBy : (actingReaderOf(database) ?? startedBy)
