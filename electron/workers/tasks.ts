import { env as ortEnv } from 'onnxruntime-node'
import sharp from 'sharp'
import {
  AppError,
  thumbnailEdgePx,
  tileSizePx,
  type BackendChoice,
  type WeightSource,
} from '../contract/index.ts'
import { boostingVersion } from '../engine/boosting/index.ts'
import { describeFile, ensureDescriptors, importPublished, readNpy } from '../engine/descriptors/index.ts'
import {
  EncoderStore,
  examineBackends,
  fetchEncoder,
  OpenEncoders,
  type EncoderEntry,
} from '../engine/encoders/index.ts'
import { hashFile, inspectPages, makeThumbnail, readTile } from '../engine/image/index.ts'
import { writeSyntheticSet } from '../engine/synthetic/index.ts'
import { trainEnsemble } from '../engine/verdict/train-ensemble.ts'
import type { TaskHandlers } from '../jobs/compute-protocol.ts'
import { failureOf } from '../jobs/find-images.ts'
import { packageTaskHandlers } from './package-tasks.ts'
import { pictureTaskHandlers } from './picture-tasks.ts'
import { verdictTaskHandlers } from './verdict-tasks.ts'

const openEncoders = new Map<string, OpenEncoders>()

function encodersOf(homeDirectory: string, backend: BackendChoice): OpenEncoders {
  const key = `${backend} ${homeDirectory}`
  const known = openEncoders.get(key) ?? new OpenEncoders(homeDirectory, backend)
  openEncoders.set(key, known)
  return known
}

/** Every task of the compute process, each handed to the engine's room that does it. */
export const taskHandlers: TaskHandlers = {
  inspect: ({ path, pages, knownSha256 }, { signal }) => inspectPages(path, pages, { signal, knownSha256 }),
  hash: ({ path }) => hashFile(path),
  tile: ({ path, ...address }) => readTile(path, { ...address, tileSizePx }),
  thumbnail: ({ path, page }) => makeThumbnail(path, thumbnailEdgePx, page),

  demo: async ({ directory, ...options }, { signal, report }) => {
    const files = await writeSyntheticSet(directory, { ...options, signal, onProgress: report })
    return { images: files.length }
  },

  encoderList: ({ homeDirectory }) => new EncoderStore(homeDirectory).list(),
  encoderDemo: async ({ homeDirectory, names }, { signal, report }) => {
    const store = new EncoderStore(homeDirectory)
    const installed: string[] = []
    for (const [index, name] of names.entries()) {
      report(index, names.length)
      if (signal.aborted) throw new AppError('job.cancelled', {})
      const [entry] = await store.installDemo([name])
      if (entry?.source === 'demo') installed.push(name)
    }
    report(names.length, names.length)
    return { installed }
  },
  encoderImport: async ({ homeDirectory, paths, allowUnofficial }) => {
    const store = new EncoderStore(homeDirectory)
    const { installed, refused } = await store.importFiles(paths, { allowUnofficial })
    return {
      installed: installed.map((entry) => entry.name),
      failed: refused.map(({ path, error }) => failureOf(path, error)),
    }
  },
  encoderFetch: async ({ homeDirectory, names, baseUrl }, { signal, report }) => {
    for (const [index, name] of names.entries()) {
      const onProgress = (done: number, total: number): void => report(index + done / total, names.length)
      await fetchEncoder(homeDirectory, name, { baseUrl, signal, onProgress })
    }
    report(names.length, names.length)
    return { installed: names }
  },
  backendList: async ({ homeDirectory, measure }, { signal }) => {
    const report = await examineBackends(homeDirectory, { measure, signal })
    return { ...report, backends: [...report.backends] }
  },
  encoderRequire: async ({ homeDirectory, names }) => {
    const entries = (await new EncoderStore(homeDirectory).list()).filter(({ name }) => names.includes(name))
    const missing = entries.filter(({ source }) => source === 'missing').map(({ name }) => name)
    if (missing.length > 0) throw new AppError('encoder.missing', { encoders: missing })
    const fingerprints = Object.fromEntries(entries.map(({ name, fingerprint }) => [name, fingerprint ?? '']))
    return { source: leastTrusted(entries), fingerprints }
  },

  describe: async ({ homeDirectory, backend, ...request }, { signal, report }) => {
    const encoders = encodersOf(homeDirectory, backend)
    const made = await ensureDescriptors({ ...request, encoders, signal, onProgress: report })
    return { ...made, flags: made.flags && [...made.flags] }
  },
  describeFile: ({ homeDirectory, backend, ...request }, { signal, report }) => {
    const encoders = encodersOf(homeDirectory, backend)
    return describeFile({ ...request, encoders, signal, onProgress: report })
  },
  train: ({ images, options }, context) => trainEnsemble(images, { ...options, ...context }),
  importPublished: (request, { signal, report }) =>
    importPublished({ ...request, signal, onProgress: report }),
  checkDescriptors: async ({ path }) => (await readNpy(path)).checked,
  ...packageTaskHandlers,
  ...pictureTaskHandlers,
  ...verdictTaskHandlers(encodersOf),
  software: () =>
    Promise.resolve({
      LightGBM: boostingVersion(),
      'ONNX Runtime': ortEnv.versions.node ?? 'unknown',
      libvips: sharp.versions.vips,
      Node: process.versions.node,
    }),
}

/** One untrained encoder makes the whole untrained, one unofficial the whole unofficial. */
function leastTrusted(entries: readonly EncoderEntry[]): WeightSource {
  const order: WeightSource[] = ['demo', 'unofficial']
  return order.find((source) => entries.some((entry) => entry.source === source)) ?? 'keras'
}
