/**
 * For a press outside a dialog: one on the messages, which are above the dialog, is about them and does not close it.
 * Their elements have the attribute `data-messages`.
 */
export function keepOpen(event: Event): void {
  const { target } = event
  if (target instanceof Element && target.closest('[data-messages]') !== null) event.preventDefault()
}
