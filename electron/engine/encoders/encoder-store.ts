import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { removeFile } from '../../base/patient-files.ts'
import { writeAtomically } from '../../base/atomic-file.ts'
import { sha256 } from '../../base/sha256.ts'
import { AppError } from '../../contract/errors.ts'
import { builtInEncoders, type BuiltInEncoder } from '../../contract/index.ts'
import { architectures } from './architectures.ts'
import type { EncoderBackend, OpenEncoder } from './backend.ts'
import { bundledFile } from './bundled-file.ts'
import { untrainedWeights } from './untrained-weights.ts'
import { emitOnnx, emitterVersion, type Precision } from './emit-onnx.ts'
import type { EncoderEntry } from './encoder-entry.ts'
import * as records from './encoder-record.ts'
import type { EncoderRecord, StoredFile } from './encoder-record.ts'
import { expectedProbe } from './evaluate-directly.ts'
import { Float16RangeError } from './float16.ts'
import { readWeightFile, weightFileEnding } from './read-weight-file.ts'
import { officialWeights } from './manifest.ts'
import { onnxCpu } from './onnx-backend.ts'
import { recogniseFile } from './recognise-file.ts'
import {
  kerasProbe,
  minCosine,
  packFloats,
  selfTest,
  unpackFloats,
  type Probe,
  type SelfTestResult,
} from './self-test.ts'
import { weightFilesAt } from './weight-files.ts'
import { weightsFingerprint, type Weights } from './weights.ts'

export interface RefusedFile {
  readonly path: string
  readonly error: AppError
}

/** Installations in progress in this process, by record. */
const installing = new Map<string, Promise<string | null>>()

const untrainedAttribution = "Untrained weights from Lobule's own generator; they carry no knowledge."

/**
 * The installed encoders, in `<homeDir>/encoders`, shared by all workspaces. Each has a record (`resnet50.json`), the
 * weight file unless the weights are untrained, and the ONNX file made from it, both named after the weights' fingerprint.
 * The record is written last and atomically, so an encoder is installed completely or not at all.
 *
 * An encoder that comes with Lobule (bundled-file.ts) is installed when it is first looked for, so that every door has it
 * from its first start. What a person has installed in its place stays.
 */
export class EncoderStore {
  readonly #homeDir: string
  readonly #folder: string

  constructor(homeDir: string) {
    this.#homeDir = homeDir
    this.#folder = join(homeDir, 'encoders')
  }

  /**
   * Installs untrained weights. Keeps trained weights that are installed and not damaged, unless `replace` is set.
   * @throws AppError `path.not-writable`
   */
  async installUntrained(
    names: readonly BuiltInEncoder[],
    options: { replace?: boolean } = {},
  ): Promise<EncoderEntry[]> {
    for (const name of names) {
      const { source } = await this.#entry(name)
      if (source !== 'missing' && (source === 'untrained' || options.replace !== true)) continue
      const weights = untrainedWeights(architectures[name])
      const fingerprint = weightsFingerprint(architectures[name], weights)
      await this.#install(name, { source: 'untrained', fingerprint, weights: null }, weights)
    }
    return Promise.all(names.map((name) => this.#entry(name)))
  }

  /**
   * Installs weight files, each recognised by its content. For a folder, installs its `.h5`, `.hdf5` and `.pth` files.
   * A refused file is listed with its error, and the others are still installed: `encoder.unknown-file`,
   * `encoder.unofficial-file`, `encoder.invalid-file`, `path.not-found`, `path.unreadable`.
   * @throws AppError `path.not-writable`
   */
  async importFiles(
    paths: readonly string[],
    options: { allowUnofficial?: boolean } = {},
  ): Promise<{ installed: EncoderEntry[]; refused: RefusedFile[] }> {
    const installed: EncoderEntry[] = []
    const refused: RefusedFile[] = []
    for (const path of (await Promise.all(paths.map(weightFilesAt))).flat()) {
      try {
        installed.push(await this.#importFile(path, options.allowUnofficial ?? false))
      } catch (error) {
        if (!(error instanceof AppError) || error.code === 'path.not-writable') throw error
        refused.push({ path, error: error as AppError })
      }
    }
    return { installed, refused }
  }

  /** All encoders, in the order of `builtInEncoders`. Checks the sizes of files; contents are checked by `open`. */
  list(): Promise<EncoderEntry[]> {
    return Promise.all(builtInEncoders.map((name) => this.find(name)))
  }

  /** The entry of one encoder. */
  async find(name: BuiltInEncoder): Promise<EncoderEntry> {
    const problem = await this.#installBundled(name)
    const entry = await this.#entry(name)
    return problem !== null && entry.source === 'missing' ? { ...entry, problem } : entry
  }

  /**
   * Installs an encoder that comes with Lobule, in place of any other.
   * @throws AppError `encoder.not-included`; `encoder.unofficial-file`, `encoder.invalid-file` (the file is damaged);
   *   `path.not-writable`
   */
  async installIncluded(name: BuiltInEncoder): Promise<EncoderEntry> {
    const { file, title } = officialWeights[name]
    const path = bundledFile(file)
    if (path === null) throw new AppError('encoder.not-included', { title, file })
    return this.#importFile(path, false)
  }

  /**
   * Opens an installed encoder; the caller closes it. The ONNX file is made again if it is damaged or of another
   * version. The half-precision file is made when a back-end first needs it. The back-end must pass its self-test;
   * `onTested` receives the result.
   * @throws AppError `encoder.missing`; `encoder.invalid-file` (the installed Keras file is damaged);
   *   `encoder.backend-failed`, `encoder.self-test-failed`; `path.not-writable`
   */
  async open(
    name: BuiltInEncoder,
    backend: EncoderBackend = onnxCpu(),
    onTested?: (figure: SelfTestResult) => void,
  ): Promise<OpenEncoder> {
    const record = await this.#soundRecord(name)
    const { source, fingerprint } = record
    const expected = kerasProbe(name, fingerprint) ?? (record.probe && unpacked(record.probe))
    const isSound = expected !== null && (await this.#isSound(record.graph))
    const current = isSound ? record : await this.#emitAgain(name, record)
    const isHalf = backend.halfOf !== undefined
    const graph = isHalf ? await this.#halfGraph(name, current, backend) : current.graph
    const encoder = await backend.open({
      name,
      architecture: architectures[name],
      source,
      fingerprint,
      onnxPath: join(this.#folder, graph.file),
      homeDir: this.#homeDir,
      readWeights: () => this.#weightsOf(name, record),
    })
    try {
      const threshold = isHalf ? minCosine.half : minCosine.single
      const figure = await selfTest(encoder, expected ?? unpacked(current.probe), threshold)
      onTested?.(figure)
    } catch (error) {
      await encoder.close()
      throw error
    }
    return encoder
  }

  /** Returns what went wrong; null if the encoder is there, or does not come with this copy of Lobule. */
  #installBundled(name: BuiltInEncoder): Promise<string | null> {
    const { url, file } = officialWeights[name]
    if (url !== null || bundledFile(file) === null) return Promise.resolve(null)
    const key = records.recordPath(this.#folder, name)
    const running = installing.get(key) ?? this.#installIfMissing(name).finally(() => installing.delete(key))
    installing.set(key, running)
    return running
  }

  async #installIfMissing(name: BuiltInEncoder): Promise<string | null> {
    if ((await records.readRecord(this.#folder, name)) !== null) return null
    try {
      await this.installIncluded(name)
      return null
    } catch (error) {
      // A full disk must not hide the other encoders.
      if (error instanceof AppError) return error.message
      throw error
    }
  }

  async #importFile(path: string, allowUnofficial: boolean): Promise<EncoderEntry> {
    const { name, source, fingerprint, weights, sha256 } = await recogniseFile(path, { allowUnofficial })
    const bytes = await readFile(path)
    const ending = weightFileEnding[architectures[name].weightFormat]
    const file = `${name}-${fingerprint.slice(0, 16)}.${ending}`
    await writeAtomically(join(this.#folder, file), bytes)
    const stored: StoredFile = { file, bytes: bytes.length, sha256 }
    await this.#install(name, { source, fingerprint, weights: stored }, weights)
    return this.#entry(name)
  }

  async #install(
    name: BuiltInEncoder,
    about: Pick<EncoderRecord, 'source' | 'fingerprint' | 'weights'>,
    weights: Weights,
  ): Promise<void> {
    const graph = await this.#emit(name, about, weights)
    const known = kerasProbe(name, about.fingerprint) !== null
    const probe = known ? null : packed(expectedProbe(architectures[name], weights))
    const before = await records.readRecord(this.#folder, name)
    await this.#writeRecord(name, { format: 2, ...about, graph, halfGraph: null, probe })
    if (before === null || before === 'damaged') return
    const kept = [graph.file, about.weights?.file]
    for (const file of [before.graph.file, before.halfGraph?.file, before.weights?.file]) {
      // Windows cannot remove a file that is in use. It only takes up space.
      if (file !== undefined && !kept.includes(file)) {
        await removeFile(join(this.#folder, file)).catch(() => undefined)
      }
    }
  }

  async #emit(
    name: BuiltInEncoder,
    { source, fingerprint }: Pick<EncoderRecord, 'source' | 'fingerprint'>,
    weights: Weights,
    precision: Precision = 'single',
  ): Promise<EncoderRecord['graph']> {
    const about = precision === 'half' ? { source, fingerprint, precision } : { source, fingerprint }
    const bytes = emitOnnx(architectures[name], weights, about, precision)
    const ending = precision === 'half' ? '-half' : ''
    const file = `${name}-${fingerprint.slice(0, 16)}-${emitterVersion}${ending}.onnx`
    await writeAtomically(join(this.#folder, file), bytes)
    return { file, bytes: bytes.length, sha256: sha256(bytes), emitterVersion }
  }

  async #isSound(graph: EncoderRecord['graph']): Promise<boolean> {
    if (graph.emitterVersion !== emitterVersion) return false
    return (await records.contentProblem(this.#folder, graph)) === null
  }

  /** @throws AppError `encoder.backend-failed` if a weight exceeds half precision */
  async #halfGraph(
    name: BuiltInEncoder,
    record: EncoderRecord,
    backend: EncoderBackend,
  ): Promise<EncoderRecord['graph']> {
    if (record.halfGraph !== null && (await this.#isSound(record.halfGraph))) return record.halfGraph
    const weights = await this.#weightsOf(name, record)
    try {
      const halfGraph = await this.#emit(name, record, weights, 'half')
      await this.#writeRecord(name, { ...record, halfGraph })
      return halfGraph
    } catch (error) {
      if (!(error instanceof Float16RangeError)) throw error
      const details = { backend: backend.name, reason: error.message }
      throw new AppError('encoder.backend-failed', details, { cause: error })
    }
  }

  async #emitAgain(name: BuiltInEncoder, record: EncoderRecord): Promise<EncoderRecord> {
    const weights = await this.#weightsOf(name, record)
    const { source, fingerprint } = record
    await this.#install(name, { source, fingerprint, weights: record.weights }, weights)
    return this.#soundRecord(name)
  }

  async #weightsOf(name: BuiltInEncoder, record: EncoderRecord): Promise<Weights> {
    const architecture = architectures[name]
    const damaged = record.weights && (await records.contentProblem(this.#folder, record.weights))
    if (damaged !== null) throw this.#damaged(name, damaged)
    const weights = record.weights
      ? await readWeightFile(join(this.#folder, record.weights.file), architecture)
      : untrainedWeights(architecture)
    if (weightsFingerprint(architecture, weights) === record.fingerprint) return weights
    throw this.#damaged(name, 'the weights differ from those that were installed')
  }

  async #soundRecord(name: BuiltInEncoder): Promise<EncoderRecord> {
    const { problem } = await this.#entry(name)
    if (problem !== null) throw this.#damaged(name, problem)
    const record = await records.readRecord(this.#folder, name)
    if (record === null || record === 'damaged') throw new AppError('encoder.missing', { encoders: [name] })
    return record
  }

  #damaged(name: BuiltInEncoder, reason: string): AppError {
    const path = records.recordPath(this.#folder, name)
    return new AppError('encoder.invalid-file', { path, reason: `${reason}; install it again` })
  }

  async #writeRecord(name: BuiltInEncoder, record: EncoderRecord): Promise<void> {
    await writeAtomically(records.recordPath(this.#folder, name), `${JSON.stringify(record, null, 2)}\n`)
  }

  async #entry(name: BuiltInEncoder): Promise<EncoderEntry> {
    const { title, licence, attribution } = officialWeights[name]
    const missing = {
      name,
      title,
      source: 'missing',
      fingerprint: null,
      licence,
      attribution,
      path: null,
    } as const
    const record = await records.readRecord(this.#folder, name)
    if (record === null) return { ...missing, problem: null }
    if (record === 'damaged') return { ...missing, problem: 'its record cannot be read' }
    const problem = record.weights && (await records.sizeProblem(this.#folder, record.weights))
    if (problem !== null) return { ...missing, problem }
    const { source, fingerprint, graph } = record
    const untrained = source === 'untrained' && { licence: 'Apache-2.0', attribution: untrainedAttribution }
    const path = join(this.#folder, graph.file)
    return { name, title, source, fingerprint, licence, attribution, path, problem: null, ...untrained }
  }
}

const packed = ({ sizePx, descriptor }: Probe) => ({ sizePx, descriptor: packFloats(descriptor) })

function unpacked(probe: EncoderRecord['probe']): Probe {
  if (probe === null) throw new Error('an encoder was installed without an expected descriptor')
  return { sizePx: probe.sizePx, descriptor: unpackFloats(probe.descriptor) }
}
