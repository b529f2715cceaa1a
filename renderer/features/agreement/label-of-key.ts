import { isClassKey } from '../../actions/chords.ts'
import type { ClassScheme } from '../../../electron/contract/index.ts'

/** The label that a key sets: a class name, null to clear the label, undefined if it is not a label key. */
export function labelOfKey(event: KeyboardEvent, classes: ClassScheme): string | null | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined
  if (event.key === 'Backspace' || event.key === 'Delete') return null
  return classes.find(({ key }) => isClassKey(event, key))?.name
}
