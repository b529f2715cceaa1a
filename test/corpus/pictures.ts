import sharp, { type Sharp, type TiffOptions } from 'sharp'
import type { ErrorCode, ImageNote, QualityFlag } from '../../electron/contract/index.ts'
import { keyedGenerator } from '../../electron/engine/random/index.ts'
import { profileCase, tiffWithProfile } from '../support/colour-profiles.ts'
import { noise, stack, writeTiffHead } from '../support/odd-files.ts'

/** One file and what an import must answer: imported, with a note or without, or the code of the refusal. */
export interface CorpusPicture {
  name: string
  bytes: () => Promise<Buffer>
  expected: 'imported' | ErrorCode | ImageNote['kind']
  /** A quality flag that it must have; absent: any but `black-areas`. */
  flag?: QualityFlag['code']
  /** Of a file that states it, in whatever unit; absent: not compared. */
  pixelSizeUm?: number
}

const [width, height] = [48, 32]

/** Noise of 16 bits; no two names give the same. */
function deep(name: string, channels: 1 | 3, limit = 65_536): Sharp {
  const generator = keyedGenerator(name)
  const data = Uint16Array.from({ length: width * height * channels }, () => generator.nextInteger(limit))
  return sharp(data, { raw: { width, height, channels } }).toColourspace(channels === 1 ? 'grey16' : 'rgb16')
}

const kinds: Record<string, (name: string) => Sharp> = {
  rgb8: (name) => noise(name, width, height),
  grey8: (name) => noise(name, width, height).toColourspace('b-w'),
  rgba8: (name) => noise(name, width, height).ensureAlpha(),
  rgb16: (name) => deep(name, 3),
  grey16: (name) => deep(name, 1),
}
const layouts: Record<string, TiffOptions> = {
  strips: {},
  tiles: { tile: true, tileWidth: 16, tileHeight: 16 },
  big: { bigtiff: true },
  'big-tiles': { bigtiff: true, tile: true, tileWidth: 16, tileHeight: 16 },
  pyramid: { tile: true, tileWidth: 16, tileHeight: 16, pyramid: true },
}
/** Those that libvips writes; JPEG and WebP only for 8 bits without alpha. */
const compressions = ['none', 'lzw', 'deflate', 'packbits', 'jpeg', 'webp'] as const

const tiffs: CorpusPicture[] = Object.entries(kinds).flatMap(([kind, picture]) =>
  compressions
    .filter((compression) => kind === 'rgb8' || !['jpeg', 'webp'].includes(compression))
    .flatMap((compression) =>
      Object.entries(layouts).map(([layout, options]): CorpusPicture => {
        const name = `${kind}-${compression}-${layout}.tif`
        const bytes = (): Promise<Buffer> =>
          picture(name)
            .tiff({ ...options, compression })
            .toBuffer()
        return { name, bytes, expected: 'imported' }
      }),
    ),
)

const others: Record<string, (name: string) => Sharp> = {
  'plain.png': (name) => noise(name).png(),
  'interlaced.png': (name) => noise(name).png({ progressive: true }),
  'palette.png': (name) => noise(name).png({ palette: true }),
  'alpha.png': (name) => noise(name).ensureAlpha(0.5).png(),
  'grey.png': (name) => noise(name).toColourspace('b-w').png(),
  'deep.png': (name) => deep(name, 3).png(),
  'plain.jpg': (name) => noise(name).jpeg(),
  'progressive.JPEG': (name) => noise(name).jpeg({ progressive: true }),
  'full-colour.jpe': (name) => noise(name).jpeg({ chromaSubsampling: '4:4:4' }),
  'grey.jfif': (name) => noise(name).toColourspace('b-w').jpeg(),
  'cmyk.jpg': (name) => noise(name).toColourspace('cmyk').jpeg(),
  'turned.jpg': (name) => noise(name).withMetadata({ orientation: 6 }).jpeg(),
  'lossy.webp': (name) => noise(name).webp(),
  'lossless.webp': (name) => noise(name).webp({ lossless: true }),
  'named like another.png': (name) => noise(name).jpeg(),
  'ä ö 🔬.png': (name) => noise(name).png(),
  'e\u0301 decomposed.png': (name) => noise(name).png(),
  '007.png': (name) => noise(name).png(),
  "quote ' and, comma.png": (name) => noise(name).png(),
  'large file.btf': (name) => noise(name).tiff({ bigtiff: true }),
  'gel.gel': (name) => noise(name).tiff(),
  'microscope.lsm': (name) => noise(name).tiff(),
}

/** 12 bits in 16 under an opaque alpha. */
function dimWithAlpha(): Promise<Buffer> {
  const generator = keyedGenerator('dim with alpha')
  const data = Uint16Array.from({ length: width * height * 4 }, (_, at) =>
    at % 4 === 3 ? 65_535 : generator.nextInteger(4096),
  )
  return sharp(data, { raw: { width, height, channels: 4 } })
    .toColourspace('rgb16')
    .png()
    .toBuffer()
}

/** Noise, with a tile of 64 x 64 that was never written. */
const withBlackTile = (format: 'tif' | 'jpg'): Promise<Buffer> => {
  const background = { width: 64, height: 64, channels: 3, background: 'black' } as const
  const image = noise(`black ${format}`, 160, 128).composite([
    { input: { create: background }, left: 64, top: 32 },
  ])
  return (format === 'tif' ? image.tiff({ compression: 'deflate' }) : image.jpeg()).toBuffer()
}

/** A TIFF of two pages, 24 x 16 and 48 x 32; the first has this NewSubfileType. */
async function thumbnailFirst(subfileType: number): Promise<Buffer> {
  const pages = [noise(`small ${subfileType}`, 24, 16), noise(`full ${subfileType}`, width, height)]
  const [small = Buffer.alloc(0), full = Buffer.alloc(0)] = await Promise.all(
    pages.map((page) => page.raw().toBuffer()),
  )
  const bytes = Buffer.alloc(1000 + small.length + full.length)
  small.copy(bytes, 1000)
  full.copy(bytes, 1000 + small.length)
  const directory = (widthPx: number, heightPx: number, at: number, subfile: number) =>
    [
      [254, 4, 1, subfile],
      [256, 4, 1, widthPx],
      [257, 4, 1, heightPx],
      [258, 3, 3, 900],
      [259, 3, 1, 1],
      [262, 3, 1, 2],
      [273, 4, 1, at],
      [277, 3, 1, 3],
      [278, 4, 1, heightPx],
      [279, 4, 1, 3 * widthPx * heightPx],
    ] as const
  for (const at of [900, 902, 904]) bytes.writeUInt16LE(8, at)
  // The second directory is written as a file's only one, and moved.
  writeTiffHead(bytes, directory(width, height, 1000 + small.length, 0))
  bytes.copy(bytes, 500, 8, 200)
  writeTiffHead(bytes, directory(24, 16, 1000, subfileType))
  bytes.writeUInt32LE(500, 10 + 12 * 10)
  return bytes
}

/** A TIFF of one strip with other tags than a writer would give. */
function oddTiff(tags: Readonly<Record<number, number>>): Buffer {
  const bytes = Buffer.alloc(1000 + width * height * 8, 120)
  const given = {
    256: width,
    257: height,
    258: 8,
    259: 1,
    262: 1,
    273: 1000,
    277: 1,
    278: height,
    279: 0,
    ...tags,
  }
  given[279] = Math.floor((width * height * given[277] * given[258]) / 8)
  const entries = Object.entries(given).map(([tag, value]) => [Number(tag), 4, 1, value] as const)
  bytes.fill(0, 0, 200)
  writeTiffHead(
    bytes,
    entries.toSorted(([a], [b]) => a - b),
  )
  return bytes
}

const made = (bytes: Buffer | string) => (): Promise<Buffer> => Promise.resolve(Buffer.from(bytes))

/** A TIFF with a description, and pixels a unit of any kind as its resolution. */
function describedTiff(description: string, pixelsPerUnit: number): Buffer {
  const text = Buffer.from(`${description}\0`, 'latin1')
  const bytes = oddTiff({ 262: 1, 273: 2000, 270: 0, 282: 0, 283: 0, 296: 1 })
  const grown = Buffer.concat([bytes, Buffer.alloc(2000)])
  grown.writeUInt32LE(pixelsPerUnit, 600)
  grown.writeUInt32LE(1, 604)
  text.copy(grown, 620)
  for (let at = 10; at < 10 + 12 * grown.readUInt16LE(8); at += 12) {
    const tag = grown.readUInt16LE(at)
    if (tag === 270) writeEntry(grown, at, 2, text.length, 620)
    if (tag === 282 || tag === 283) writeEntry(grown, at, 5, 1, 600)
    if (tag === 296) writeEntry(grown, at, 3, 1, 1)
  }
  return grown
}

function writeEntry(bytes: Buffer, at: number, type: number, count: number, value: number): void {
  bytes.writeUInt16LE(type, at + 2)
  bytes.writeUInt32LE(count, at + 4)
  bytes.writeUInt32LE(value, at + 8)
}

const omeXml = (size: string, unit: string): string =>
  `<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Image:0"><Pixels ID="Pixels:0" DimensionOrder="XYCZT" Type="uint8" SizeX="${width}" SizeY="${height}" SizeC="1" SizeZ="1" SizeT="1" PhysicalSizeX="${size}" PhysicalSizeXUnit="${unit}" PhysicalSizeY="${size}" PhysicalSizeYUnit="${unit}"><TiffData/></Pixels></Image></OME>`

/** Half a micrometre in each unit that writers use. */
const sized: CorpusPicture[] = [
  { name: 'imagej-cm.tif', description: 'ImageJ=1.54f\nunit=cm\n', pixels: 20_000 },
  { name: 'imagej-mm.tif', description: 'ImageJ=1.54f\nunit=mm\n', pixels: 2000 },
  { name: 'imagej-um.tif', description: 'ImageJ=1.54f\nunit=\xb5m\n', pixels: 2 },
  { name: 'imagej-micron.tif', description: 'ImageJ=1.54f\nunit=micron\n', pixels: 2 },
  { name: 'ome-mm.ome.tif', description: omeXml('0.0005', 'mm'), pixels: 1 },
  { name: 'ome-m.ome.tif', description: omeXml('5.0E-7', 'm'), pixels: 1 },
].map(({ name, description, pixels }) => ({
  name,
  bytes: made(named(describedTiff(description, pixels), name)),
  expected: 'imported',
  pixelSizeUm: 0.5,
}))

/** A tiled TIFF whose last tile was never written, as scanners leave places without tissue. */
async function withoutLastTile(name: string): Promise<Buffer> {
  const bytes = await noise(name, width, height)
    .tiff({ tile: true, tileWidth: 16, tileHeight: 16, compression: 'jpeg' })
    .toBuffer()
  const directory = bytes.readUInt32LE(4)
  for (let at = directory + 2; at < directory + 2 + 12 * bytes.readUInt16LE(directory); at += 12) {
    const tag = bytes.readUInt16LE(at)
    if (tag !== 324 && tag !== 325) continue
    const edge = bytes.readUInt16LE(at + 2) === 3 ? 2 : 4
    const last = bytes.readUInt32LE(at + 8) + edge * (bytes.readUInt32LE(at + 4) - 1)
    bytes.writeUIntLE(0, last, edge)
  }
  return bytes
}

/** Other pixels for each name, so that no two files are the same. */
function named(bytes: Buffer, name: string): Buffer {
  bytes.write(name, bytes.length - 100, 'latin1')
  return bytes
}

const cut = async (image: Sharp): Promise<Buffer> => {
  const bytes = await image.toBuffer()
  return bytes.subarray(0, bytes.length / 2)
}

/** A new case is one entry. */
const odd: CorpusPicture[] = [
  { name: 'zero-byte-tile.tif', bytes: () => withoutLastTile('zero-byte-tile.tif'), expected: 'imported' },
  {
    name: 'dim.tif',
    bytes: () => deep('dim', 3, 4096).tiff({ compression: 'lzw' }).toBuffer(),
    expected: 'dim',
  },
  { name: 'dim.png', bytes: () => deep('dim png', 1, 1024).png().toBuffer(), expected: 'dim' },
  {
    name: 'bright camera.tif',
    bytes: () => deep('b', 3, 20_000).tiff({ compression: 'lzw' }).toBuffer(),
    expected: 'imported',
  },
  {
    name: 'p3.png',
    bytes: () => noise('p3').withIccProfile('p3').png().toBuffer(),
    expected: 'colour-profile',
  },
  {
    name: 'srgb.png',
    bytes: () => noise('srgb').withIccProfile('srgb').png().toBuffer(),
    expected: 'imported',
  },
  ...['wide', 'linear', 'table'].map((profile): CorpusPicture => ({
    name: `profile-${profile}.tif`,
    bytes: () => Promise.resolve(tiffWithProfile(profileCase(profile).colours, profileCase(profile).icc)),
    expected: 'colour-profile',
  })),
  {
    name: 'damaged-profile.tif',
    bytes: () => Promise.resolve(tiffWithProfile(profileCase('wide').colours, Buffer.alloc(500, 7))),
    expected: 'unused-profile',
  },
  {
    name: 'profile-of-cmyk.jpg',
    bytes: () => noise('cmyk profile').toColourspace('cmyk').withIccProfile('cmyk').jpeg().toBuffer(),
    expected: 'unused-profile',
  },
  {
    name: 'dim with alpha.png',
    bytes: dimWithAlpha,
    expected: 'dim',
  },
  ...[10, 12, 14].map((bits): CorpusPicture => ({
    name: `packed-${bits}-bit.tif`,
    bytes: made(oddTiff({ 258: bits })),
    expected: 'image.unsupported-format',
  })),
  { name: '32-bit.tif', bytes: made(oddTiff({ 258: 32 })), expected: 'image.unsupported-format' },
  { name: 'jpeg-2000.tif', bytes: made(oddTiff({ 259: 33003 })), expected: 'image.unsupported-format' },
  {
    name: 'five-samples.tif',
    bytes: made(oddTiff({ 277: 5, 338: 0 })),
    expected: 'image.unsupported-format',
  },
  { name: 'no-alpha.tif', bytes: () => withExtraSamples(0), expected: 'image.unsupported-format' },
  { name: 'alpha.tif', bytes: () => withExtraSamples(2), expected: 'imported' },
  { name: 'strip past the end.tif', bytes: made(oddTiff({ 273: 900_000 })), expected: 'image.truncated' },
  { name: 'stack.tif', bytes: () => stack('corpus'), expected: 'image.several-pages' },
  {
    name: 'black tile.tif',
    bytes: () => withBlackTile('tif'),
    expected: 'imported',
    flag: 'black-areas',
  },
  {
    name: 'black tile.jpg',
    bytes: () => withBlackTile('jpg'),
    expected: 'imported',
    flag: 'black-areas',
  },
  { name: 'thumbnail first.tif', bytes: () => thumbnailFirst(1), expected: 'later-page' },
  {
    name: 'thumbnail first, not marked.tif',
    bytes: () => thumbnailFirst(0),
    expected: 'image.several-pages',
  },
  { name: 'cut.png', bytes: () => cut(noise('cut').png()), expected: 'image.truncated' },
  { name: 'cut.jpg', bytes: () => cut(noise('cut').jpeg()), expected: 'image.truncated' },
  {
    name: 'cut.tif',
    bytes: () => cut(noise('cut').tiff({ compression: 'lzw' })),
    expected: 'image.truncated',
  },
  { name: 'cut.webp', bytes: () => cut(noise('cut').webp()), expected: 'image.truncated' },
  { name: 'empty.png', bytes: made(''), expected: 'image.empty-file' },
  { name: 'text.tif', bytes: made('no picture\n'), expected: 'image.unsupported-format' },
  {
    name: 'drawing.png',
    bytes: made('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    expected: 'image.unsupported-format',
  },
  { name: 'gif.png', bytes: () => noise('gif').gif().toBuffer(), expected: 'image.unsupported-format' },
]

/** A TIFF with four samples, and what its tag calls the fourth. */
async function withExtraSamples(kind: number): Promise<Buffer> {
  const bytes = await noise(`extra ${kind}`, width, height)
    .ensureAlpha(0)
    .tiff({ compression: 'none' })
    .toBuffer()
  const directory = bytes.readUInt32LE(4)
  for (let entry = 0; entry < bytes.readUInt16LE(directory); entry++) {
    const at = directory + 2 + entry * 12
    if (bytes.readUInt16LE(at) === 338) bytes.writeUInt16LE(kind, at + 8)
  }
  return bytes
}

export const corpusPictures: readonly CorpusPicture[] = [
  ...tiffs,
  ...Object.entries(others).map(([name, make]): CorpusPicture => ({
    name,
    bytes: () => make(name).toBuffer(),
    expected: 'imported',
  })),
  ...odd,
  ...sized,
]
