import { render } from '@testing-library/svelte'
import userEvent, { type UserEvent } from '@testing-library/user-event'
import { createRawSnippet, type Component, type ComponentProps, type Snippet } from 'svelte'
import InTooltips from './InTooltips.svelte'

/** Text as a snippet, like the content of a component. */
export const text = (words: string): Snippet =>
  createRawSnippet(() => ({ render: () => `<span>${words}</span>` }))

/** Shows a component as the page does, and returns a user with keyboard and mouse. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- any component is shown
export function show<C extends Component<any>>(component: C, props: ComponentProps<C>): UserEvent {
  const user = userEvent.setup()
  const shown = component as unknown as Component<Record<string, unknown>>
  render(InTooltips, { props: { component: shown, props } })
  return user
}
