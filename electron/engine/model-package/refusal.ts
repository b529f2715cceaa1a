import { AppError } from '../../contract/index.ts'

/** Throws, told which entry of a package is off (null: the file as a whole) and why. */
export type Refuse = (entry: string | null, reason: string) => never

export const refuser =
  (path: string): Refuse =>
  (entry, reason) => {
    throw new AppError('package.invalid', { path, entry, reason })
  }

/** A name from outside, fit for a sentence: printable and not too long. */
export const shown = (name: string): string => JSON.stringify(name.slice(0, 80)).slice(1, -1)
