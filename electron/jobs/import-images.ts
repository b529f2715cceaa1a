import { AppError, type Failure, type ImportReport } from '../contract/index.ts'
import { findImageByHash, insertImage, insertLabel, listClasses, type Writable } from '../store/index.ts'
import type { ComputeClient } from './compute-client.ts'
import type { InspectedImage } from './compute-protocol.ts'
import {
  caseFromFileName,
  classFromFolders,
  failureOf,
  findImages,
  parseCasesPattern,
} from './find-images.ts'
import { ProgressMeter } from './progress.ts'
import { throwIfCancelled, type JobContext } from './queue.ts'

export interface ImportInput {
  paths: string[]
  labels: 'folder' | 'none'
  casesPattern: string | null
  reader: string
}

/** Files being read at the same time: enough to overlap disk and decoding, few enough for memory. */
const filesInFlight = 4

/**
 * Takes image files into the workspace where they lie. A file whose content is there already counts as a
 * duplicate and changes nothing. A bad file is listed with its reason and the rest goes on. What was
 * imported before a cancel or a crash stays; asking again imports the rest.
 */
export async function importImages(
  database: Writable,
  compute: ComputeClient,
  input: ImportInput,
  { signal, report }: JobContext,
): Promise<ImportReport> {
  const casesPattern = parseCasesPattern(input.casesPattern)
  const classNames = listClasses(database).map((c) => c.name)
  const meter = new ProgressMeter([{ name: 'Reading images', unit: 'images', weight: 1 }], report)
  const { files, failed } = await findImages(input.paths, signal)
  const images: ImportReport['images'] = []
  let imported = 0
  let duplicates = 0

  const add = (path: string, image: InspectedImage): void => {
    const known = findImageByHash(database, image.sha256)
    if (known !== null) {
      duplicates++
      images.push({ path, imageId: known })
      return
    }
    const className = input.labels === 'folder' ? classFromFolders(path, classNames) : null
    const added = database.transaction(() => {
      const imageId = insertImage(database, {
        ...image,
        path,
        caseName: caseFromFileName(path, casesPattern),
      })
      if (className !== null) insertLabel(database, { imageId, className, reader: input.reader })
      return imageId
    })()
    images.push({ path, imageId: added })
    imported++
  }

  let done = 0
  meter.report('Reading images', 0, files.length)
  for await (const { path, result } of inspectInOrder(compute, files, signal)) {
    if ('image' in result) add(path, result.image)
    else failed.push(result.failure)
    meter.report('Reading images', ++done, files.length)
  }
  return { imported, duplicates, failed, images }
}

type Inspection = { image: InspectedImage } | { failure: Failure }

/** Reads ahead, but answers in the order of the files, so that two imports of a folder give the same rows. */
async function* inspectInOrder(
  compute: ComputeClient,
  files: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<{ path: string; result: Inspection }> {
  const ahead: { path: string; inspection: Promise<Inspection> }[] = []
  let next = 0
  while (next < files.length || ahead.length > 0) {
    for (const path of files.slice(next, next + filesInFlight - ahead.length)) {
      ahead.push({ path, inspection: inspect(compute, path, signal) })
      next++
    }
    const first = ahead.shift()
    if (first === undefined) return
    let result = await first.inspection
    if ('failure' in result && result.failure.code === 'compute.crashed') {
      // A file that brings the decoder down takes its neighbours in flight with it: each is tried once more,
      // alone, so that only the one at fault is listed.
      await Promise.all(ahead.map(({ inspection }) => inspection))
      result = await inspect(compute, first.path, signal)
    }
    throwIfCancelled(signal)
    yield { path: first.path, result }
  }
}

async function inspect(compute: ComputeClient, path: string, signal: AbortSignal): Promise<Inspection> {
  try {
    return { image: await compute.run('inspect', { path }, { signal }) }
  } catch (error) {
    // Anything else than an AppError is a bug and ends the job, but not before its turn.
    if (error instanceof AppError) return { failure: failureOf(path, error) }
    throw error
  }
}
