import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { draftEnding, writeAtomically } from '../../base/atomic-file.ts'
import { sha256 } from '../../base/sha256.ts'
import { AppError } from '../../contract/index.ts'
import { decodeChecked, encodeChecked } from './checked-file.ts'
import type { SlideMap } from './slide-map.ts'

/** Raise its number with every change of what follows. */
const kind = 'slide map 1'

/** The path of a map in the folder of a workspace's maps. */
export const slideMapFile = (directory: string, mapSha256: string): string =>
  join(directory, `${mapSha256}.map`)

/**
 * The path of what is known of a slide while a job analyses it. It is named by the job, so that another one's is never taken for it,
 * and as a draft, so that what a killed program leaves behind is removed with the other drafts.
 */
export const draftMapFile = (directory: string, imageSha256: string, jobId: number): string =>
  join(directory, 'drafts', `${imageSha256}-${jobId}${draftEnding}`)

/** The folder of an unfinished analysis' blocks. @param key analysisKey */
export const draftBlocks = (directory: string, key: string): string => join(directory, 'drafts', key)

/** Writes a map as a file that is named by its content; returns its SHA-256. @throws AppError `path.not-writable` */
export async function writeSlideMap(directory: string, map: SlideMap): Promise<string> {
  const { cells, probabilities, likeness, tissueShare, augmentations, ...content } = map
  const bytes = encodeChecked(kind, content, {
    cells,
    probabilities,
    tissueShare,
    ...(likeness === null ? {} : { likeness }),
    // Maps of earlier versions have none, and keep their bytes.
    ...(augmentations === null ? {} : { augmentations }),
  })
  const name = sha256(bytes)
  await writeAtomically(slideMapFile(directory, name), bytes)
  return name
}

/** @throws AppError `slide.map-damaged`, also if the file is missing */
export async function readSlideMap(directory: string, mapSha256: string): Promise<SlideMap> {
  const path = slideMapFile(directory, mapSha256)
  const damaged = (reason: string, cause?: unknown): AppError =>
    new AppError('slide.map-damaged', { path, reason }, { cause })
  const bytes = await readFile(path).catch((error: unknown) => {
    throw damaged('the file is missing or cannot be read', error)
  })
  if (sha256(bytes) !== mapSha256) throw damaged('its content has changed')
  try {
    return mapOf(bytes)
  } catch (error) {
    if (error instanceof RangeError) throw damaged(error.message, error)
    throw error
  }
}

function mapOf(bytes: Uint8Array): SlideMap {
  const { content, arrays } = decodeChecked(kind, bytes)
  const { cells, probabilities, tissueShare, likeness = null, augmentations = null } = arrays
  const isMap =
    cells instanceof Int32Array &&
    probabilities instanceof Float32Array &&
    tissueShare instanceof Float32Array &&
    (likeness === null || likeness instanceof Float32Array) &&
    (augmentations === null || augmentations instanceof Int32Array)
  if (!isMap) throw new RangeError('it lacks a part')
  type Content = Omit<SlideMap, 'cells' | 'probabilities' | 'tissueShare' | 'likeness' | 'augmentations'>
  return { ...(content as Content), cells, probabilities, tissueShare, likeness, augmentations }
}
