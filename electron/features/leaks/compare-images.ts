import { z } from 'zod'
import { maxStoredCopies, type ImageView, type LeakCheckReport } from '../../contract/index.ts'
import type { CopyPair } from '../../engine/leaks/find-copies.ts'
import { printEdgePx } from '../../engine/leaks/print-size.ts'
import { toImageFile } from '../../engine/image/image-file.ts'
import type { JobRun } from '../../queue/job-run.ts'
import { defineJob, requireWorkspace, type JobServices } from '../../session/job-services.ts'
import { currentImages } from '../../store/index.ts'
import { forEachImage } from '../encoders/describe-images.ts'

const [reading, comparing] = ['Reading images', 'Comparing images'] as const

export const leaksJob = defineJob({
  kind: 'leaks',
  input: z.object({}),
  stages: [
    { name: reading, unit: 'images', weight: 3 },
    { name: comparing, unit: 'images', weight: 1 },
  ],
  resumable: true,
  runsBeside: true,
  title: () => 'Look for leaks',
  check: requireWorkspace,
  failures: ({ failed }) => failed,
  run: compareImages,
})

/**
 * Compares all images of the workspace with each other. What is computed of an image is kept by its content, so a second run
 * computes only what is new. An image that cannot be read is listed and the others are compared.
 * @throws AppError `job.cancelled`
 */
export async function compareImages(
  _: object,
  job: JobRun,
  { workspace, compute }: Pick<JobServices, 'workspace' | 'compute'>,
): Promise<LeakCheckReport> {
  const startedAt = performance.now()
  const images = await workspace.read((own) => currentImages(own, null))
  const directory = workspace.folders.descriptors
  const atReading = job.during(reading)
  const { done, failed } = await forEachImage(
    images,
    async (image) => {
      const { signal } = atReading
      return {
        image,
        ...(await compute.run('storePrint', { image: toImageFile(image), directory }, { signal })),
      }
    },
    atReading.signal,
    atReading.onProgress,
  )
  const files = done.map(({ file }) => file)
  const found = await compute.run('findCopies', { files }, job.during(comparing))
  const copies = found.map((pair) => toCopy(pair, done))
  return {
    imageIds: done.map(({ image }) => image.id),
    withoutDetail: done.filter(({ hasDetail }) => !hasDetail).length,
    copies: copies
      .toSorted((a, b) => Number(a.isWithinCase) - Number(b.isWithinCase) || b.overlap - a.overlap)
      .slice(0, maxStoredCopies)
      .map(({ isWithinCase: _within, ...copy }) => copy),
    copyCount: copies.length,
    failed,
    durationMs: performance.now() - startedAt,
  }
}

const shrinkOf = ({ widthPx, heightPx }: ImageView): number =>
  Math.max(1, Math.max(widthPx, heightPx) / printEdgePx)

function toCopy(
  { first, second, scale, ...shared }: CopyPair,
  compared: readonly { image: ImageView }[],
): LeakCheckReport['copies'][number] & { isWithinCase: boolean } {
  const [one, other] = [compared[first], compared[second]]
  if (one === undefined || other === undefined)
    throw new RangeError(`there is no image ${first} or ${second}`)
  return {
    firstId: one.image.id,
    secondId: other.image.id,
    ...shared,
    // From the pixels of the prints to those of the files.
    scale: (scale * shrinkOf(one.image)) / shrinkOf(other.image),
    isWithinCase: one.image.caseName !== null && one.image.caseName === other.image.caseName,
  }
}
