import { win32 } from 'node:path'
import { AppError } from '../contract/errors.ts'

// eslint-disable-next-line no-control-regex -- Windows forbids them
const forbidden = /[<>:"/\\|?*\u0000-\u001f]/
/** Names of devices, with any ending: `nul.csv` is the device that swallows everything. */
const device = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])( *\..*)?$/i

/**
 * Why Windows cannot keep a file or a folder of this name; null: it can. It would write `a.csv:b` beside the content of
 * `a.csv`, where no one finds it, and cut off a blank or a dot at the end.
 */
export function windowsNameProblem(name: string): string | null {
  const [character] = forbidden.exec(name) ?? []
  if (character !== undefined)
    return character < ' '
      ? 'Windows allows no control character in a name'
      : `Windows allows no ${character} in a name`
  if (device.test(name)) return `${name} is the name of a device of Windows`
  return /[. ]$/.test(name) ? 'Windows allows no dot and no blank at the end of a name' : null
}

/**
 * The same for all names of a path of Windows; the drive, or the server and its share, are no names.
 * @param path absolute
 */
export function windowsPathProblem(path: string): string | null {
  const names = path.slice(win32.parse(path).root.length).split(/[/\\]/)
  for (const name of names.filter((one) => one !== '' && one !== '.' && one !== '..')) {
    const problem = windowsNameProblem(name)
    if (problem !== null) return problem
  }
  return null
}

/**
 * Refuses a path that Windows cannot keep, where this is Windows. Other systems keep any name.
 * @throws AppError `path.not-writable`
 */
export function requireAllowedPath(path: string, platform: NodeJS.Platform = process.platform): void {
  const reason = platform === 'win32' ? windowsPathProblem(path) : null
  if (reason !== null) throw new AppError('path.not-writable', { path, reason })
}

/** A name that every system keeps: an underscore for each character that Windows forbids, and before a device's name. */
export function portableName(name: string): string {
  const kept = name
    .replaceAll(new RegExp(forbidden, 'g'), '_')
    .replace(/[. ]+$/, (end) => '_'.repeat(end.length))
  return device.test(kept) ? `_${kept}` : kept
}
