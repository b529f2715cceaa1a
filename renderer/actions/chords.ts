/** A key with its modifiers, as written in an action: "F", "Shift+H", "Ctrl+A", "Enter", "+", "=". */
interface Chord {
  key: string
  /** Ctrl, or Cmd on a Mac. */
  hasCtrl: boolean
  hasShift: boolean
}

type Pressed = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>

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
 * The key of a key press, for the comparison with a chord. A letter is lower case whatever Caps Lock and Shift do (on a
 * Mac, Cmd changes its case too), and on a keyboard without Latin letters it is the one at the same place.
 */
function keyOf({ key, code }: Pressed): string {
  const place = /^Key([A-Z])$/.exec(code)?.[1]
  const isForeignLetter = key.length === 1 && key > '\u024F' && place !== undefined
  return (isForeignLetter ? place : key).toLowerCase()
}

const isLetter = (key: string): boolean => key.length === 1 && key.toLowerCase() !== key.toUpperCase()

/**
 * Whether a key press is this chord. Letters match whatever Caps Lock does. Shift counts for letters and named keys; for
 * a symbol it belongs to the keyboard layout ("+" is Shift and "=" on many).
 */
export function isChord(event: Pressed, chord: string, ignoresModifiers = false): boolean {
  const { key, hasCtrl, hasShift } = parseChord(chord)
  if (keyOf(event) !== key.toLowerCase()) return false
  if (ignoresModifiers) return true
  const isSymbol = key.length === 1 && key !== ' ' && !isLetter(key)
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

/**
 * Whether a key press is the key of a class. A letter counts in either case, since Caps Lock may be on; no two classes
 * have the same one. With Shift it is another chord, unless the scheme has the letter in upper case.
 */
export function isClassKey(event: Pressed, key: string): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false
  if (!isLetter(key)) return event.key === key
  const isUpper = key !== key.toLowerCase()
  const isSame = event.key.toLowerCase() === key.toLowerCase() || keyOf(event) === key.toLowerCase()
  return isSame && (!event.shiftKey || isUpper)
}

function parseChord(chord: string): Chord {
  const [, ctrl, shift, key = chord] = /^(Ctrl\+)?(Shift\+)?(.+)$/s.exec(chord) ?? []
  return { key, hasCtrl: ctrl !== undefined, hasShift: shift !== undefined }
}
