import { createHash } from 'node:crypto'
import sharp from 'sharp'
import { plainTiffHead } from './plain-tiff.ts'
import { makeRaster, type Raster } from './raster.ts'

/** An ICC profile that is embedded in a picture. */
export interface ColourProfile {
  readonly icc: Uint8Array
  /** Its description; empty: it has none that can be read. */
  readonly name: string
  /**
   * `other`: its colours are not those of sRGB, and can be converted. `srgb`: they are. `unusable`: it is damaged, or the picture
   * is grey or CMYK.
   */
  readonly kind: 'other' | 'srgb' | 'unusable'
}

/** Profiles that were examined lately, oldest first: a viewer opens the same file for each tile. */
const examined = new Map<string, Promise<ColourProfile>>()
const maxExamined = 16

/** @param isRgb whether the picture has colours of red, green and blue */
export async function colourProfile(
  icc: Uint8Array | null | undefined,
  isRgb: boolean,
): Promise<ColourProfile | null> {
  if (icc === null || icc === undefined) return null
  const key = `${isRgb} ${createHash('sha256').update(icc).digest('hex')}`
  const known = examined.get(key)
  if (known !== undefined) return known
  const profile = examine(icc, isRgb)
  examined.set(key, profile)
  profile.catch(() => examined.delete(key))
  for (const oldest of examined.keys()) {
    if (examined.size <= maxExamined) break
    examined.delete(oldest)
  }
  return profile
}

/** Profiles of scanners have up to a few megabytes. */
const maxProfileBytes = 2 ** 24

/** Most that colours change by where a profile is sRGB: its curve is a table in some profiles, and a formula in others. */
const sameLevels = 2

async function examine(icc: Uint8Array, isRgb: boolean): Promise<ColourProfile> {
  const bytes = Buffer.from(icc)
  const name = profileName(bytes)
  if (!isRgb || icc.length > maxProfileBytes) return { icc, name, kind: 'unusable' }
  const colours = sampleColours()
  const { data } = await convert(colours, icc)
  const isChanged = data.some((value, at) => Math.abs(value - (colours.data[at] ?? 0)) > sameLevels)
  if (isChanged) return { icc, name, kind: 'other' }
  // libvips reads a picture as sRGB where it cannot use its profile.
  return { icc, name, kind: name.includes('sRGB') || isWhole(bytes) ? 'srgb' : 'unusable' }
}

/** Red, green and blue at 9 levels each. */
function sampleColours(): Raster {
  const levels = Array.from({ length: 9 }, (_, index) => Math.min(255, index * 32))
  const colours = levels.flatMap((red) =>
    levels.flatMap((green) => levels.flatMap((blue) => [red, green, blue])),
  )
  return { widthPx: 81, heightPx: 9, data: Uint8Array.from(colours) }
}

/** Pixels that are converted at once: 12 MB. */
const stripPx = 2 ** 22

/**
 * A picture in sRGB: converted by Little CMS from its profile, with the perceptual intent, 8 bits a channel. The same raster if there
 * is nothing to convert.
 */
export async function toSrgb(raster: Raster, profile: ColourProfile | null): Promise<Raster> {
  if (profile?.kind !== 'other') return raster
  const { widthPx, heightPx, data } = raster
  const output = makeRaster(widthPx, heightPx)
  const rowsAtOnce = Math.max(1, Math.floor(stripPx / widthPx))
  for (let row = 0; row < heightPx; row += rowsAtOnce) {
    const rows = Math.min(rowsAtOnce, heightPx - row)
    const from = row * widthPx * 3
    const strip = { widthPx, heightPx: rows, data: data.subarray(from, from + rows * widthPx * 3) }
    output.data.set((await convert(strip, profile.icc)).data, from)
  }
  return output
}

/** sharp takes a profile only with a file, so the pixels become one. */
async function convert({ widthPx, heightPx, data }: Raster, profile: Uint8Array): Promise<Raster> {
  const tiff = Buffer.concat([plainTiffHead({ widthPx, heightPx, profile }), data])
  const image = sharp(tiff, { limitInputPixels: false, failOn: 'none' }).toColourspace('srgb').raw()
  return { widthPx, heightPx, data: await image.toBuffer() }
}

const headBytes = 132
const entryBytes = 12
const maxEntries = 100

interface Entry {
  readonly tag: string
  readonly at: number
  readonly length: number
}

/** The table of an ICC profile. Entries may be outside it, if it is damaged. */
function entriesOf(icc: Buffer): Entry[] {
  const count = icc.length < headBytes ? 0 : Math.min(icc.readUInt32BE(128), maxEntries)
  const fitting = Math.min(count, Math.floor((icc.length - headBytes) / entryBytes))
  return Array.from({ length: Math.max(0, fitting) }, (_, index) => {
    const entry = headBytes + index * entryBytes
    return {
      tag: icc.toString('latin1', entry, entry + 4),
      at: icc.readUInt32BE(entry + 4),
      length: icc.readUInt32BE(entry + 8),
    }
  })
}

/** Whether a profile has what its head and table promise, and enough to convert RGB. */
function isWhole(icc: Buffer): boolean {
  const entries = entriesOf(icc)
  const tags = new Set(entries.map(({ tag }) => tag))
  return (
    icc.length >= headBytes &&
    icc.toString('latin1', 36, 40) === 'acsp' &&
    icc.toString('latin1', 16, 20) === 'RGB ' &&
    icc.readUInt32BE(0) <= icc.length &&
    entries.every(({ at, length }) => at + length <= icc.length) &&
    (tags.has('A2B0') || ['rXYZ', 'gXYZ', 'bXYZ', 'rTRC', 'gTRC', 'bTRC'].every((tag) => tags.has(tag)))
  )
}

/** Longest description that is searched for the name. */
const nameBytes = 400

/** In Latin letters or UTF-16; the blanks between are zeros of UTF-16. */
function profileName(icc: Buffer): string {
  const description = entriesOf(icc).find(({ tag }) => tag === 'desc')
  if (description === undefined) return ''
  const { at, length } = description
  const body = icc.toString('latin1', at, at + Math.min(length, nameBytes))
  return (/[\w .,()[\]-]{4,80}/.exec(body.slice(12).replaceAll('\0', ''))?.[0] ?? '')
    .replace(/^enUS\W*/, '')
    .trim()
}
