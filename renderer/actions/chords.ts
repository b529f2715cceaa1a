/** A key with its modifiers, as written in an action: "F", "Shift+H", "Ctrl+A", "Enter", "+", "=". */
interface Chord {
  key: string
  /** Ctrl, or Cmd on a Mac. */
  hasCtrl: boolean
  hasShift: boolean
}

type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>

const shown: Record<string, string> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  PageUp: 'PgUp',
  PageDown: 'PgDn',
  Delete: 'Del',
  Escape: 'Esc',
}

/**
 * Whether a key press is this chord. Letters match whatever Caps Lock does. Shift counts for letters and named keys; for
 * a symbol it belongs to the keyboard layout ("+" is Shift and "=" on many).
 */
export function isChord(event: Pressed, chord: string, ignoresModifiers = false): boolean {
  const { key, hasCtrl, hasShift } = parseChord(chord)
  if (event.key.toLowerCase() !== key.toLowerCase()) return false
  if (ignoresModifiers) return true
  const isSymbol = key.length === 1 && key !== ' ' && key.toLowerCase() === key.toUpperCase()
  return (
    (event.ctrlKey || event.metaKey) === hasCtrl && !event.altKey && (isSymbol || event.shiftKey === hasShift)
  )
}

/** A chord as it is shown: "Shift+↑". */
export function showChord(chord: string): string {
  const { key, hasCtrl, hasShift } = parseChord(chord)
  const name = shown[key] ?? (key === ' ' ? 'Space' : key)
  return [...(hasCtrl ? ['Ctrl'] : []), ...(hasShift ? ['Shift'] : []), name].join('+')
}

/** Whether a class of the scheme uses this chord: class keys have priority over other single letters and digits. */
export function isTaken(chord: string, classKeys: readonly string[]): boolean {
  return classKeys.some((key) => key.toLowerCase() === chord.toLowerCase())
}

/** Whether a key press is the key of a class: exactly this character, in upper or lower case as in the scheme. */
export function isClassKey(event: Pressed, key: string): boolean {
  return event.key === key && !event.ctrlKey && !event.metaKey && !event.altKey
}

function parseChord(chord: string): Chord {
  const [, ctrl, shift, key = chord] = /^(Ctrl\+)?(Shift\+)?(.+)$/s.exec(chord) ?? []
  return { key, hasCtrl: ctrl !== undefined, hasShift: shift !== undefined }
}
