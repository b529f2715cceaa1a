import { evaluateTable } from '../engine/evaluation/evaluate-table.ts'
import type { BackendTrial } from '../engine/encoders/installable/try-backend.ts'
import type { StageRequest } from '../engine/encoders/own/stage-encoder.ts'
import type { WeightFile } from '../engine/encoders/import-weight-file.ts'
import type { UnpackRequest } from '../engine/model-package/index.ts'
import { oneOfEachSeries } from '../engine/image/image-parts.ts'
import { checkGeometry, readRegionFile } from '../engine/regions/read-region-file.ts'
import { matchCases } from '../engine/tables/cases-of-names.ts'
import { proposeCases } from '../engine/tables/propose-cases.ts'
import { matchLabelTable } from '../engine/tables/label-table.ts'
import { answeringJson, type JsonOf } from './json-answer.ts'
import type { TaskContext } from './task-context.ts'

/**
 * What reads files and expressions from outside, each task alone in a process with a time limit and a memory limit
 * (`BoundedCompute`). The libraries of the heavy tasks are loaded when first needed, so that the process starts quickly.
 */
export const boundedTasks = {
  /** The case in each file name. */
  matchCases: answeringJson(matchCases),
  /** Ways to read the cases of files. */
  proposeCases: answeringJson(proposeCases),
  /** A table of labels, matched with the files of an import. */
  matchLabelTable: answeringJson(matchLabelTable),
  /** Files of an import, with one for each slide of several files. */
  oneOfEachSeries: answeringJson(oneOfEachSeries),
  evaluateTable: answeringJson(evaluateTable),
  readRegionFile: answeringJson(readRegionFile),
  checkGeometry: answeringJson(checkGeometry),

  /** Models as files, which may come from anywhere. */
  inspectPackage: answeringJson(async ({ path }: { path: string }) =>
    (await import('../engine/model-package/index.ts')).inspectPackage(path),
  ),
  previewPackage: answeringJson(async ({ path }: { path: string }) =>
    (await import('../engine/model-package/index.ts')).previewPackage(path),
  ),
  unpackModel: answeringJson(async (task: UnpackRequest, context: TaskContext) =>
    (await import('../engine/model-package/index.ts')).unpackModel(task, context),
  ),
  /** One file of weights. */
  importWeightFile: answeringJson(async (task: WeightFile) =>
    (await import('../engine/encoders/import-weight-file.ts')).importWeightFile(task),
  ),
  /** The libraries of a back-end that is being installed: they may end the process. */
  tryBackend: answeringJson(async (task: BackendTrial) =>
    (await import('../engine/encoders/installable/try-backend.ts')).tryBackend(task),
  ),
  /** An encoder of one's own: manifest and ONNX file, read and not run. */
  stageEncoder: answeringJson(async (task: StageRequest) =>
    (await import('../engine/encoders/own/stage-encoder.ts')).stageEncoder(task),
  ),
}

type BoundedTasks = typeof boundedTasks
export type BoundedTaskName = keyof BoundedTasks
export type BoundedInput<N extends BoundedTaskName> = Parameters<BoundedTasks[N]>[0]
export type BoundedOutput<N extends BoundedTaskName> =
  Awaited<ReturnType<BoundedTasks[N]>> extends JsonOf<infer T> ? T : never
