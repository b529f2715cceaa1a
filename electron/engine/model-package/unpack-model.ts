import { open, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import type { z } from 'zod'
import { throwIfCancelled } from '../../base/cancellation.ts'
import { asNotWritable } from '../../base/path-errors.ts'
import { privateFile } from '../../base/private-files.ts'
import { sha256OfFile } from '../../base/sha256.ts'
import {
  AppError,
  cardVersion,
  faultsOf,
  foldTableSchema,
  hasCode,
  inPlainWords,
  modelManifestSchema,
  packagedReportSchema,
  packageDocuments,
  packageVersion,
  type FoldTable,
  type ModelManifest,
  type PackagedReport,
} from '../../contract/index.ts'
import { Booster } from '../boosting/index.ts'
import { readLogisticText } from '../classifiers/index.ts'
import { descriptorLength } from '../recipe/descriptor-length.ts'
import { withCurrentWeights } from '../encoders/older-weights.ts'
import { withFile } from '../image/byte-source.ts'
import { referenceFile, referenceProblem } from '../prediction/likeness-reference.ts'
import { boosterTextProblem } from './booster-text.ts'
import { checkDocuments, checkManifest } from './check-manifest.ts'
import { limits } from './limits.ts'
import { readEntry, readWhole } from './read-entry.ts'
import { refuser, shown, type Refuse } from './refusal.ts'
import { readZipIndex, type ZipEntry } from './zip-index.ts'

export interface UnpackRequest {
  path: string
  /** Of `inspectPackage`: what is unpacked is what was looked at. */
  manifest: ModelManifest
  /** A folder for the boosters' texts and the vectors, each named by its sha256 as in a workspace. */
  directory: string
}

export interface UnpackedModel {
  report: PackagedReport
  folds: FoldTable
  /** The model card as it is in the package; null: its format has none. */
  card: string | null
  /** Of each booster's text, in the order of the manifest. */
  textSha256s: string[]
  /** Of the package. */
  sha256: string
}

interface Context {
  signal: AbortSignal
  report: (done: number, total: number) => void
}

/**
 * The manifest of a model package. Only the list of its entries has been read before.
 * Whatever is off is said with the entry where it is off.
 * @throws AppError `package.invalid`, `package.newer`, `path.*`
 */
export async function inspectPackage(path: string): Promise<ModelManifest> {
  const refuse = refuser(path)
  const index = await indexOf(path, refuse)
  const entry = index.get(packageDocuments.manifest)
  if (entry === undefined) return refuse(packageDocuments.manifest, 'it is not there')
  const stored = parse((await readWhole(path, entry, refuse, limits.manifestBytes)).content, entry, refuse)
  const { format, version } = stored as { format?: unknown; version?: unknown }
  if (format !== 'lobule-model') refuse(entry.name, 'it is not the manifest of a model')
  if (typeof version === 'number' && version > packageVersion) {
    throw new AppError('package.newer', { path, found: version, known: packageVersion })
  }
  const manifest = conform(inCurrentWords(stored, version), modelManifestSchema, entry, refuse)
  checkManifest(manifest, refuse)
  return manifest
}

/**
 * Unpacks a model and believes nothing: sizes, hashes, the report and the folds against the manifest, and each
 * text by LightGBM or as a logistic regression. Only into `directory`, which the caller makes and throws away after a refusal. Takes the
 * memory of the documents and one booster.
 * @throws AppError `package.invalid`, `path.*`, `job.cancelled`
 */
export async function unpackModel(
  { path, manifest, directory }: UnpackRequest,
  { signal, report: tell }: Context,
): Promise<UnpackedModel> {
  const refuse = refuser(path)
  const index = await indexOf(path, refuse)
  const stated = new Map(manifest.entries.map((entry) => [entry.path, entry]))
  let total = 0
  for (const { path: name, bytes } of manifest.entries) {
    const entry = index.get(name)
    if (entry === undefined) return refuse(name, 'it is not there')
    if (entry.bytes !== bytes) refuse(name, `it has ${entry.bytes} bytes; the manifest says ${bytes}`)
    total += bytes
  }
  for (const name of index.keys()) {
    if (name !== packageDocuments.manifest && !stated.has(name)) {
      refuse(name, 'it does not belong into the package of a model')
    }
  }
  if (total > limits.totalBytes) refuse(null, `it would unpack to ${total} bytes, more than a model has`)

  const entryOf = (name: string): ZipEntry => index.get(name) ?? refuse(name, 'it is not there')
  const requireHash = (name: string, sha256: string): void => {
    if (sha256 !== stated.get(name)?.sha256) refuse(name, 'its content is not what the manifest says')
  }
  const documentOf = async <T>(name: string, schema: z.ZodType<T>): Promise<T> => {
    const entry = entryOf(name)
    const { sha256, content } = await readWhole(path, entry, refuse, limits.documentBytes)
    requireHash(name, sha256)
    const document = inCurrentWords(parse(content, entry, refuse), manifest.version)
    return conform(document, schema, entry, refuse)
  }
  const folds = await documentOf(packageDocuments.folds, foldTableSchema)
  const report = await documentOf(packageDocuments.report, packagedReportSchema)
  checkDocuments(manifest, report, folds, refuse)
  const card = await readCard(path, manifest, index, refuse)
  if (report.likeness !== undefined) {
    const entry = entryOf(packageDocuments.likeness)
    if (entry.bytes > limits.likenessBytes) refuse(entry.name, `${entry.bytes} bytes are too many`)
    const file = referenceFile(directory, report.likeness.sha256)
    const vectors = await unpackEntry(path, entry, file, refuse)
    requireHash(entry.name, vectors.sha256)
    const reason = await referenceProblem(vectors.content, report, signal)
    if (reason !== null) refuse(entry.name, reason)
  }

  const textSha256s: string[] = []
  for (const [i, booster] of manifest.boosters.entries()) {
    throwIfCancelled(signal)
    tell(i, manifest.boosters.length)
    const entry = entryOf(booster.path)
    if (entry.bytes > limits.boosterBytes) refuse(entry.name, `${entry.bytes} bytes are no classifier`)
    const sha256 = stated.get(entry.name)?.sha256 ?? ''
    const text = await unpackEntry(path, entry, join(directory, `${sha256}.txt`), refuse)
    requireHash(entry.name, text.sha256)
    await checkClassifier(text.content, booster, manifest, refuse)
    textSha256s.push(sha256)
  }
  tell(manifest.boosters.length, manifest.boosters.length)
  return { report, folds, card, textSha256s, sha256: await sha256OfFile(path) }
}

/**
 * A package before it is imported: its manifest and its model card.
 * @throws AppError `package.invalid`, `package.newer`, `path.*`
 */
export async function previewPackage(
  path: string,
): Promise<{ manifest: ModelManifest; card: string | null }> {
  const manifest = await inspectPackage(path)
  const refuse = refuser(path)
  return { manifest, card: await readCard(path, manifest, await indexOf(path, refuse), refuse) }
}

/** The model card: text of limited length without control characters, whose hash the manifest has. */
async function readCard(
  path: string,
  manifest: ModelManifest,
  index: ReadonlyMap<string, ZipEntry>,
  refuse: Refuse,
): Promise<string | null> {
  if (manifest.version < cardVersion) return null
  const name = packageDocuments.card
  const entry = index.get(name) ?? refuse(name, 'it is not there')
  const { sha256, content } = await readWhole(path, entry, refuse, limits.cardBytes)
  if (sha256 !== manifest.entries.find((own) => own.path === name)?.sha256)
    refuse(name, 'its content is not what the manifest says')
  const text = decoded(content)
  // Line feeds and tabs alone: a terminal would follow the others.
  if (text === null || /[^\P{Cc}\n\t]/u.test(text)) return refuse(name, 'it is not a plain text')
  return text
}

function decoded(content: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content)
  } catch {
    return null
  }
}

const indexOf = (path: string, refuse: Refuse): Promise<Map<string, ZipEntry>> =>
  withFile(path, async (source) => {
    const entries = await readZipIndex(source, refuse)
    return new Map(entries.map((entry) => [entry.name, entry]))
  })

async function unpackEntry(
  path: string,
  entry: ZipEntry,
  to: string,
  refuse: Refuse,
): Promise<{ sha256: string; content: Buffer }> {
  const chunks: Buffer[] = []
  const file = await writing(to, () => open(to, 'w', privateFile))
  try {
    const sha256 = await readEntry(path, entry, refuse, async (chunk) => {
      chunks.push(chunk)
      await writing(to, () => writeAll(file, chunk))
    })
    await writing(to, () => file.sync())
    return { sha256, content: Buffer.concat(chunks) }
  } finally {
    await file.close()
  }
}

async function writeAll(file: FileHandle, chunk: Buffer): Promise<void> {
  for (let at = 0; at < chunk.length;) at += (await file.write(chunk, at)).bytesWritten
}

/** Failures of the disk that is written to, told from those of the package. */
async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw asNotWritable(error, path)
  }
}

/** A classifier must be one that this recipe could have made, or it would fail, or mislead, at the first verdict. */
async function checkClassifier(
  content: Buffer,
  { kind, path, encoder }: ModelManifest['boosters'][number],
  { classes: names, recipe }: ModelManifest,
  refuse: Refuse,
): Promise<void> {
  const classCount = names.length
  const text = content.toString('utf8')
  const { classes, columns } =
    kind === 'logistic' ? logisticSize(text, path, refuse) : await boosterSize(text, path, refuse)
  const length = descriptorLength(recipe, encoder)
  if (classes !== classCount) refuse(path, `it tells ${classes} classes apart; the model has ${classCount}`)
  if (columns !== length) {
    refuse(path, `it asks for ${columns} numbers an image; ${encoder} gives ${length}`)
  }
  const problem = kind === 'logistic' ? null : boosterTextProblem(text, classCount)
  if (problem !== null) refuse(path, problem)
}

interface ClassifierSize {
  classes: number
  columns: number
}

async function boosterSize(text: string, path: string, refuse: Refuse): Promise<ClassifierSize> {
  const booster = await Booster.fromModelText(text).catch((error: unknown) => {
    if (hasCode(error, 'boosting.addon-missing')) throw error
    return refuse(path, 'LightGBM refuses it')
  })
  const { classes, columns } = booster
  booster.close()
  return { classes, columns }
}

function logisticSize(text: string, path: string, refuse: Refuse): ClassifierSize {
  const model = readLogisticText(text)
  if (typeof model === 'string') return refuse(path, model)
  return { classes: model.classCount, columns: model.columns }
}

/** A document of a package, as formats from 3 on have it. */
const inCurrentWords = (document: unknown, version: unknown): unknown =>
  version === 1 || version === 2 ? withCurrentWeights(document) : document

function parse(content: Buffer, { name }: ZipEntry, refuse: Refuse): unknown {
  try {
    const parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content)) as unknown
    if (typeof parsed === 'object' && parsed !== null) return parsed
  } catch {
    // Said below.
  }
  return refuse(name, 'it is not JSON')
}

function conform<T>(content: unknown, schema: z.ZodType<T>, { name }: ZipEntry, refuse: Refuse): T {
  const result = schema.safeParse(content, inPlainWords)
  return result.success ? result.data : refuse(name, shown(faultsOf(result.error, 'all')[0] ?? ''))
}
