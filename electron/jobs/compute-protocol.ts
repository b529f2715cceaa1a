import type {
  Answer,
  BackendChoice,
  BackendName,
  DescribeReport,
  EncoderName,
  EncoderView,
  ExternalImportReport,
  Failure,
  QualityFlag,
  Recipe,
  WeightSource,
} from '../contract/index.ts'
import type { BackendsReport } from '../engine/encoders/index.ts'
import type { ImportPublishedRequest } from '../engine/descriptors/import-published.ts'
import type { InspectedPage, PageChoice } from '../engine/image/index.ts'
import type { EnsembleImage, EnsembleOptions, TrainedEnsemble } from '../engine/verdict/train-ensemble.ts'
import type { PackageTasks } from './package-tasks.ts'
import type { PictureTasks } from './picture-tasks.ts'
import type { VerdictTasks } from './verdict-tasks.ts'

export interface DescribeTask {
  path: string
  /** From 1. */
  page: number
  sha256: string
  pixelSizeUm: number | null
  recipe: Recipe
  /** The user's data folder, where the encoders are. */
  homeDirectory: string
  /** Where the descriptor files go. */
  directory: string
  /** Whether quality flags are wanted even where every descriptor is there already. */
  needFlags: boolean
  backend: BackendChoice
}

export interface DescribeResult {
  /** One file for each constituent, in the order of `constituentsOf(recipe)`. */
  files: string[]
  /** null: not measured, since nothing had to be computed. */
  flags: QualityFlag[] | null
  /** Those that took part; empty where nothing had to be computed. */
  backends: BackendName[]
}

export interface DescribeFileTask {
  path: string
  out: string
  recipe: Recipe
  homeDirectory: string
  backend: BackendChoice
  raw: boolean
  identity: boolean
}

export interface TrainTask {
  images: EnsembleImage[]
  options: Omit<EnsembleOptions, 'signal' | 'report'>
}

export interface DemoTask {
  directory: string
  perClass: number
  seed: number
  widthPx: number
  heightPx: number
}

export interface TileTask {
  path: string
  page: number
  level: number
  column: number
  row: number
}

/** Everything that the compute process does. */
export interface ComputeTasks extends PackageTasks, PictureTasks, VerdictTasks {
  /** The chosen pictures of a file; every pixel was decoded once, so a cut one is refused here. */
  /** `knownSha256`: of the file, where it was hashed just before. */
  inspect: { input: { path: string; pages: PageChoice; knownSha256?: string }; output: InspectedPage[] }
  /** SHA-256 of a file. */
  hash: { input: { path: string }; output: string }
  tile: { input: TileTask; output: Uint8Array }
  thumbnail: { input: { path: string; page: number }; output: Uint8Array }
  demo: { input: DemoTask; output: { images: number } }
  encoderList: { input: { homeDirectory: string }; output: EncoderView[] }
  encoderDemo: {
    input: { homeDirectory: string; names: EncoderName[] }
    output: { installed: string[] }
  }
  encoderImport: {
    input: { homeDirectory: string; paths: string[]; allowUnofficial: boolean }
    output: { installed: string[]; failed: Failure[] }
  }
  encoderFetch: {
    /** `baseUrl`: in place of the official host and folder. */
    input: { homeDirectory: string; names: EncoderName[]; baseUrl: string | null }
    output: { installed: string[] }
  }
  /** With `measure` every back-end is tested and timed, which takes seconds each. */
  backendList: {
    input: { homeDirectory: string; measure: boolean }
    output: BackendsReport
  }
  /** Source and fingerprint of installed encoders; throws `encoder.missing`. */
  encoderRequire: {
    input: { homeDirectory: string; names: EncoderName[] }
    output: { source: WeightSource; fingerprints: Record<string, string> }
  }
  describe: { input: DescribeTask; output: DescribeResult }
  /** One image file into one `.npy` file; the recipe has one encoder and one crop set. */
  describeFile: { input: DescribeFileTask; output: Omit<DescribeReport, 'durationMs'> }
  train: { input: TrainTask; output: TrainedEnsemble }
  importPublished: {
    input: Omit<ImportPublishedRequest, 'signal' | 'onProgress'>
    output: ExternalImportReport
  }
  /** Looks at a descriptor file; throws `descriptors.invalid-file`. */
  checkDescriptors: { input: { path: string }; output: boolean }
  /** Versions of what computes. */
  software: { input: Record<string, never>; output: Record<string, string> }
}

export type TaskName = keyof ComputeTasks

export interface TaskContext {
  signal: AbortSignal
  report: (done: number, total: number) => void
}

/** One function for each task; a missing one does not compile. */
export type TaskHandlers = {
  [N in TaskName]: (
    input: ComputeTasks[N]['input'],
    context: TaskContext,
  ) => Promise<ComputeTasks[N]['output']>
}

/** What the compute process answers to (birpc). */
export interface ComputeSide {
  run(taskId: number, name: TaskName, input: unknown): Promise<Answer>
  cancel(taskId: number): void
}

/** What the compute process tells its host. */
export interface HostSide {
  progress(taskId: number, done: number, total: number): void
}
