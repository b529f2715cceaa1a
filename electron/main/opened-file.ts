import { isAbsolute, resolve } from 'node:path'
import { backupEndings, packageEndings } from '../contract/index.ts'
import { pageAddress } from './address.ts'

/** A file that the system opens with Lobule, as after a double click. */
export interface OpenedFile {
  kind: 'package' | 'backup'
  /** Absolute. */
  path: string
}

/** The file by its ending, or null; whether it is one shows when it is read. */
export function openedFile(path: string, folder: string): OpenedFile | null {
  const name = path.toLowerCase()
  const hasOneOf = (endings: readonly string[]): boolean => endings.some((ending) => name.endsWith(ending))
  const kind = hasOneOf(packageEndings) ? 'package' : hasOneOf(backupEndings) ? 'backup' : null
  return kind === null ? null : { kind, path: isAbsolute(path) ? path : resolve(folder, path) }
}

/** The file among the parameters of a start: the only one, or the last, that is no switch and no value of one. */
export function fileParameter(parameters: readonly string[], folder: string): OpenedFile | null {
  const words = parameters.filter(
    (parameter, at) => !parameter.startsWith('-') && parameters[at - 1] !== '--workspace',
  )
  const last = words.at(-1)
  return last === undefined ? null : openedFile(last, folder)
}

/** The address at which the page asks what to do with the file (renderer/state/navigation.svelte.ts). */
export const addressOfFile = ({ kind, path }: OpenedFile): string =>
  `${pageAddress}#/open/${kind}?${encodeURIComponent(path)}`
