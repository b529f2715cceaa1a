import { throwIfCancelled } from '../../base/cancellation.ts'
import type { ComputeClient } from '../../compute/client.ts'
import { AppError, type CameraBits, type Failure } from '../../contract/index.ts'
import type { InspectedPage, PageChoice } from '../../engine/image/index.ts'
import { findImageByHash, type Readable } from '../../store/index.ts'
import { failureOf } from './find-images.ts'
import type { PlannedFile } from './import-plan.ts'

/** Files read at the same time: enough to overlap disk access and decoding, few enough for memory. */
const filesInFlight = 4

interface InspectionOptions {
  pages: PageChoice
  cameraBits?: CameraBits | null | undefined
}

export type Inspection = { pages: InspectedPage[] } | { known: number } | { failure: Failure }

/** Reads ahead, but yields in the order of the files, so that two imports of a folder give the same rows. */
export async function* inspectInOrder(
  database: Readable,
  compute: ComputeClient,
  files: readonly PlannedFile[],
  how: InspectionOptions,
  signal: AbortSignal,
): AsyncGenerator<{ file: PlannedFile; result: Inspection }> {
  const begin = (file: PlannedFile): Promise<Inspection> => inspect(database, compute, file.path, how, signal)
  const ahead: { file: PlannedFile; inspection: Promise<Inspection> }[] = []
  let next = 0
  while (next < files.length || ahead.length > 0) {
    for (const file of files.slice(next, next + filesInFlight - ahead.length)) {
      ahead.push({ file, inspection: begin(file) })
      next++
    }
    const first = ahead.shift()
    if (first === undefined) return
    let result = await first.inspection
    if ('failure' in result && result.failure.code === 'compute.crashed') {
      // A file that crashes the decoder fails the files in flight with it. Each is retried once by itself, so that only
      // the one at fault is listed.
      await Promise.all(ahead.map(({ inspection }) => inspection))
      result = await begin(first.file)
      if ('failure' in result && result.failure.code === 'compute.crashed') {
        const { path } = first.file
        const reason = 'reading it ended the process that reads images'
        result = { failure: failureOf(path, new AppError('image.truncated', { path, reason })) }
      }
    }
    throwIfCancelled(signal)
    yield { file: first.file, result }
  }
}

async function inspect(
  database: Readable,
  compute: ComputeClient,
  path: string,
  { pages, cameraBits = null }: InspectionOptions,
  signal: AbortSignal,
): Promise<Inspection> {
  try {
    // A known file is recognised by its hash, without decoding.
    const isFirstPage = pages === 'ask' || pages === 'first'
    const knownSha256 = isFirstPage ? await compute.run('hash', { path }, { signal }) : null
    const known = knownSha256 === null ? null : findImageByHash(database, knownSha256)
    // The bits of a camera may apply to it, which only its pixels show.
    if (known !== null && cameraBits === null) return { known }
    const task = { path, pages, cameraBits, ...(knownSha256 === null ? {} : { knownSha256 }) }
    return { pages: await compute.run('inspect', task, { signal }) }
  } catch (error) {
    // Any other error is a bug. It ends the job when the file's turn comes.
    if (error instanceof AppError) return { failure: failureOf(path, error) }
    throw error
  }
}
