import type { ByteSource } from '../image/byte-source.ts'
import { limits } from './limits.ts'
import { shown, type Refuse } from './refusal.ts'

/** One file in a zip. */
export interface ZipEntry {
  name: string
  isDeflated: boolean
  crc32: number
  /** Unpacked, as the zip says. */
  bytes: number
  /** Where its data lie. */
  offset: number
  packedBytes: number
}

const endBytes = 22
const directoryRecordBytes = 46
const localHeaderBytes = 30
const signatures = { local: 0x04034b50, directory: 0x02014b50, end: 0x06054b50 }
/** Flag of an entry whose sizes stand behind its data. */
const sizesBehind = 0x0008
/** Besides it, deflate's level and names in UTF-8. All others change what the data are. */
const knownFlags = sizesBehind | 0x0806

interface DirectoryRecord extends ZipEntry {
  flags: number
  method: number
  nameBytes: Buffer
  headerOffset: number
}

/**
 * The entries of a zip file, from the list at its end, in the order in which their data are stored. Strict, since the
 * file may come from anywhere: every byte belongs to one entry, its header, or the list; headers and list agree; no
 * duplicate names; no encryption, no parts, no comment, no large-file extension. After PKWARE's APPNOTE.TXT 6.3,
 * sections 4.3.7 to 4.3.16.
 *
 * Why no library reads it: fflate's `Unzip` ignores the list and guesses where an entry ends (its issues 208 and 243).
 * yauzl 3.4 reads the list, but hides where it begins and ends, accepts the large-file extension, comments and
 * duplicate names, compares no header with the list, checks no CRC-32, and its streams do not show how many packed
 * bytes were used. All of that would stay here, and in read-entry.ts, on top of the library.
 */
export async function readZipIndex(
  source: ByteSource,
  refuse: Refuse,
  most: { readonly entries: number; readonly directoryBytes: number } = limits,
): Promise<ZipEntry[]> {
  const start = await source.read(0, 4)
  if (start.length < 4 || start.readUInt32LE(0) !== signatures.local) refuse(null, 'it is not a zip file')
  const end = await source.read(Math.max(0, source.byteCount - endBytes), endBytes)
  if (end.length < endBytes || end.readUInt32LE(0) !== signatures.end || end.readUInt16LE(20) !== 0) {
    refuse(null, 'its end is missing: it was cut off, or something was added')
  }
  const count = end.readUInt16LE(10)
  const directoryBytes = end.readUInt32LE(12)
  const directoryOffset = end.readUInt32LE(16)
  const isOnePart = end.readUInt32LE(4) === 0 && end.readUInt16LE(8) === count
  if (!isOnePart || directoryOffset + directoryBytes + endBytes !== source.byteCount) {
    refuse(null, 'the list of its entries is not where its end says: it was cut off or changed')
  }
  if (count > most.entries || directoryBytes > most.directoryBytes) {
    refuse(null, `it lists ${count} entries in ${directoryBytes} bytes, more than is read`)
  }
  const records = readDirectory(await source.read(directoryOffset, directoryBytes), count, refuse)
  const inPlace = records.toSorted((a, b) => a.headerOffset - b.headerOffset)
  const entries: ZipEntry[] = []
  for (const [i, record] of inPlace.entries()) {
    const before = entries.at(-1)
    const from = before === undefined ? 0 : before.offset + before.packedBytes
    if (!isGap(record.headerOffset - from, inPlace[i - 1]?.flags)) {
      refuse(record.name, 'it overlaps with what lies before it, or something lies between')
    }
    entries.push(await readHeader(source, record, refuse))
  }
  const last = entries.at(-1)
  if (last === undefined) return refuse(null, 'it is empty')
  if (!isGap(directoryOffset - last.offset - last.packedBytes, inPlace.at(-1)?.flags)) {
    refuse(last.name, 'it does not end where the list of entries begins')
  }
  return entries
}

/** Behind data whose size was not known before there are 12 bytes, or 16 with a signature; else nothing. */
const isGap = (bytes: number, flags: number | undefined): boolean =>
  bytes === 0 || (((flags ?? 0) & sizesBehind) !== 0 && (bytes === 12 || bytes === 16))

function readDirectory(directory: Buffer, count: number, refuse: Refuse): DirectoryRecord[] {
  const records: DirectoryRecord[] = []
  const names = new Set<string>()
  let at = 0
  for (let i = 0; i < count; i++) {
    if (at + directoryRecordBytes > directory.length || directory.readUInt32LE(at) !== signatures.directory) {
      refuse(null, `the list of its entries is damaged at number ${i + 1}`)
    }
    const flags = directory.readUInt16LE(at + 8)
    const method = directory.readUInt16LE(at + 10)
    const [nameLength = 0, extraLength = 0, commentLength = 0] = [28, 30, 32].map((offset) =>
      directory.readUInt16LE(at + offset),
    )
    const nameBytes = directory.subarray(at + directoryRecordBytes, at + directoryRecordBytes + nameLength)
    const name = shown(nameBytes.toString('utf8'))
    const record = {
      name,
      isDeflated: method === 8,
      crc32: directory.readUInt32LE(at + 16),
      packedBytes: directory.readUInt32LE(at + 20),
      bytes: directory.readUInt32LE(at + 24),
      offset: 0,
      flags,
      method,
      nameBytes,
      headerOffset: directory.readUInt32LE(at + 42),
    }
    if ((flags & ~knownFlags) !== 0)
      refuse(name, 'it is encrypted or packed in a way that Lobule does not read')
    if (method !== 0 && method !== 8) refuse(name, `it is packed by method ${method}, not stored or deflated`)
    if (method === 0 && record.packedBytes !== record.bytes)
      refuse(name, 'its two sizes contradict each other')
    // Whole: two long names may differ only behind what `shown` keeps.
    const wholeName = nameBytes.toString('utf8').toLowerCase()
    if (names.has(wholeName)) refuse(name, 'it is there twice')
    names.add(wholeName)
    records.push(record)
    at += directoryRecordBytes + nameLength + extraLength + commentLength
  }
  if (at !== directory.length) refuse(null, 'the list of its entries is longer or shorter than it says')
  return records
}

/** The place of an entry's data, from the header before them, which must say what the list says. */
async function readHeader(source: ByteSource, record: DirectoryRecord, refuse: Refuse): Promise<ZipEntry> {
  const { name, isDeflated, crc32, bytes, packedBytes, flags, method, nameBytes, headerOffset } = record
  const header = await source.read(headerOffset, localHeaderBytes + nameBytes.length)
  if (
    header.length < localHeaderBytes + nameBytes.length ||
    header.readUInt32LE(0) !== signatures.local ||
    header.readUInt16LE(6) !== flags ||
    header.readUInt16LE(8) !== method ||
    header.readUInt16LE(26) !== nameBytes.length ||
    !header.subarray(localHeaderBytes).equals(nameBytes)
  ) {
    refuse(name, 'its header and the list of entries contradict each other')
  }
  const said = [14, 18, 22].map((offset) => header.readUInt32LE(offset))
  const isLater = (flags & sizesBehind) !== 0 && said.every((value) => value === 0)
  const isSame = said[0] === crc32 && said[1] === packedBytes && said[2] === bytes
  if (!isLater && !isSame) refuse(name, 'its header and the list of entries contradict each other')
  const offset = headerOffset + localHeaderBytes + nameBytes.length + header.readUInt16LE(28)
  return { name, isDeflated, crc32, bytes, packedBytes, offset }
}
