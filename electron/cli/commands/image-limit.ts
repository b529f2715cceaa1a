import { InvalidArgumentError, Option } from 'commander'

/** How many images a command lists. */
export const limitOption = (): Option =>
  new Option('--limit <images>', 'list at most so many').argParser(imageLimit).default(20)

function imageLimit(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError('It must be a whole number from 1.')
  return value
}
