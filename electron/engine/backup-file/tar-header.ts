/** Tar is made of blocks of this size: a header, and content filled up with zeros. */
export const blockBytes = 512

/** `record`: a pax record with the name and size of the entry after it, where its own header has no room for them. */
export interface TarHeader {
  kind: 'file' | 'record'
  name: string
  bytes: number
}

const nameBytes = 100
/** Eleven octal digits. */
const maxPlainBytes = 8 ** 11

export const paddingOf = (bytes: number): number => (blockBytes - (bytes % blockBytes)) % blockBytes

/** Whether a header can hold an entry by itself. */
export const isPlain = ({ name, bytes }: Omit<TarHeader, 'kind'>): boolean =>
  Buffer.byteLength(name) <= nameBytes && /^[\x20-\x7e]*$/.test(name) && bytes < maxPlainBytes

/** The block before an entry's content, by POSIX.1-1988 (ustar). All entries have the same time, owner and rights. */
export function tarHeader({ kind, name, bytes }: TarHeader): Buffer {
  const block = Buffer.alloc(blockBytes)
  block.write(name, 0, nameBytes, 'utf8')
  block.write('0000600\0', 100, 'latin1')
  block.write('0000000\0', 108, 'latin1')
  block.write('0000000\0', 116, 'latin1')
  block.write(`${bytes.toString(8).padStart(11, '0')}\0`, 124, 'latin1')
  block.write('00000000000\0', 136, 'latin1')
  block.write(kind === 'file' ? '0' : 'x', 156, 'latin1')
  block.write('ustar\u000000', 257, 'latin1')
  block.write(`${checksumOf(block).toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}

/** The pax record of an entry that is not plain: lines of `LENGTH KEY=VALUE`, the length with itself. */
export const paxRecord = ({ name, bytes }: Omit<TarHeader, 'kind'>): Buffer =>
  Buffer.concat([paxLine('path', name), paxLine('size', String(bytes))])

function paxLine(key: string, value: string): Buffer {
  const rest = Buffer.from(` ${key}=${value}\n`)
  let length = rest.length + 1
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length
  return Buffer.concat([Buffer.from(String(length)), rest])
}

/** The entry that a pax record describes; null: it is not one of ours. */
export function readPaxRecord(record: Buffer): Omit<TarHeader, 'kind'> | null {
  const [, name, size] = /^\d+ path=([^\n]+)\n\d+ size=(\d{1,16})\n$/.exec(record.toString('utf8')) ?? []
  if (name === undefined || size === undefined) return null
  const entry = { name, bytes: Number(size) }
  return paxRecord(entry).equals(record) && Number.isSafeInteger(entry.bytes) ? entry : null
}

/** null: the block is not a header as `tarHeader` writes it. */
export function readTarHeader(block: Buffer): TarHeader | null {
  const end = block.indexOf(0)
  const name = block.toString('utf8', 0, Math.min(end < 0 ? nameBytes : end, nameBytes))
  const size = block.toString('latin1', 124, 135)
  if (!/^[0-7]{11}$/.test(size)) return null
  const header: TarHeader = {
    kind: block.toString('latin1', 156, 157) === '0' ? 'file' : 'record',
    name,
    bytes: Number.parseInt(size, 8),
  }
  return tarHeader(header).equals(block) ? header : null
}

/** The sum of all bytes, with the checksum's own place as blanks. */
const checksumOf = (block: Buffer): number =>
  block.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 32 : byte), 0)
