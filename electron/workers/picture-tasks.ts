import {
  assessPicture,
  augmentPicture,
  cutPictureCrops,
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
  assessPicture: (task, { signal }) => assessPicture(task, signal),
}
