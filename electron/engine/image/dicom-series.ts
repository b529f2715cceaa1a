import { withFile } from './byte-source.ts'

/** Enough for the elements before the pixels that name the series; whole slides have small ones. */
const headBytes = 65_536
/** Value representations whose length has 4 bytes (DICOM PS3.5, table 7.1-1). */
const longLengths = ['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']
const isSeries = (group: number, element: number): boolean => group === 0x0020 && element === 0x000e

/**
 * The Series Instance UID of a DICOM file (PS3.10: 128 bytes, `DICM`, then elements in ascending order; whole slides
 * have explicit value representations); null if the file has none in its first 64 KiB.
 * @throws AppError `path.*`, `image.empty-file`
 */
export const dicomSeries = async (path: string): Promise<string | null> =>
  withFile(path, async (source) => {
    const head = await source.read(0, headBytes)
    return head.toString('latin1', 128, 132) === 'DICM' ? seriesIn(head) : null
  })

function seriesIn(head: Buffer): string | null {
  for (let at = 132; at + 12 <= head.length;) {
    const [group, element] = [head.readUInt16LE(at), head.readUInt16LE(at + 2)]
    if (group > 0x0020) return null
    const isLong = longLengths.includes(head.toString('latin1', at + 4, at + 6))
    const length = isLong ? head.readUInt32LE(at + 8) : head.readUInt16LE(at + 6)
    const start = at + (isLong ? 12 : 8)
    // A sequence of unknown length: its items come before its end, and none of them can be the element that is looked for.
    const end = length === 0xffffffff ? endOfSequence(head, start) : start + length
    if (isSeries(group, element)) return head.toString('latin1', start, end).replace(/[\0 ]+$/, '') || null
    if (end <= at) return null
    at = end
  }
  return null
}

/** After the outermost sequence delimitation item (FFFE,E0DD); the end of the head if it is not there. */
function endOfSequence(head: Buffer, start: number): number {
  const mark = head.indexOf(Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]), start)
  return mark < 0 ? head.length : mark + 8
}
