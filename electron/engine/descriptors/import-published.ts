import { throwIfCancelled } from '../../base/cancellation.ts'
import { canonicalJson, strictCanonicalJson } from '../../base/canonical-json.ts'
import { sha256 } from '../../base/sha256.ts'
import { AppError } from '../../contract/errors.ts'
import {
  toErrorView,
  type ExternalImportReport,
  type ExternalSet,
  type Failure,
} from '../../contract/index.ts'
import { architectures } from '../encoders/architectures.ts'
import { externalFile, readExternalSet, requireShape, writeExternalSet } from './external-set.ts'
import { readNpy, writeNpy, type Matrix } from './npy.ts'
import { readPublishedLayout, type PublishedLayout } from './published-layout.ts'

export interface ImportPublishedRequest {
  /** A folder in the published layout. */
  readonly from: string
  /** The descriptors folder of the workspace. */
  readonly directory: string
  readonly name: string
  /** All images of the workspace. `stem`: the file name without its extension. */
  readonly images: readonly { readonly stem: string; readonly sha256: string }[]
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/** The descriptors of an image, in the order of the layout's parts. */
type Tables = readonly Matrix[]

/**
 * Copies published descriptors into the workspace as an external set. Images are matched by file name, and each image is
 * copied completely or not at all. How the descriptors were made is unknown, so the set records no stain, weights or crop
 * positions. An existing set can be extended.
 *
 * Errors of single images are listed, and the import continues: `descriptors.invalid-file` (wrong shape, a value that is
 * not a number >= 0, a different number of augmentations), `descriptors.incomplete`, `descriptors.no-image`,
 * `descriptors.ambiguous-name`, `descriptors.other-values`.
 * @throws AppError `descriptors.no-layout`, `descriptors.other-layout`, `descriptors.nothing-usable`, `path.not-found`,
 *   `path.unreadable`, `path.not-writable`, `job.cancelled`
 */
export async function importPublished(request: ImportPublishedRequest): Promise<ExternalImportReport> {
  const { from, directory, name, images, signal, onProgress } = request
  const layout = await readPublishedLayout(from)
  const before = await readExternalSet(directory, name)
  if (before !== null) requireSameLayout(before, layout)
  const stems = [...new Set(layout.parts.flatMap(({ files }) => [...files.keys()]))].toSorted()
  const augmentations = before?.augmentations ?? (await usualRows(layout))
  const failed: Failure[] = []
  const done: { sha256: string; values: string[]; isNew: boolean }[] = []
  for (const [index, stem] of stems.entries()) {
    onProgress?.(index, stems.length)
    throwIfCancelled(signal)
    const named = images.filter((image) => image.stem === stem)
    try {
      const imageSha256 = requireOne(stem, named)
      const tables = await readImage(layout, stem, augmentations)
      done.push({ sha256: imageSha256, ...(await keepImage(request, layout, imageSha256, tables)) })
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'path.not-writable') throw error
      const { code, message } = toErrorView(error)
      failed.push({ path: stem, code, message })
    }
  }
  onProgress?.(stems.length, stems.length)
  if (done.length === 0) {
    const [first] = failed
    throw new AppError('descriptors.nothing-usable', {
      path: from,
      first: first?.message ?? 'it contains no files',
    })
  }
  const { encoders, crops, passedOver } = layout
  const contents = done.map(({ sha256, values }) => [sha256, ...values]).toSorted()
  const set: ExternalSet = before ?? {
    name,
    fingerprint: sha256(strictCanonicalJson({ encoders, crops, augmentations, contents })),
    importedAt: new Date().toISOString(),
    encoders,
    crops,
    augmentations,
  }
  // Written last: a set exists only once its images do.
  if (before === null) await writeExternalSet(directory, set)
  return {
    ...set,
    images: done.length,
    unchanged: done.filter(({ isNew }) => !isNew).length,
    withoutDescriptors: images.filter(({ stem }) => !stems.includes(stem)).length,
    passedOver,
    failed,
  }
}

function requireSameLayout(set: ExternalSet, { encoders, crops }: PublishedLayout): void {
  if (canonicalJson([set.encoders, set.crops]) === canonicalJson([encoders, crops])) return
  throw new AppError('descriptors.other-layout', { set: set.name })
}

/** The most frequent number of augmentations among the images of the first part. */
async function usualRows({ parts }: PublishedLayout): Promise<number> {
  const counts = new Map<number, number>()
  for (const path of parts[0]?.files.values() ?? []) {
    const rows = await readNpy(path, { allowUnchecked: true }).then(
      ({ matrix }) => matrix.rows,
      () => null,
    )
    if (rows !== null && rows > 0) counts.set(rows, (counts.get(rows) ?? 0) + 1)
  }
  const [usual] = [...counts].toSorted(([a, ofA], [b, ofB]) => ofB - ofA || b - a)
  return usual?.[0] ?? 1
}

/** The SHA-256 of the only image with this name. */
function requireOne(stem: string, named: ImportPublishedRequest['images']): string {
  const [image, another] = named
  if (image === undefined) throw new AppError('descriptors.no-image', { name: stem })
  if (another !== undefined)
    throw new AppError('descriptors.ambiguous-name', { name: stem, count: named.length })
  return image.sha256
}

async function readImage({ parts }: PublishedLayout, stem: string, augmentations: number): Promise<Tables> {
  const missing = parts.filter(({ files }) => !files.has(stem)).map(({ name }) => name)
  if (missing.length > 0) throw new AppError('descriptors.incomplete', { name: stem, missing })
  const tables: Matrix[] = []
  for (const { encoder, files } of parts) {
    const path = files.get(stem) ?? ''
    const { matrix } = await readNpy(path, { allowUnchecked: true })
    requireShape(matrix, path, augmentations, architectures[encoder].descriptorLength)
    const bad = matrix.data.findIndex((value) => !(value >= 0 && value < Infinity))
    if (bad >= 0) {
      const place = `row ${Math.floor(bad / matrix.columns)}, column ${bad % matrix.columns}`
      const reason = `${place} holds ${matrix.data[bad] ?? NaN}; descriptors are numbers from 0`
      throw new AppError('descriptors.invalid-file', { path, reason })
    }
    tables.push(matrix)
  }
  return tables
}

async function keepImage(
  { directory, name }: ImportPublishedRequest,
  { parts }: PublishedLayout,
  imageSha256: string,
  tables: Tables,
): Promise<{ values: string[]; isNew: boolean }> {
  const places = parts.map((part) => externalFile(directory, name, imageSha256, part))
  const values = tables.map(({ data }) => sha256(data))
  let isNew = false
  for (const [index, place] of places.entries()) {
    // Missing or damaged: it is written below.
    const kept = await readNpy(place).catch(() => null)
    if (kept === null) isNew = true
    else if (!equal(kept.matrix.data, tables[index]?.data)) {
      throw new AppError('descriptors.other-values', { set: name, path: place })
    }
  }
  for (const [index, place] of places.entries()) {
    const table = tables[index]
    const encoder = parts[index]?.encoder ?? ''
    if (isNew && table)
      await writeNpy(place, table, `${encoder}, EXTERNAL: made by another program, set ${name}`)
  }
  return { values, isNew }
}

const equal = (a: Float32Array, b: Float32Array | undefined): boolean =>
  a.length === b?.length && a.every((value, i) => value === b[i])
