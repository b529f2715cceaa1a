import type { ClassScheme } from '../../electron/contract/index.ts'

/** Whether a key belongs to what the user is writing in. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target
  if (!(target instanceof HTMLElement)) return false
  const isTextInput =
    target instanceof HTMLInputElement && !['checkbox', 'radio', 'range'].includes(target.type)
  return isTextInput || target instanceof HTMLTextAreaElement || target.isContentEditable
}

/** What a key says about a label: a class name, null for no label, undefined for none of the label keys. */
export function labelOfKey(event: KeyboardEvent, classes: ClassScheme): string | null | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined
  if (event.key === 'Backspace' || event.key === 'Delete') return null
  return classes.find((tissueClass) => tissueClass.key === event.key)?.name
}
