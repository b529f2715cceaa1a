import { plainClassName, type ClassScheme } from '../../electron/contract/index.ts'

/**
 * Whether each class stays at its place: none was added, moved or removed, although its name may be another. A name that another
 * class had is a moved class.
 */
export function keepsPlaces(classes: ClassScheme, before: ClassScheme): boolean {
  const former = before.map(({ name }) => plainClassName(name))
  return (
    classes.length === before.length &&
    classes.every(({ name }, index) => {
      const plain = plainClassName(name)
      return former.every((other, place) => place === index || other !== plain)
    })
  )
}
