import { randomUUID } from 'node:crypto'
import { copyFile, cp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { moveFile, patiently, removeFolder } from '../../../base/patient-files.ts'
import { z } from 'zod'
import { writeAtomically } from '../../../base/atomic-file.ts'
import { asNotWritable, isMissing } from '../../../base/path-errors.ts'
import { makePrivateFolder } from '../../../base/private-files.ts'
import { AppError } from '../../../contract/errors.ts'
import {
  encoderManifestFile,
  encoderManifestSchema,
  encoderNameSchema,
  type EncoderManifest,
  type EncoderName,
  type OwnEncoderView,
} from '../../../contract/index.ts'
import type { EncoderBackend, OpenEncoder, OwnModel } from '../backend.ts'
import type { EncoderEntry } from '../encoder-entry.ts'
import { contentProblem, sizeProblem, storedFileSchema } from '../encoder-record.ts'
import { factsOfManifest } from '../network-facts.ts'
import { minCosine, packFloats, selfTest, unpackFloats, type SelfTestResult } from '../self-test.ts'
import type { StagedEncoder } from './stage-encoder.ts'
import type { EncoderTrial } from './try-encoder.ts'

/** The content of `own/<name>.json`. An encoder counts as installed as soon as this record is written. */
const recordSchema = z.object({
  format: z.literal(1),
  manifest: encoderManifestSchema,
  fingerprint: z.string().length(64),
  /** Beside the record. */
  folder: z.string(),
  files: z.array(storedFileSchema).min(1),
  /** What the processor gave for the probe image when it was installed: little-endian float32, base64. */
  probe: z.object({ sizePx: z.int().positive(), descriptor: z.string() }),
  /** Cosine with what its maker's framework gave; null: the manifest has no probe. */
  cosine: z.number().nullable(),
})
type OwnRecord = z.infer<typeof recordSchema>

interface OwnEntry extends EncoderEntry<EncoderName> {
  /** null: its record cannot be read. */
  readonly own: OwnEncoderView | null
}

/** Drafts of installations that ended in the middle are removed after this time. */
const draftMs = 24 * 3600 * 1000
const draftPrefix = '.new-'

/**
 * The encoders that a lab has brought, in `<homeDir>/encoders/own`, shared by all workspaces. Each has a record and a folder
 * with its files, which are checked again whenever it is opened.
 */
export class OwnEncoderStore {
  readonly #homeDir: string
  readonly #folder: string

  constructor(homeDir: string) {
    this.#homeDir = homeDir
    this.#folder = join(homeDir, 'encoders', 'own')
  }

  /**
   * A new place for the files of an encoder that is looked at; the caller removes it unless it is installed.
   * @throws AppError `path.not-writable`
   */
  async draft(): Promise<string> {
    await makePrivateFolder(this.#folder)
    for (const name of await readdir(this.#folder)) {
      if (!name.startsWith(draftPrefix)) continue
      const path = join(this.#folder, name)
      const found = await stat(path).catch(() => null)
      if (found !== null && Date.now() - found.mtimeMs > draftMs) await removeFolder(path)
    }
    return join(this.#folder, `${draftPrefix}${randomUUID()}`)
  }

  /**
   * Installs the files of a draft, in place of an encoder with the same name.
   * @throws AppError `path.not-writable`
   */
  async install(
    draft: string,
    { manifest, fingerprint, files }: StagedEncoder,
    trial: EncoderTrial,
  ): Promise<OwnEntry> {
    const { name } = manifest
    const before = await this.#record(name)
    const folder = `${name}-${fingerprint.slice(0, 16)}`
    const place = join(this.#folder, folder)
    try {
      await removeFolder(place)
      await moveFile(draft, place)
    } catch (error) {
      throw asNotWritable(error, place)
    }
    const { sizePx, descriptor, cosine } = trial
    const probe = { sizePx, descriptor: packFloats(descriptor) }
    const record: OwnRecord = { format: 1, manifest, fingerprint, folder, files, probe, cosine }
    await writeAtomically(this.#recordPath(name), `${JSON.stringify(record, null, 2)}\n`)
    if (before !== null && before !== 'damaged' && before.folder !== folder)
      await this.#removeFolder(before.folder)
    return this.find(name)
  }

  /** In the order of names. */
  async list(): Promise<OwnEntry[]> {
    const files = await readdir(this.#folder).catch((error: unknown): string[] => {
      if (isMissing(error)) return []
      throw error
    })
    const names = files
      .filter((file) => file.endsWith('.json'))
      .map((file) => file.slice(0, -5))
      .filter((name) => encoderNameSchema.safeParse(name).success)
    return Promise.all(names.toSorted().map((name) => this.find(name)))
  }

  async find(name: EncoderName): Promise<OwnEntry> {
    const missing = {
      name,
      title: name,
      source: 'missing',
      fingerprint: null,
      licence: '',
      attribution: '',
      path: null,
      own: null,
    } as const
    const record = await this.#record(name)
    if (record === null) return { ...missing, problem: null }
    if (record === 'damaged') return { ...missing, problem: 'its record cannot be read' }
    const { manifest, fingerprint, folder, files, cosine } = record
    const { title, licence } = manifest
    const about = { title, licence: licence.name, attribution: licence.attribution }
    const own = viewOf(manifest, fingerprint, cosine)
    for (const file of files) {
      const problem = await sizeProblem(join(this.#folder, folder), file)
      if (problem !== null) return { ...missing, ...about, own, problem }
    }
    const path = join(this.#folder, folder, manifest.network.file)
    return { name, ...about, source: sourceOf(cosine), fingerprint, path, problem: null, own }
  }

  /**
   * Opens an installed encoder; the caller closes it. Its files must be those that were installed, and the back-end must give what
   * the processor gave then.
   * @throws AppError `encoder.missing`, `encoder.invalid-file`, `encoder.backend-failed`, `encoder.self-test-failed`
   */
  async open(
    name: EncoderName,
    backend: EncoderBackend,
    onTested?: (figure: SelfTestResult) => void,
  ): Promise<OpenEncoder> {
    const record = await this.#record(name)
    if (record === null) throw new AppError('encoder.missing', { encoders: [name] })
    const damaged = (reason: string): AppError =>
      new AppError('encoder.invalid-file', {
        path: this.#recordPath(name),
        reason: `${reason}; import the encoder again`,
      })
    if (record === 'damaged') throw damaged('its record cannot be read')
    const folder = join(this.#folder, record.folder)
    for (const file of record.files) {
      const problem = await contentProblem(folder, file)
      if (problem !== null) throw damaged(problem)
    }
    const { manifest, fingerprint, cosine, probe } = record
    const model: OwnModel = {
      name,
      manifest,
      source: sourceOf(cosine),
      fingerprint,
      onnxPath: join(folder, manifest.network.file),
      homeDir: this.#homeDir,
    }
    if (backend.openOwn === undefined) {
      const reason = `it runs Lobule's own networks only, not ${name}`
      throw new AppError('encoder.backend-failed', { backend: backend.name, reason })
    }
    const encoder = await backend.openOwn(model)
    try {
      const expected = { sizePx: probe.sizePx, descriptor: unpackFloats(probe.descriptor) }
      const threshold = manifest.input.dtype === 'float16' ? minCosine.half : minCosine.single
      onTested?.(await selfTest(encoder, expected, threshold))
    } catch (error) {
      await encoder.close()
      throw error
    }
    return encoder
  }

  /** @throws AppError `encoder.missing`, `path.not-writable` */
  async remove(name: EncoderName): Promise<void> {
    const record = await this.#record(name)
    if (record === null) throw new AppError('encoder.missing', { encoders: [name] })
    try {
      await patiently(() => rm(this.#recordPath(name)))
    } catch (error) {
      throw asNotWritable(error, this.#recordPath(name))
    }
    if (record !== 'damaged') await this.#removeFolder(record.folder)
  }

  /**
   * Copies an encoder to another data folder, its record last.
   * @throws AppError `encoder.missing`, `path.not-writable`
   */
  async copyTo(homeDir: string, name: EncoderName): Promise<void> {
    const record = await this.#record(name)
    if (record === null || record === 'damaged') throw new AppError('encoder.missing', { encoders: [name] })
    const other = new OwnEncoderStore(homeDir)
    const place = join(other.#folder, record.folder)
    try {
      await cp(join(this.#folder, record.folder), place, { recursive: true })
      await copyFile(this.#recordPath(name), other.#recordPath(name))
    } catch (error) {
      throw asNotWritable(error, place)
    }
  }

  /** Windows cannot remove a file that is in use. It only takes up space. */
  async #removeFolder(folder: string): Promise<void> {
    await removeFolder(join(this.#folder, folder)).catch(() => undefined)
  }

  #recordPath(name: EncoderName): string {
    return join(this.#folder, `${name}.json`)
  }

  async #record(name: EncoderName): Promise<OwnRecord | null | 'damaged'> {
    try {
      const record = recordSchema.parse(JSON.parse(await readFile(this.#recordPath(name), 'utf8')))
      // A folder that was named by another would lead out of this one.
      const isOwn = record.manifest.name === name && /^[a-z0-9-]+$/.test(record.folder)
      return isOwn ? record : 'damaged'
    } catch (error) {
      return isMissing(error) ? null : 'damaged'
    }
  }
}

const sourceOf = (cosine: number | null): 'own' | 'unverified' => (cosine === null ? 'unverified' : 'own')

/** @param probeCosine null: the manifest has no probe */
export function viewOf(
  manifest: EncoderManifest,
  fingerprint: string,
  probeCosine: number | null,
): OwnEncoderView {
  const { name, title, revision, licence, citation, trainedOn, input, tile, output, stain, augmentations } =
    manifest
  const isVerified = probeCosine !== null
  return {
    encoder: {
      name,
      title,
      revision,
      fingerprint,
      length: output.length,
      isVerified,
      trainedOn: trainedOn.dataSets,
      licence,
    },
    citation,
    trainedOn,
    size: input.size,
    isDense: factsOfManifest(manifest).isDense,
    pixelSizeUm: tile.pixelSizeUm,
    stain,
    augmentations,
    probeCosine,
  }
}

/** The manifest of a draft, as it was staged. */
export const readStagedManifest = async (draft: string) =>
  encoderManifestSchema.parse(JSON.parse(await readFile(join(draft, encoderManifestFile), 'utf8')))
