import { statSync } from 'node:fs'

/** Which file is at a path: its device and its number there. */
export interface FileIdentity {
  readonly device: bigint
  readonly file: bigint
}

/** null: there is no file. @throws Error of the file system for any other reason */
export function identityOf(path: string): FileIdentity | null {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false })
  return found === undefined ? null : { device: found.dev, file: found.ino }
}

export const isSameFile = (a: FileIdentity | null, b: FileIdentity | null): boolean =>
  a !== null && b !== null && a.device === b.device && a.file === b.file
