/** Whether a key belongs to what the user is writing in. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target
  if (!(target instanceof HTMLElement)) return false
  const isTextInput =
    target instanceof HTMLInputElement && !['checkbox', 'radio', 'range'].includes(target.type)
  return isTextInput || target instanceof HTMLTextAreaElement || target.isContentEditable
}

/** Whether a key belongs to an open choice: letters and digits look for an option, the other keys move and choose. */
export const isChoosing = ({ target }: KeyboardEvent): boolean =>
  target instanceof Element && target.closest('[aria-haspopup=listbox][aria-expanded=true]') !== null
