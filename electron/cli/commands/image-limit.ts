import { InvalidArgumentError } from 'commander'

/** Reads how many images a command lists. */
export function imageLimit(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number from 1.')
  return value
}
