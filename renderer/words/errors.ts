import type { ErrorView } from '../../electron/contract/index.ts'

/** The reference of an error that no call answered: only the page itself knows it. */
const noReference = 'none'

/**
 * An error as people read it. The text of an unexpected one comes from a library and is in the output of Lobule, with
 * the reference.
 */
export function errorText(view: ErrorView): string {
  if (view.code !== 'internal.unexpected') return view.message
  const reference = view.details['reference']
  const where =
    typeof reference === 'string' && reference !== noReference
      ? ` with the reference ${reference}; the output of Lobule has its details`
      : ''
  return `Lobule did not expect this failure. Try again. If it comes back, report it${where}.`
}
