import { AppError, plainClassName, type CallInput } from '../../contract/index.ts'
import {
  findNamedClass,
  listModelClassNames,
  listNamedClasses,
  renameClass,
  type Writable,
} from '../../store/index.ts'

/**
 * Gives a class another name. What names it in stored results, files and the trail stays; it is read by every name that the
 * class had, so no other class may ever get one of them. A former name of its own can come back.
 * @throws AppError `classes.unknown`, `classes.name-taken` if another class has or had the name or one that looks the same
 */
export function giveClassName(
  database: Writable,
  { name, newName, reason }: CallInput<'classes.rename'>,
): void {
  database.transaction(() => {
    const classes = listNamedClasses(database)
    const own = findNamedClass(classes, name)
    if (own === undefined)
      throw new AppError('classes.unknown', { className: name, known: classes.map((one) => one.name) })
    const plain = plainClassName(newName)
    const hasName = (one: { name: string; former: readonly string[] }): boolean =>
      [one.name, ...one.former].some((known) => plainClassName(known) === plain)
    const owner = own.name === newName ? own : classes.find((one) => one !== own && hasName(one))
    if (owner !== undefined) throw new AppError('classes.name-taken', { name: newName, owner: owner.name })
    // Of models that came while the workspace had other classes.
    const isOfModel = listModelClassNames(database).some((known) => plainClassName(known) === plain)
    if (isOfModel && !hasName(own)) throw new AppError('classes.name-taken', { name: newName, owner: null })
    renameClass(database, own, newName, reason ?? null)
  })()
}
