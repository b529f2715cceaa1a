import type { CallName } from '../../electron/contract/index.ts'

/** Headings under which the list of keys and the command palette show actions, in this order. */
export const actionGroups = {
  worklist: 'In the worklist',
  review: 'Labelling an image',
  viewer: 'In the viewer',
  regions: 'Regions',
  slides: 'Map of a slide',
  everywhere: 'Everywhere',
  screens: 'Go to',
  tools: 'Tools',
} as const
export type ActionGroup = keyof typeof actionGroups

/**
 * Something a user can do. Key handlers, tooltips, the list of keys and the command palette all come from this record.
 * `C` is what the action works on; the action exists only while that is on screen.
 */
export interface Action<C> {
  id: string
  title: string
  group: ActionGroup
  /** Chords as "F", "Shift+H", "Ctrl+A" (Ctrl also means Cmd) or "ArrowUp", the usual one first; see chords.ts. */
  keys?: readonly string[]
  /** More chords that do the same and are not shown. */
  aliases?: readonly string[]
  /** Its one key is a character of the class scheme: compared exactly, and before the keys of other actions. */
  isByClass?: true
  /** The class of the scheme that it sets. */
  className?: string
  /** Whether modifiers make no difference, as for keys that move and, with Shift, extend. */
  ignoresModifiers?: true
  /** Whether a held key goes on, as for moving and zooming. What changes data takes a press for each change. */
  repeats?: true
  /** Whether its key also works while the user types and over a dialog. */
  isEverywhere?: true
  /** Title of the line that several actions share in the list of keys, such as one for all classes. */
  line?: string
  /** The call that it makes: it is offered only to a user whose role may make that. */
  call?: CallName
  /** Whether the action is possible now; without it: always. */
  when?: (context: C) => boolean
  /** @param event the key that was pressed; null: chosen in the command palette or by a button */
  run: (context: C, event: KeyboardEvent | null) => void
  /** Whether it makes sense only as a key, such as moving by a row. */
  isKeyOnly?: true
  /** Whether it is in the context menu of what it works on. */
  isInMenu?: true
}
