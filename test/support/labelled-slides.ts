import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { minThresholdCases } from '../../electron/contract/index.ts'
import type { Caller } from '../unit/features/audit/seeded-workspace.ts'

/** In the name of a slide at whose places the quick compute process suggests the last class. */
export const carcinomaSlide = 'carcinoma'

/**
 * Imports small slides of enough cases for a threshold, a slide of each case, labelled Benign and Malignant, and analyses them;
 * gives their ids, benign ones first.
 */
export async function labelledSlides(
  folder: string,
  model: string,
  { call, finish }: { call: Caller['call']; finish: (started: { jobId: number }) => Promise<unknown> },
): Promise<number[]> {
  for (const [c, name] of ['Benign', 'Malignant'].entries()) {
    mkdirSync(join(folder, name), { recursive: true })
    for (let n = 0; n < minThresholdCases; n++) {
      const create = {
        width: 17,
        height: 12,
        channels: 3,
        background: { r: 10 * n, g: 90 * c, b: 199 },
      } as const
      const file = `${c === 1 ? carcinomaSlide : 'other'}${n}.png`
      await sharp({ create })
        .png()
        .toFile(join(folder, name, file))
    }
  }
  const choice = { labels: 'folder', casesPattern: '^[a-z]+[0-9]+', pixelSizeUm: 0.5 } as const
  await finish(await call('image.import', { paths: [folder], ...choice }))
  const imageIds = (await call('image.list', {}))
    .filter(({ path }) => path.startsWith(folder))
    .map(({ id }) => id)
  await finish(await call('slide.analyse', { imageIds, model }))
  return imageIds
}
