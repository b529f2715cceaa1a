import { inspectPackage, packModel, unpackModel } from '../engine/model-package/index.ts'
import type { TaskHandlers } from '../jobs/compute-protocol.ts'
import type { PackageTasks } from '../jobs/package-tasks.ts'

export const packageTaskHandlers: Pick<TaskHandlers, keyof PackageTasks> = {
  packModel: (task, context) => packModel(task, context),
  inspectPackage: ({ path }) => inspectPackage(path),
  unpackModel: (task, context) => unpackModel(task, context),
}
