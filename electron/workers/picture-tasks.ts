import { tileSizePx } from '../contract/index.ts'
import {
  assessPicture,
  augmentPicture,
  cutPictureCrops,
  fitImageStains,
  normalizedTile,
  normalizePicture,
  planPictureCrops,
  resamplePicture,
} from '../engine/preprocess/index.ts'
import type { TaskHandlers } from '../jobs/compute-protocol.ts'
import type { PictureTasks } from '../jobs/picture-tasks.ts'

export const pictureTaskHandlers: Pick<TaskHandlers, keyof PictureTasks> = {
  resamplePicture: (task, { signal }) => resamplePicture(task, signal),
  normalizePicture: (task, { signal }) => normalizePicture(task, signal),
  augmentPicture: (task, { signal }) => augmentPicture(task, signal),
  planPictureCrops: (task, { signal }) => planPictureCrops(task, signal),
  cutPictureCrops: (task, context) => cutPictureCrops(task, context),
  imageStains: ({ path, ...how }, { signal }) => fitImageStains(path, how, signal),
  normalizedTile: ({ path, stains, recipe, ...address }) =>
    normalizedTile(path, { ...address, tileSizePx }, { stains, recipe }),
  assessPicture: (task, { signal }) => assessPicture(task, signal),
}
