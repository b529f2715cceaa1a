import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { z } from 'zod'
import { parseJson } from '../../base/parse-json.ts'
import { asNotWritable, asPathError } from '../../base/path-errors.ts'
import { sha256 } from '../../contract/atoms.ts'
import { AppError } from '../../contract/errors.ts'

/** How many lines a file of a plan has, and its hash. */
export const linesSchema = z.strictObject({
  count: z.int().nonnegative(),
  sha256,
})
export type Lines = z.infer<typeof linesSchema>

const writtenAtOnce = 2 ** 20
const readAtOnce = 2 ** 18
/** Characters. */
const maxLine = 2 ** 18

/**
 * Writes a new file with a JSON value in each line. Memory holds one block of lines.
 * @throws AppError `path.not-writable`
 */
export async function writeLines(path: string, values: Iterable<unknown>): Promise<Lines> {
  const digest = createHash('sha256')
  let [count, block] = [0, '']
  try {
    const file = await open(path, 'wx')
    const flush = async (): Promise<void> => {
      digest.update(block)
      await file.write(block)
      block = ''
    }
    try {
      for (const value of values) {
        block += `${JSON.stringify(value)}\n`
        count++
        if (block.length >= writtenAtOnce) await flush()
      }
      await flush()
      await file.sync()
    } finally {
      await file.close()
    }
  } catch (error) {
    throw asNotWritable(error, path)
  }
  return { count, sha256: digest.digest('hex') }
}

/**
 * The values of such a file one after the other. Whether all are there and unchanged is known at the end: nothing may be done with
 * them before.
 * @throws AppError `path.*`, `shard.invalid-plan`
 */
export async function* readLines<T>(path: string, schema: z.ZodType<T>, expected: Lines): AsyncGenerator<T> {
  const refuse = (reason: string): never => {
    throw new AppError('shard.invalid-plan', { path, reason })
  }
  const digest = createHash('sha256')
  let [count, rest] = [0, '']
  const file = createReadStream(path, { encoding: 'utf8', highWaterMark: readAtOnce })
  try {
    for await (const chunk of file) {
      digest.update(chunk as string)
      const lines = `${rest}${chunk as string}`.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        count++
        const parsed = schema.safeParse(parseJson(line, () => refuse(`line ${count} is not JSON`)))
        if (!parsed.success) return refuse(`line ${count} is not as a plan has it`)
        yield parsed.data
      }
      if (rest.length > maxLine) refuse(`line ${count + 1} is too long`)
    }
  } catch (error) {
    throw asPathError(error, path)
  } finally {
    // A stream that is ended early closes its file a moment later, and Windows deletes or replaces none that is open.
    if (!file.closed) await new Promise<void>((resolve) => file.once('close', resolve))
  }
  if (rest !== '') refuse(`line ${count + 1} is cut off`)
  if (count !== expected.count) refuse(`it has ${count} lines instead of ${expected.count}`)
  if (digest.digest('hex') !== expected.sha256) refuse('it was changed after the plan was written')
}
