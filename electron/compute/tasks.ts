import sharp from 'sharp'
import { throwIfCancelled } from '../base/cancellation.ts'
import {
  AppError,
  thumbnailEdgePx,
  tileSizePx,
  type BackendChoice,
  type BackendDevice,
  type CropPlan,
  type CropSet,
  type DescribeReport,
  type BuiltInEncoder,
  type CameraBits,
  type EncoderName,
  type EncoderView,
  type InstallableName,
  type StainRecipe,
  type StainReport,
  type WeightsSource,
} from '../contract/index.ts'
import {
  readBackup,
  writeBackup,
  type ReadBackupRequest,
  type WriteBackupRequest,
} from '../engine/backup-file/index.ts'
import { boostingVersion } from '../engine/boosting/index.ts'
import { describeFile, importPublished, readNpy } from '../engine/descriptors/index.ts'
import type { DescribeFileRequest } from '../engine/descriptors/describe-file.ts'
import type { ImportPublishedRequest } from '../engine/descriptors/import-published.ts'
import {
  EncoderStore,
  examineBackends,
  fetchEncoder,
  listEncoders,
  type AnyEncoderEntry,
} from '../engine/encoders/index.ts'
import { downloadBackend, requireSet, unpackBackend } from '../engine/encoders/installable/install-backend.ts'
import { requireAllowed } from '../engine/encoders/allowed-encoders.ts'
import { copyInstalled } from '../engine/encoders/copy-installed.ts'
import { onnxRuntimeVersion } from '../engine/encoders/onnx-package.ts'
import { onnxRuntimeMissing } from '../engine/encoders/onnx-runtime.ts'
import { readStagedManifest } from '../engine/encoders/own/own-store.ts'
import { tryEncoder } from '../engine/encoders/own/try-encoder.ts'
import {
  type ImageFile,
  inspectPages,
  makeThumbnail,
  type PageChoice,
  readTile,
  sha256OfImage,
} from '../engine/image/index.ts'
import { openSlideState } from '../engine/image/openslide.ts'
import { findCopiesInFiles } from '../engine/leaks/find-copies.ts'
import { storedPrint } from '../engine/leaks/stored-print.ts'
import { packModel, type PackRequest } from '../engine/model-package/index.ts'
import {
  assessImage,
  augmentImage,
  cutImageCrops,
  fitImageStains,
  normalizedTile,
  normalizeImage,
  planImageCrops,
  resampleImage,
  type FromTo,
  type PlanRequest,
} from '../engine/preprocess/index.ts'
import {
  writeSyntheticSet,
  writeSyntheticSlide,
  type SyntheticSlideOptions,
} from '../engine/synthetic/index.ts'
import { boundedTasks } from './bounded-tasks.ts'
import { encodersOf } from './encoders-of.ts'
import type { TaskContext } from './task-context.ts'
import { slideTasks } from './slide-tasks.ts'
import { verdictTasks } from './verdict-tasks.ts'

/** A tile of the viewer's pyramid; `level`, `column` and `row` from 0. */
export interface TileRequest {
  image: ImageFile
  level: number
  column: number
  row: number
}

export interface EncodersRequest {
  /** The user's data folder, which holds the encoders. */
  homeDirectory: string
  names: EncoderName[]
}

export interface BackendRequest {
  homeDirectory: string
  name: InstallableName
  device: BackendDevice
}

export interface BuiltInEncodersRequest extends EncodersRequest {
  names: BuiltInEncoder[]
}

/**
 * Everything that the compute process does, each task handed to the room of the engine that does it. The type of
 * this table is the protocol: the host imports the type alone, so it loads neither ONNX Runtime nor sharp.
 */
export const tasks = {
  ...verdictTasks,
  ...slideTasks,
  ...boundedTasks,

  /**
   * The chosen pictures of a file; every pixel is decoded once, so a truncated one is refused here.
   * `knownSha256`: of the file, where it was hashed just before.
   */
  inspect: (
    {
      path,
      pages,
      ...how
    }: { path: string; pages: PageChoice; knownSha256?: string; cameraBits?: CameraBits | null },
    { signal }: TaskContext,
  ) => inspectPages(path, pages, { ...how, signal }),
  /** SHA-256 of an image's file, or files. */
  hash: ({ path }: { path: string }) => sha256OfImage(path),
  tile: ({ image: { path, page, cameraBits }, ...place }: TileRequest): Promise<Uint8Array> =>
    readTile(path, { page, cameraBits, ...place, tileSizePx }),
  thumbnail: ({ image: { path, page, cameraBits } }: { image: ImageFile }): Promise<Uint8Array> =>
    makeThumbnail(path, thumbnailEdgePx, page, cameraBits),

  /** What SQLite finds wrong in a workspace's database, which may be in use; one table may take seconds. */
  checkDatabase: async ({ path, folder }: { path: string; folder: string }) =>
    (await import('../store/index.ts')).checkDatabaseFile(path, folder),
  /** The same of a copy, with its hashes and what it holds. */
  examineDatabase: async ({ path }: { path: string }, { signal }: TaskContext) =>
    (await import('../store/index.ts')).examineDatabase(path, signal),

  /** The steps from a file to crops, one by one. */
  resampleImage: (task: FromTo & { scale: number }, { signal }: TaskContext) => resampleImage(task, signal),
  normalizeImage: (
    task: FromTo & { reference: string | null; recipe: StainRecipe },
    { signal }: TaskContext,
  ) => normalizeImage(task, signal),
  augmentImage: (task: FromTo & { hematoxylin: number; eosin: number }, { signal }: TaskContext) =>
    augmentImage(task, signal),
  planImageCrops: (task: PlanRequest, { signal }: TaskContext) => planImageCrops(task, signal),
  cutImageCrops: (
    task: { path: string; plan: CropPlan; directory: string; replace: boolean },
    context: TaskContext,
  ) => cutImageCrops(task, context),
  assessImage: (task: { path: string; cropSets: CropSet[]; recipe: StainRecipe }, { signal }: TaskContext) =>
    assessImage(task, signal),
  /** What the stain fit finds in an image of a workspace. */
  imageStains: (
    { image, ...how }: { image: ImageFile; cropSet: CropSet; recipe: StainRecipe },
    { signal }: TaskContext,
  ) => fitImageStains(image, how, signal),
  normalizedTile: ({
    image: { path, page, cameraBits },
    stains,
    recipe,
    ...place
  }: TileRequest & { stains: StainReport['stains']; recipe: StainRecipe }): Promise<Uint8Array> =>
    normalizedTile(path, { page, cameraBits, ...place, tileSizePx }, { stains, recipe }),

  demo: async (
    {
      directory,
      ...options
    }: { directory: string; perClass: number; seed: number; widthPx: number; heightPx: number },
    { signal, report }: TaskContext,
  ) => {
    const files = await writeSyntheticSet(directory, { ...options, signal, onProgress: report })
    return { images: files.length }
  },

  demoSlide: (
    { path, ...options }: { path: string } & Omit<SyntheticSlideOptions, 'signal' | 'onProgress'>,
    { signal, report }: TaskContext,
  ) => writeSyntheticSlide(path, { ...options, signal, onProgress: report }),

  encoderList: ({ homeDirectory }: { homeDirectory: string }): Promise<EncoderView[]> =>
    listEncoders(homeDirectory),
  /** Runs an encoder of one's own that was staged (bounded-tasks.ts) in `directory`. */
  encoderTry: async ({
    homeDirectory,
    path,
    directory,
    fingerprint,
  }: {
    homeDirectory: string
    /** Where it comes from. */
    path: string
    directory: string
    fingerprint: string
  }) =>
    tryEncoder(path, directory, await readStagedManifest(directory), { fingerprint, homeDir: homeDirectory }),
  encoderDemo: async ({ homeDirectory, names }: BuiltInEncodersRequest, { signal, report }: TaskContext) => {
    const store = new EncoderStore(homeDirectory)
    const installed: string[] = []
    for (const [index, name] of names.entries()) {
      report(index, names.length)
      throwIfCancelled(signal)
      const [entry] = await store.installUntrained([name])
      if (entry?.source === 'untrained') installed.push(name)
    }
    report(names.length, names.length)
    return { installed }
  },
  /** `baseUrl`: in place of the official host and folder. */
  encoderFetch: async (
    { homeDirectory, names, baseUrl }: BuiltInEncodersRequest & { baseUrl: string | null },
    { signal, report }: TaskContext,
  ) => {
    for (const [index, name] of names.entries()) {
      const onProgress = (done: number, total: number): void => report(index + done / total, names.length)
      await fetchEncoder(homeDirectory, name, { baseUrl, signal, onProgress })
    }
    report(names.length, names.length)
    return { installed: names }
  },
  /** Wheels of a back-end that a person installs, and what is needed of them; in bytes. */
  backendDownload: async (
    { homeDirectory, name, device }: BackendRequest,
    { signal, report }: TaskContext,
  ) => {
    await downloadBackend(homeDirectory, requireSet(name, device), { signal, onProgress: report })
    return {}
  },
  backendUnpack: async (
    { homeDirectory, name, device, folder }: BackendRequest & { folder: string | null },
    { signal, report }: TaskContext,
  ) => {
    const running = { signal, onProgress: report }
    return { staging: await unpackBackend(homeDirectory, requireSet(name, device), folder, running) }
  },
  /** With `measure` every back-end is tested and timed, which takes seconds each. */
  backendList: async (
    { homeDirectory, measure }: { homeDirectory: string; measure: boolean },
    { signal }: TaskContext,
  ) => {
    const report = await examineBackends(homeDirectory, { measure, signal })
    return { ...report, backends: [...report.backends] }
  },
  /** Into another data folder; throws `encoder.missing`. */
  encoderCopy: async ({ homeDirectory, names, to }: EncodersRequest & { to: string }) => {
    await copyInstalled(homeDirectory, names, to)
    return {}
  },
  /** Source and fingerprint of installed encoders; throws `encoder.missing`, `policy.forbids`. */
  encoderRequire: async ({ homeDirectory, names }: EncodersRequest) => {
    const entries = (await listEncoders(homeDirectory)).filter(({ name }) => names.includes(name))
    const found = entries.filter(({ source }) => source !== 'missing').map(({ name }): string => name)
    const missing = names.filter((name) => !found.includes(name))
    if (missing.length > 0) throw new AppError('encoder.missing', { encoders: missing })
    for (const { name, fingerprint } of entries) requireAllowed(name, fingerprint)
    const fingerprints: Record<string, string> = Object.fromEntries(
      entries.map(({ name, fingerprint }) => [name, fingerprint ?? '']),
    )
    return { source: lowestTrustSource(entries), fingerprints }
  },

  /** One image file into one `.npy` file; the recipe has one encoder and one crop set. */
  describeFile: (
    {
      homeDirectory,
      backend,
      ...request
    }: Omit<DescribeFileRequest, 'encoders' | 'signal' | 'onProgress'> & {
      homeDirectory: string
      backend: BackendChoice
    },
    { signal, report }: TaskContext,
  ): Promise<Omit<DescribeReport, 'durationMs'>> => {
    const encoders = encodersOf(homeDirectory, backend)
    return describeFile({ ...request, encoders, signal, onProgress: report })
  },
  importPublished: (
    request: Omit<ImportPublishedRequest, 'signal' | 'onProgress'>,
    { signal, report }: TaskContext,
  ) => importPublished({ ...request, signal, onProgress: report }),
  /** Reads a descriptor file; throws `descriptors.invalid-file`. */
  checkDescriptors: async ({ path }: { path: string }) => (await readNpy(path)).checked,

  /** What finds copies of an image, as a file below `directory`. */
  storePrint: ({ image, directory }: { image: ImageFile; directory: string }) =>
    storedPrint(image, directory),
  findCopies: ({ files }: { files: string[] }, { signal, report }: TaskContext) =>
    findCopiesInFiles(files, { signal, onProgress: report }),

  packModel: (task: PackRequest, context: TaskContext) => packModel(task, context),

  writeBackup: (task: WriteBackupRequest, context: TaskContext) => writeBackup(task, context),
  readBackup: (task: ReadBackupRequest, context: TaskContext) => readBackup(task, context),

  /** Versions of what computes. */
  software: ({ homeDirectory }: { homeDirectory: string }): Promise<Record<string, string>> =>
    Promise.resolve({
      LightGBM: boostingVersion(),
      'ONNX Runtime': (onnxRuntimeMissing(homeDirectory) === null ? onnxRuntimeVersion() : null) ?? 'none',
      libvips: sharp.versions.vips,
      OpenSlide: versionOfOpenSlide(),
      Node: process.versions.node,
    }),
}

function versionOfOpenSlide(): string {
  const state = openSlideState()
  return 'version' in state ? state.version : 'none'
}

export type Tasks = typeof tasks
export type TaskName = keyof Tasks
export type TaskInput<N extends TaskName> = Parameters<Tasks[N]>[0]
export type TaskOutput<N extends TaskName> = Awaited<ReturnType<Tasks[N]>>

/** The least trusted source among the encoders: a single one that is untrained or not proven decides. */
function lowestTrustSource(entries: readonly AnyEncoderEntry[]): WeightsSource {
  const order: WeightsSource[] = ['untrained', 'unverified', 'unofficial', 'own']
  return order.find((source) => entries.some((entry) => entry.source === source)) ?? 'official'
}
