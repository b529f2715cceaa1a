import type { ClassScheme } from '../../electron/contract/index.ts'

/** Whether a key belongs to what the user is writing in. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target
  if (!(target instanceof HTMLElement)) return false
  const isTextInput =
    target instanceof HTMLInputElement && !['checkbox', 'radio', 'range'].includes(target.type)
  return isTextInput || target instanceof HTMLTextAreaElement || target.isContentEditable
}

/** Keys of the review, as they are shown; null where the scheme gives the key to a class, which goes before. */
export function reviewKeysOf(classes: ClassScheme): {
  accept: string | null
  unsure: string | null
  note: string | null
  adjudicate: string | null
} {
  const free = (key: string): string | null =>
    classes.some((tissueClass) => tissueClass.key.toLowerCase() === key) ? null : key.toUpperCase()
  return { accept: free('a'), unsure: free('s'), note: free('n'), adjudicate: free('j') }
}

/** What a key says about a label: a class name, null for no label, undefined for none of the label keys. */
export function labelOfKey(event: KeyboardEvent, classes: ClassScheme): string | null | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined
  if (event.key === 'Backspace' || event.key === 'Delete') return null
  return classes.find((tissueClass) => tissueClass.key === event.key)?.name
}
