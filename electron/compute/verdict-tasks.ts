import type { BackendChoice, Effort } from '../contract/index.ts'
import { ensureDescriptors, type EnsureRequest } from '../engine/descriptors/index.ts'
import { ensureFieldDescriptors, type FieldsRequest } from '../engine/fields/field-descriptors.ts'
import {
  heatMapOverlay,
  writeExplanation,
  type ExplanationExport,
} from '../engine/prediction/heat-map-image.ts'
import { makeHeatMap, type HeatMapRequest } from '../engine/prediction/heat-map.ts'
import {
  makeReference,
  measureLikeness,
  ReferenceCache,
  type ReferenceRequest,
  type StoredReference,
} from '../engine/prediction/likeness-reference.ts'
import { BoosterCache, type StoredBooster } from '../engine/prediction/predict-ensemble.ts'
import { predictStepwise } from '../engine/prediction/predict-stepwise.ts'
import type { EnsembleImage, EnsembleOptions } from '../engine/prediction/member-training.ts'
import { trainEnsemble } from '../engine/prediction/train-ensemble.ts'
import { trainUnits } from '../engine/prediction/train-units.ts'
import { analyseBlocks, type BlocksRequest } from '../engine/shards/analyse-blocks.ts'
import { estimateBlocks } from '../engine/shards/estimate-blocks.ts'
import { isOf, type Shard } from '../engine/shards/shard.ts'
import { writeTrained, type TrainedRecord } from '../engine/shards/unit-record.ts'
import { analyseSlide, type SlideAnalysisRequest } from '../engine/slides/analyse-slide.ts'
import type { AnalysisSubject } from '../engine/slides/open-analysis.ts'
import { maskInEffect, type TissueRequest } from '../engine/tissue/describe-tissue.ts'
import { encodersOf } from './encoders-of.ts'
import type { TaskContext } from './task-context.ts'

/** What describes an image, given by what the compute process opens: its encoders. */
export interface DescribeTask extends Omit<EnsureRequest, 'encoders' | 'signal' | 'onProgress'> {
  /** The user's data folder, which holds the encoders. */
  readonly homeDirectory: string
  readonly backend: BackendChoice
}

/** What describes the training fields of an image. */
export interface DescribeFieldsTask extends Omit<
  FieldsRequest,
  'encoders' | 'findTissue' | 'signal' | 'onProgress'
> {
  readonly homeDirectory: string
  /** Of a slide; null: the image is decoded as a whole. */
  readonly tissue: TissueRequest | null
}

export interface PredictTask {
  /** The image, and how its descriptors are made. */
  description: DescribeTask
  /** The fold that held the image out, where it took part in training; null for a new image. */
  heldOutFold: number | null
  boosters: StoredBooster[]
  isPositive: boolean[]
  threshold: number
  effort: Effort
  /** What likeness to the training images is measured by; null: the model has none, or the image trained it. */
  reference: StoredReference | null
}

export interface TrainShardTask {
  readonly images: EnsembleImage[]
  readonly options: Omit<EnsembleOptions, 'signal' | 'report'>
  /** Places in the order of training. */
  readonly wanted: number[]
  /** The folder of the results. */
  readonly parts: string
  readonly made: Pick<TrainedRecord, 'instructionSet' | 'lobule' | 'node'>
}

export type HeatMapTask = Omit<
  HeatMapRequest,
  'boosters' | 'cache' | 'encoders' | 'onProgress' | 'signal'
> & {
  homeDirectory: string
  boosters: StoredBooster[]
}

export type AnalyseSlideTask = Omit<
  SlideAnalysisRequest,
  'boosters' | 'cache' | 'references' | 'encoders' | 'findTissue' | 'onProgress' | 'signal'
> & {
  homeDirectory: string
  boosters: StoredBooster[]
  tissue: TissueRequest
}

/** Some blocks of a slide of a plan. */
export type AnalyseBlocksTask = Omit<
  BlocksRequest,
  | 'boosters'
  | 'cache'
  | 'references'
  | 'encoders'
  | 'findTissue'
  | 'isWanted'
  | 'isStopping'
  | 'onProgress'
  | 'signal'
> & {
  homeDirectory: string
  backend: BackendChoice
  boosters: StoredBooster[]
  tissue: TissueRequest
  /** `first`: place of the first block in the order of all blocks, as far as parts depend on it; null: all blocks. */
  shard: (Shard & { readonly first: number }) | null
}

export type EstimateBlocksTask = AnalysisSubject & { homeDirectory: string; tissue: TissueRequest }

const cache = new BoosterCache()
const references = new ReferenceCache()

/** One model is in memory at a time. */
const keepOnly = (needed: readonly StoredBooster[]): Promise<void> =>
  cache.keepOnly(new Set(needed.map((booster) => booster.textSha256)))

/** From images to models, and what a model suggests for an image. */
export const verdictTasks = {
  /** Makes the missing descriptor files of an image; codes of `ensureDescriptors`. */
  describe: async ({ homeDirectory, backend, ...request }: DescribeTask, { signal, report }: TaskContext) => {
    const encoders = encodersOf(homeDirectory, backend)
    const made = await ensureDescriptors({ ...request, encoders, signal, onProgress: report })
    const notes = encoders.takeNotes()
    return { ...made, flags: made.flags && [...made.flags], ...(notes.length > 0 && { notes }) }
  },
  /** Makes the missing descriptor files of an image's fields; codes of `ensureFieldDescriptors`. */
  describeFields: (
    { homeDirectory, tissue, ...request }: DescribeFieldsTask,
    { signal, report }: TaskContext,
  ) =>
    ensureFieldDescriptors({
      ...request,
      encoders: encodersOf(homeDirectory, 'auto'),
      findTissue: tissue === null ? null : () => maskInEffect(tissue, signal),
      signal,
      onProgress: report,
    }),
  train: (
    { images, options }: { images: EnsembleImage[]; options: Omit<EnsembleOptions, 'signal' | 'report'> },
    context: TaskContext,
  ) => trainEnsemble(images, { ...options, ...context }),
  /**
   * Trains some classifiers of a plan and records each as soon as it is done. Cancelled, it finishes those in work and returns how
   * many were trained.
   */
  trainShard: async (
    { images, options, wanted, parts, made }: TrainShardTask,
    { signal, report }: TaskContext,
  ) => {
    let trained = 0
    const whole = { ...options, signal: new AbortController().signal, report: () => undefined }
    await trainUnits(images, whole, wanted, {
      isStopping: () => signal.aborted,
      onTrained: async (unit) => {
        await writeTrained(parts, { ...unit, ...made })
        report(++trained, wanted.length)
      },
    })
    return { trained }
  },
  /** Describes the image as far as the effort asks, predicts it, and measures its likeness to the training images. */
  predict: async (
    { description, boosters, reference, ...task }: PredictTask,
    { signal, report }: TaskContext,
  ) => {
    await keepOnly(boosters)
    const { homeDirectory, backend, ...request } = description
    const encoders = encodersOf(homeDirectory, backend)
    const { signature, ...predicted } = await predictStepwise({
      ...task,
      description: { ...request, encoders, signal, onProgress: report },
      boosters,
      cache,
      signatureAugmentations: reference?.reference.augmentations,
    })
    return { ...predicted, likeness: await measureLikeness(signature, reference, references) }
  },
  /** Makes what likeness to the training images will be measured by; null: there are too few of different cases. */
  makeReference: (task: ReferenceRequest, { signal }: TaskContext) => makeReference(task, signal),
  heatMap: async ({ homeDirectory, boosters, ...task }: HeatMapTask, { signal, report }: TaskContext) => {
    await keepOnly(boosters)
    const encoders = encodersOf(homeDirectory, 'auto')
    return makeHeatMap({ ...task, boosters, cache, encoders, signal, onProgress: report })
  },
  /** Analyses a slide place by place and writes its map. */
  analyseSlide: async (
    { homeDirectory, boosters, tissue, ...task }: AnalyseSlideTask,
    { signal, report }: TaskContext,
  ) => {
    await keepOnly(boosters)
    const encoders = encodersOf(homeDirectory, 'auto')
    return analyseSlide({
      ...task,
      boosters,
      cache,
      references,
      encoders,
      findTissue: () => maskInEffect(tissue, signal),
      signal,
      onProgress: report,
    })
  },
  /** Predicts some blocks of a slide. Cancelled, it finishes the one in work and returns how many were predicted. */
  analyseBlocks: async (
    { homeDirectory, backend, boosters, tissue, shard, ...task }: AnalyseBlocksTask,
    { signal, report }: TaskContext,
  ) => {
    await keepOnly(boosters)
    return analyseBlocks({
      ...task,
      boosters,
      cache,
      references,
      encoders: encodersOf(homeDirectory, backend),
      findTissue: () => maskInEffect(tissue),
      isWanted: (block) => shard === null || isOf(shard, shard.first + block),
      isStopping: () => signal.aborted,
      onProgress: report,
    })
  },
  /** The work of a slide, without predicting anything. */
  estimateBlocks: ({ homeDirectory, tissue, ...task }: EstimateBlocksTask, { signal }: TaskContext) =>
    estimateBlocks({
      ...task,
      cache,
      references,
      encoders: encodersOf(homeDirectory, 'auto'),
      findTissue: () => maskInEffect(tissue, signal),
      signal,
    }),
  /** The map of one class as PNG, from its rows of probabilities. */
  heatMapOverlay: ({
    plane,
    ...image
  }: {
    plane: number[][]
    widthPx: number
    heightPx: number
  }): Promise<Uint8Array> => heatMapOverlay(plane, image),
  writeExplanation: async (task: ExplanationExport, { signal }: TaskContext) => {
    await writeExplanation(task, signal)
    return {}
  },
}
