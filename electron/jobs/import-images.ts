import { AppError, hasCode, type Failure, type ImportReport } from '../contract/index.ts'
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
 * @returns also the id of each readable file's image, by path
 */
export async function importImages(
  database: Writable,
  compute: ComputeClient,
  input: ImportInput,
  { signal, report }: JobContext,
): Promise<{ report: ImportReport; imageIds: Map<string, number> }> {
  const casesPattern = parseCasesPattern(input.casesPattern)
  const classNames = listClasses(database).map((c) => c.name)
  const meter = new ProgressMeter([{ name: 'Reading images', unit: 'images', weight: 1 }], report)
  const { files, failed } = await findImages(input.paths, signal)
  const imageIds = new Map<string, number>()
  let imported = 0
  let duplicates = 0

  const add = (path: string, image: InspectedImage): void => {
    const known = findImageByHash(database, image.sha256)
    if (known !== null) {
      duplicates++
      imageIds.set(path, known)
      return
    }
    const className = input.labels === 'folder' ? classFromFolders(path, classNames) : null
    database.transaction(() => {
      const imageId = insertImage(database, {
        ...image,
        path,
        caseName: caseFromFileName(path, casesPattern),
      })
      if (className !== null) insertLabel(database, { imageId, className, reader: input.reader })
      imageIds.set(path, imageId)
    })()
    imported++
  }

  let done = 0
  meter.report('Reading images', 0, files.length)
  for await (const { path, result } of inspectInOrder(compute, files, signal)) {
    if ('image' in result) add(path, result.image)
    else failed.push(result.failure)
    meter.report('Reading images', ++done, files.length)
  }
  return { report: { imported, duplicates, failed }, imageIds }
}

type Inspection = { image: InspectedImage } | { failure: Failure }

/** Reads ahead, but answers in the order of the files, so that two imports of a folder give the same rows. */
async function* inspectInOrder(
  compute: ComputeClient,
  files: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<{ path: string; result: Inspection }> {
  const ahead: Promise<Inspection>[] = []
  for (let next = 0, index = 0; index < files.length; index++) {
    while (next < files.length && next < index + filesInFlight) {
      ahead.push(inspect(compute, files[next++] ?? '', signal))
    }
    const [result] = await Promise.all(ahead.splice(0, 1))
    throwIfCancelled(signal)
    const path = files[index]
    if (result !== undefined && path !== undefined) yield { path, result }
  }
}

async function inspect(compute: ComputeClient, path: string, signal: AbortSignal): Promise<Inspection> {
  const attempt = (): Promise<InspectedImage> => compute.run('inspect', { path }, { signal })
  try {
    // A file that brings the decoder down takes its neighbours in flight with it; each is tried once more,
    // so that only the one at fault is listed.
    const image = await attempt().catch((error: unknown) => {
      if (hasCode(error, 'compute.crashed')) return attempt()
      throw error
    })
    return { image }
  } catch (error) {
    if (!(error instanceof AppError) || hasCode(error, 'job.cancelled')) throw error
    return { failure: failureOf(path, error) }
  }
}
