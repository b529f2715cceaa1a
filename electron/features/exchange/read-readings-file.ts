import { readBoundedFile } from '../../base/bounded-file.ts'
import { sha256 } from '../../base/sha256.ts'
import { pause } from '../../base/slices.ts'
import {
  AppError,
  maxAheadMs,
  maxReadingsBytes,
  maxReadingsLineBytes,
  readingsEndSchema,
  readingsHeaderSchema,
  readingsLineSchema,
  readingsVersion,
  type ReadingsHeader,
  type ReadingsLine,
} from '../../contract/index.ts'
import {
  changeContent,
  commentContent,
  entryKey,
  labelContent,
  renamedOrNull,
  undoKey,
  type Rename,
} from '../../store/index.ts'

type EntryLine = Exclude<ReadingsLine, { type: 'image' }>

/** An entry of a file, with its key, which is computed and not read. */
export type FileEntry = EntryLine & {
  key: string
  /** Number of entries before it in its chain of undoes: 0 for a first one, odd for an undo, even for a redo. */
  depth: number
}

export interface ReadingsFile {
  header: ReadingsHeader
  /** Content hashes of the images of the workspace that wrote it. */
  images: string[]
  /** Each after what it undoes or is on. */
  entries: FileEntry[]
  /** Of the whole file. */
  sha256: string
}

const linesPerTurn = 500

/**
 * Reads and checks a whole file of readings. It may come from anywhere, so every line is checked against its schema and
 * against the lines before it, and sizes are bounded. The geometries are checked when the images are known.
 * @param latestMs entries at a later place in time are refused
 * @throws AppError `readings.invalid`, `readings.newer`, `path.not-found`, `path.unreadable`
 */
export async function readReadingsFile(
  path: string,
  { latestMs = Date.now() + maxAheadMs } = {},
): Promise<ReadingsFile> {
  const refuse = (reason: string): never => {
    throw new AppError('readings.invalid', { path, reason })
  }
  const bytes = await readBoundedFile(path, maxReadingsBytes, refuse)
  const reader = new ReadingsReader(refuse, latestMs)
  let [begin, lines] = [0, 0]
  let isEnded = false
  while (begin < bytes.length) {
    const end = bytes.indexOf(0x0a, begin)
    if (end < 0) refuse('it was cut off')
    if (end - begin > maxReadingsLineBytes) refuse(`line ${lines + 1} is too long`)
    if (isEnded) refuse('something follows its end')
    const text = textOf(bytes.subarray(begin, end)) ?? refuse(`line ${lines + 1} is not UTF-8`)
    const value = valueOf(text) ?? refuse(`line ${lines + 1} is not JSON`)
    if (lines === 0) reader.begin(value, path)
    else if (isEnd(value)) {
      isEnded = true
      const { data } = readingsEndSchema.safeParse(value)
      if (data?.sha256 !== sha256(bytes.subarray(0, begin))) refuse('it was damaged or changed')
    } else reader.add(value, lines + 1)
    begin = end + 1
    if (++lines % linesPerTurn === 0) await pause()
  }
  if (!isEnded) refuse(lines === 0 ? 'it is empty' : 'it was cut off')
  return { ...reader.finish(), sha256: sha256(bytes) }
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

function valueOf(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' ? value : null
  } catch {
    return null
  }
}

const isEnd = (value: object): boolean => 'type' in value && value.type === 'end'

/** Takes the lines one after the other and keeps what the later ones refer to. */
class ReadingsReader {
  readonly #refuse: (reason: string) => never
  #header: ReadingsHeader | null = null
  readonly #images = new Set<string>()
  readonly #entries = new Map<string, FileEntry>()
  readonly #undone = new Set<string>()
  /** The image of each region. */
  readonly #regions = new Map<string, string>()
  readonly #latestMs: number

  constructor(refuse: (reason: string) => never, latestMs: number) {
    this.#refuse = refuse
    this.#latestMs = latestMs
  }

  begin(value: object, path: string): void {
    const { type, version } = value as { type?: unknown; version?: unknown }
    if (type !== 'lobule-readings') this.#refuse('it is not a file of readings')
    if (typeof version === 'number' && version > readingsVersion)
      throw new AppError('readings.newer', { path, found: version, known: readingsVersion })
    const { data } = readingsHeaderSchema.safeParse(value)
    this.#header = data ?? this.#refuse('its first line is damaged')
  }

  add(value: object, number: number): void {
    const refuse = (reason: string): never => this.#refuse(`line ${number}: ${reason}`)
    const { data: line } = readingsLineSchema.safeParse(value)
    if (line === undefined) return refuse('it is not as Lobule writes it')
    if (line.type === 'image') {
      if (this.#images.has(line.image)) refuse('an image is there twice')
      this.#images.add(line.image)
      return
    }
    if (!this.#images.has(line.image)) refuse('its image is not in the list of images')
    if (line.orderMs < Date.parse(line.at)) refuse('its time does not fit')
    if (line.orderMs > this.#latestMs)
      refuse('it is of the future: the clock of one of the two computers is wrong')
    const undone = line.undoes === null ? null : (this.#entries.get(line.undoes) ?? null)
    if (line.undoes !== null) this.#requireUndone(line, undone, refuse)
    if (line.type === 'label') requireLabel(line, refuse)
    if (line.type === 'comment') this.#requireLabelOf(line, refuse)
    if (line.type === 'regions') this.#requireRegions(line, refuse)
    const key = line.undoes === null ? keyOf(line) : undoKey(line.type, line.undoes)
    if (this.#entries.has(key)) refuse('it is there twice')
    this.#entries.set(key, { ...line, key, depth: undone === null ? 0 : undone.depth + 1 })
  }

  finish(): Omit<ReadingsFile, 'sha256'> {
    const header = this.#header ?? this.#refuse('it has no first line')
    const [images, entries] = [[...this.#images], [...this.#entries.values()]]
    if (header.images !== images.length || header.entries !== entries.length)
      this.#refuse('lines are missing or were added')
    return { header, images, entries }
  }

  #requireUndone(line: EntryLine, undone: FileEntry | null, refuse: (reason: string) => never): void {
    const isFitting =
      undone?.type === line.type &&
      undone.image === line.image &&
      (undone.type !== 'label' ||
        line.type !== 'label' ||
        (undone.kind === line.kind && undone.source === 'reader')) &&
      (undone.type !== 'comment' || line.type !== 'comment' || undone.label === line.label) &&
      (undone.type !== 'regions' || line.type !== 'regions' || regionsOf(undone) === regionsOf(line))
    if (!isFitting) refuse('what it undoes is not there')
    if (this.#undone.has(undone.key)) refuse('what it undoes is undone already')
    this.#undone.add(undone.key)
  }

  #requireLabelOf(line: EntryLine & { type: 'comment' }, refuse: (reason: string) => never): void {
    const label = this.#entries.get(line.label)
    if (label?.type !== 'label' || label.image !== line.image) refuse('its label is not there')
  }

  #requireRegions(line: EntryLine & { type: 'regions' }, refuse: (reason: string) => never): void {
    const uuids = new Set(line.entries.map(({ uuid }) => uuid))
    if (uuids.size !== line.entries.length) refuse('a region is there twice')
    for (const uuid of uuids) {
      if ((this.#regions.get(uuid) ?? line.image) !== line.image) refuse('a region is on two images')
      this.#regions.set(uuid, line.image)
    }
  }
}

const regionsOf = ({ entries }: EntryLine & { type: 'regions' }): string =>
  entries
    .map(({ uuid }) => uuid)
    .toSorted()
    .join()

/** What the columns of a label may hold together. */
function requireLabel(line: EntryLine & { type: 'label' }, refuse: (reason: string) => never): void {
  const { className, isUnsure, isBlind, kind, source, table, undoes } = line
  if (isUnsure && (className !== null || kind !== 'reading')) refuse('an unsure reader chooses no class')
  if (isBlind && kind !== 'reading') refuse('only a reading is blind')
  if (kind === 'comment' && (className !== null || source !== 'reader' || table !== null))
    refuse('a comment alone is a reader’s, and chooses no class')
  if (source !== 'reader' && (isBlind || undoes !== null))
    refuse('only the label of a reader is blind or undone')
  if (table !== null && source !== 'reader' && source !== 'table') refuse('it comes from no table')
}

/** The same entries with other names of classes, and the keys that follow from these. */
export function withClassNames(entries: readonly FileEntry[], rename: Rename): FileEntry[] {
  const keys = new Map<string, string>()
  const keyNow = (key: string): string => keys.get(key) ?? key
  return entries.map((entry) => {
    const line = renamedLine(entry, rename, keyNow)
    const key = line.undoes === null ? keyOf(line) : undoKey(line.type, line.undoes)
    keys.set(entry.key, key)
    return { ...line, key }
  })
}

function renamedLine(entry: FileEntry, rename: Rename, keyNow: (key: string) => string): FileEntry {
  const undoes = entry.undoes === null ? null : keyNow(entry.undoes)
  if (entry.type === 'comment') return { ...entry, undoes, label: keyNow(entry.label) }
  if (entry.type === 'label') return { ...entry, undoes, className: renamedOrNull(entry.className, rename) }
  const entries = entry.entries.map((one) => ({ ...one, className: renamedOrNull(one.className, rename) }))
  return { ...entry, undoes, entries }
}

function keyOf(line: EntryLine): string {
  if (line.type === 'label') return entryKey('label', line.image, line.orderMs, labelContent(line))
  if (line.type === 'comment') return entryKey('comment', line.label, line.orderMs, commentContent(line))
  const entries = line.entries.map(({ geometry, ...entry }) => ({
    ...entry,
    geometryText: geometry === null ? null : JSON.stringify(geometry),
  }))
  return entryKey('regions', line.image, line.orderMs, changeContent(line.reader, entries))
}
