import type { ImageFormat, ImageHeader, ImagePage } from './image-header.ts'
import { tiffTag } from './tiff-tags.ts'

/** The start of the description of every image that Lobule's generator writes. */
export const syntheticMark = 'Lobule synthetic tissue'

/** Range of pixel sizes of a microscope. 72, 96, 300 and 600 dpi are 353, 265, 85 and 42 um. */
export const plausiblePixelSizeUm = { lowest: 0.05, highest: 20 } as const

export interface ImageInfo {
  format: ImageFormat
  /** After EXIF orientation. */
  widthPx: number
  heightPx: number
  /** Pixel size, um, to 5 significant digits; null if the file has none, or has that of a screen. */
  pixelSizeUm: number | null
  pixelSizeSource: 'resolution-tag' | 'ome-xml' | 'aperio' | 'slide' | 'none'
  /** Number of all pages, including a slide's smaller copies, label and overview. */
  pages: number
  /** The pages that are separate images. */
  pictures: readonly ImagePage[]
  /** Whether Lobule's own generator made it. */
  synthetic: boolean
  /** Whether the file also holds a picture of the slide's label. */
  hasLabelPicture: boolean
  byteCount: number
}

/** The properties that a header states. */
export function imageInfo(header: ImageHeader): ImageInfo {
  const { format, byteCount, metadata, description, pictures } = header
  return {
    format,
    widthPx: metadata.autoOrient.width,
    heightPx: metadata.autoOrient.height,
    ...pixelSize(header),
    pages: metadata.pages ?? 1,
    pictures,
    synthetic: description.startsWith(syntheticMark),
    hasLabelPicture: header.hasLabelPicture,
    byteCount,
  }
}

type PixelSize = Pick<ImageInfo, 'pixelSizeUm' | 'pixelSizeSource'>

/** Vendors' own fields take precedence over the resolution, for which many writers use that of a screen. */
function pixelSize({ tags, ownPixelsPerUm, description }: ImageHeader): PixelSize {
  const aperio = description.startsWith('Aperio')
    ? /\|\s*MPP\s*=\s*([\d.,]+)/.exec(description)?.[1]
    : undefined
  const candidates: [number, PixelSize['pixelSizeSource']][] = [
    [decimal(aperio), 'aperio'],
    [omePixelSize(description), 'ome-xml'],
  ]
  const [acrossPerUm, downPerUm] = ownPixelsPerUm ?? tagResolution(tags, description)
  // Pixels that are not square have no single size.
  if (Math.abs(acrossPerUm / downPerUm - 1) < 0.01) candidates.push([1 / acrossPerUm, 'resolution-tag'])
  for (const [size, source] of candidates) {
    if (size >= plausiblePixelSizeUm.lowest && size <= plausiblePixelSizeUm.highest) {
      // Formats round resolutions to whole pixels per metre or inch. 5 digits restore the intended size.
      return { pixelSizeUm: Number(size.toPrecision(5)), pixelSizeSource: source }
    }
  }
  return { pixelSizeUm: null, pixelSizeSource: 'none' }
}

function tagResolution(tags: ImageHeader['tags'], description: string): [number, number] {
  const [unit = 2] = tags?.numbers(tiffTag.resolutionUnit) ?? []
  // ImageJ leaves the unit of the tag undefined and writes its own unit in the description.
  const ownUnit = /^ImageJ=[^]*?^unit=([^\r\n]*)/m.exec(description)?.[1]
  const ownUm = ownUnit === undefined ? undefined : umPerUnit(ownUnit.replaceAll('\\u00B5', 'µ'))
  const unitUm = ownUm ?? (unit === 2 ? 25_400 : unit === 3 ? 10_000 : NaN)
  const [across = NaN] = tags?.numbers(tiffTag.xResolution) ?? []
  const [down = NaN] = tags?.numbers(tiffTag.yResolution) ?? []
  return [across / unitUm, down / unitUm]
}

/** Of the lengths of OME-XML, and of the words that ImageJ takes for them. */
const unitsUm: Readonly<Record<string, number>> = {
  ...{ pm: 1e-6, Å: 1e-4, angstrom: 1e-4, nm: 1e-3, nanometer: 1e-3, nanometre: 1e-3 },
  ...{ μm: 1, um: 1, micron: 1, micrometer: 1, micrometre: 1, thou: 25.4, mil: 25.4 },
  ...{ mm: 1e3, millimeter: 1e3, millimetre: 1e3, cm: 1e4, centimeter: 1e4, centimetre: 1e4, dm: 1e5 },
  ...{ in: 25_400, inch: 25_400, m: 1e6, meter: 1e6, metre: 1e6 },
}

/** Both signs for micro and both for angstrom are one (NFKC); undefined: no length. */
function umPerUnit(unit: string): number | undefined {
  const name = unit.trim().normalize('NFKC')
  return unitsUm[name] ?? unitsUm[name.toLowerCase().replace(/s$/, '').replace('inche', 'inch')]
}

/** Some countries write a comma. */
const decimal = (text: string | undefined): number => Number(text?.replace(',', '.'))

const entity = /&#(x[\da-f]+|\d+);/gi

function omePixelSize(description: string): number {
  if (!description.includes('<OME')) return NaN
  const size = decimal(attribute(description, 'PhysicalSizeX'))
  const unit = attribute(description, 'PhysicalSizeXUnit') ?? 'µm'
  return size * (umPerUnit(unit) ?? NaN)
}

/** The first value of an attribute, in quotes of either kind. */
function attribute(xml: string, name: string): string | undefined {
  const [, , value] = new RegExp(`\\b${name}\\s*=\\s*(["'])(.*?)\\1`).exec(xml) ?? []
  return value?.replaceAll(entity, (whole, code: string) => {
    const point = Number(code.startsWith('x') || code.startsWith('X') ? `0${code}` : code)
    return point <= 0x10_ff_ff ? String.fromCodePoint(point) : whole
  })
}
