import { parse } from 'node:path'
import type { ExternalImportReport } from '../contract/index.ts'
import { descriptorsDirectory, listImages, type Writable } from '../store/index.ts'
import type { ComputeClient } from '../compute/client.ts'
import { ProgressMeter } from './progress.ts'
import type { JobContext } from './queue.ts'

/**
 * Brings descriptors that another program made into the workspace, image by image, matched by file name.
 * @throws AppError as `importPublished`
 */
export function importDescriptors(
  database: Writable,
  compute: ComputeClient,
  { directory: from, name, workspacePath }: { directory: string; name: string; workspacePath: string },
  { signal, report }: JobContext,
): Promise<ExternalImportReport> {
  const stage = 'Importing descriptors'
  const meter = new ProgressMeter([{ name: stage, unit: 'images', weight: 1 }], report)
  const images = listImages(database).map(({ fileName, sha256 }) => ({ stem: parse(fileName).name, sha256 }))
  const onProgress = (done: number, total: number): void => meter.report(stage, done, total)
  const request = { from, directory: descriptorsDirectory(workspacePath), name, images }
  return compute.run('importPublished', request, { signal, onProgress })
}
