import { createHash } from 'node:crypto'
import { exportContent, type ExportKind } from '../../base/export-file.ts'
import { sha256 } from '../../base/sha256.ts'
import { inSlices, type Sliced } from '../../base/slices.ts'
import {
  AppError,
  maxAheadMs,
  maxReadingsBytes,
  readingsEnding,
  readingsVersion,
  readingsVersionOfLabels,
  type ReadingsExport,
  type ReadingsHeader,
  type ReadingsLine,
  type RegionGeometry,
} from '../../contract/index.ts'
import {
  chainHead,
  listImageHashes,
  listNamedClasses,
  readExchanged,
  readIdentity,
  type ExchangedImage,
  type Readable,
  type Workspace,
} from '../../store/index.ts'

export const readingsFile: ExportKind = { what: 'a file of readings', endings: [readingsEnding] }

interface ExportOptions {
  /** Only what this reader did; null: everything. */
  onlyReader: string | null
  /** Only on these images; null: on all. */
  imageIds?: ReadonlySet<number> | null
  /** Lobule's version. */
  version: string
}

/**
 * Writes the readings of a workspace, as they are at one moment, into a file: lines of JSON with a header, the images, each
 * entry, and the hash of all that.
 * @throws AppError `path.exists` unless `replace` is set, `path.not-writable`
 */
export async function exportReadings(
  read: Workspace['read'],
  { path, replace, ...options }: ExportOptions & { path: string; replace: boolean },
): Promise<ReadingsExport> {
  const { text, ...counts } = await read((database) => readingsText(database, options))
  const bytes = Buffer.byteLength(text)
  if (bytes > maxReadingsBytes) {
    const reason = `it would have ${bytes} bytes; files of up to ${maxReadingsBytes} are read`
    throw new AppError('path.not-writable', { path, reason })
  }
  await exportContent(path, text, { replace })
  return { path, ...counts }
}

/** The text of such a file, in slices. */
export function* readingsText(
  database: Readable,
  { onlyReader, imageIds = null, version }: ExportOptions,
): Sliced<Omit<ReadingsExport, 'path'> & { text: string }> {
  const images = listImageHashes(database).filter(({ id }) => imageIds?.has(id) ?? true)
  const counts = { labels: 0, comments: 0, regionChanges: 0 }
  const lines: string[] = []
  const keys: string[] = []
  const latestMs = Date.now() + maxAheadMs
  let ahead = 0
  let commentsAlone = 0
  yield* inSlices(images, (slice) => {
    for (const { id, sha256: image } of slice) {
      const found = readExchanged(database, id, image)
      const { labels, comments, changes } = onlyReader === null ? found : ownOf(found, onlyReader)
      counts.labels += labels.length
      commentsAlone += labels.filter(({ kind }) => kind === 'comment').length
      counts.comments += comments.length
      counts.regionChanges += changes.length
      for (const { key, orderMs } of [...labels, ...comments, ...changes]) {
        keys.push(key)
        if (orderMs > latestMs) ahead++
      }
      lines.push(...linesOf(image, { labels, comments, changes }).map((line) => JSON.stringify(line)))
    }
  })
  const head = chainHead(database)
  const classes = listNamedClasses(database)
  const isNewest = commentsAlone > 0 || classes.some(({ former }) => former.length > 0)
  const header: ReadingsHeader = {
    type: 'lobule-readings',
    version: isNewest ? readingsVersion : readingsVersionOfLabels,
    software: version,
    madeAt: new Date().toISOString(),
    workspace: readIdentity(database),
    head: { event: head?.id ?? 1, hash: head?.hash ?? '0'.repeat(64) },
    reader: onlyReader,
    images: images.length,
    entries: keys.length,
    // Those that were not renamed, too: a name of one may be a former name of another one where the file is read.
    ...(isNewest ? { classes: classes.map(({ name, former }) => [...new Set([...former, name])]) } : {}),
  }
  const listed = images.map(({ sha256: image }) => JSON.stringify({ type: 'image', image }))
  const body = `${[JSON.stringify(header), ...listed, ...lines].join('\n')}\n`
  const end = JSON.stringify({ type: 'end', sha256: sha256(body) })
  const digest = onlyReader === null ? digestOf(keys) : null
  return { text: `${body}${end}\n`, images: images.length, ...counts, digest, ahead }
}

/** SHA-256 over keys of entries, whatever their order. */
export function digestOf(keys: Iterable<string>): string {
  const hash = createHash('sha256')
  for (const key of [...keys].sort()) hash.update(`${key}\n`)
  return hash.digest('hex')
}

/** What one reader did, as a whole: each entry with what it undoes, and comments with their labels. */
function ownOf({ labels, comments, changes }: ExchangedImage, reader: string): ExchangedImage {
  const own = labels.filter(({ rootReader, source }) => rootReader === reader && source === 'reader')
  const keys = new Set(own.map(({ key }) => key))
  return {
    labels: own,
    comments: comments.filter(({ rootReader, label }) => rootReader === reader && keys.has(label)),
    changes: changes.filter(({ rootReader }) => rootReader === reader),
  }
}

const linesOf = (image: string, { labels, comments, changes }: ExchangedImage): ReadingsLine[] => [
  ...labels.map(
    ({
      reader,
      at,
      orderMs,
      undoes,
      kind,
      className,
      isUnsure,
      isBlind,
      source,
      table,
      comment,
    }): ReadingsLine => ({
      ...{ type: 'label', image, reader, at, orderMs, undoes },
      ...{ kind, className, isUnsure, isBlind, source, table, comment },
    }),
  ),
  ...comments.map(({ reader, at, orderMs, undoes, label, comment }): ReadingsLine => ({
    ...{ type: 'comment', image, reader, at, orderMs, undoes },
    ...{ label, comment },
  })),
  ...changes.map(({ reader, at, orderMs, undoes, entries }): ReadingsLine => ({
    ...{ type: 'regions', image, reader, at, orderMs, undoes },
    entries: entries.map(({ uuid, geometryText, className, name, comment }) => ({
      uuid,
      geometry: geometryText === null ? null : (JSON.parse(geometryText) as RegionGeometry),
      ...{ className, name, comment },
    })),
  })),
]
