import { keyedGenerator, type KeyedGenerator } from '../random/index.ts'
import { makeRaster, type Raster } from '../image/index.ts'
import { paintTissue, syntheticClasses, type SyntheticClass } from './architectures.ts'
import { exponential } from './portable-math.ts'
import { TissueCanvas } from './tissue-canvas.ts'

export { syntheticClasses, type SyntheticClass }

export interface SyntheticFieldOptions {
  className: SyntheticClass
  seed: number
  /** Which field of the class; two neighbours are one case and share stain and scanner. */
  index: number
  widthPx?: number
  heightPx?: number
  pixelSizeUm?: number
}

/** So that a dozen fields of a class have as many cases as five folds need. */
export const fieldsPerCase = 2
export const syntheticFieldDefaults = { widthPx: 2048, heightPx: 1536, pixelSizeUm: 0.42 } as const

/**
 * A field of made-up breast tissue as hematoxylin and eosin would show it: a cartoon for tests and for a
 * newcomer's first minutes, never to be taken for a picture of anyone. The classes differ in how the tissue
 * is built; stain, illumination, magnification and noise vary by case and field whatever the class. The
 * tissue is painted as concentrations of two stains, which Beer and Lambert's law turns into light, so stain
 * normalisation has something to find. Same options, same bytes, on every machine.
 */
export function makeSyntheticField(options: SyntheticFieldOptions): Raster {
  const { className, seed, index, widthPx, heightPx, pixelSizeUm } = { ...syntheticFieldDefaults, ...options }
  const caseIndex = Math.floor(index / fieldsPerCase)
  const slide = keyedGenerator('synthetic slide', seed, className, caseIndex)
  const field = keyedGenerator('synthetic field', seed, className, index)
  const magnification = slide.nextUniform(0.93, 1.09) * field.nextUniform(0.97, 1.03)
  const canvas = new TissueCanvas(widthPx, heightPx, pixelSizeUm * magnification, field)
  paintField(canvas, className, field)
  return develop(canvas, lookOf(slide, field))
}

/** Paints the tissue of a class as the microscope sees it, in place. */
export function paintField(canvas: TissueCanvas, className: SyntheticClass, field: KeyedGenerator): void {
  paintTissue[className](canvas, field)
  blur(canvas.hematoxylin, canvas.widthPx, canvas.heightPx)
  blur(canvas.eosin, canvas.widthPx, canvas.heightPx)
}

type Rgb = readonly [number, number, number]

/** Optical blur: the kernel 1 2 1 in each direction, in place; the outermost pixels stay. */
function blur(plane: Float32Array, widthPx: number, heightPx: number): void {
  for (let row = 0; row < heightPx; row++) {
    let before = plane[row * widthPx] ?? 0
    for (let at = row * widthPx + 1, end = (row + 1) * widthPx - 1; at < end; at++) {
      const here = plane[at] ?? 0
      plane[at] = 0.25 * (before + 2 * here + (plane[at + 1] ?? 0))
      before = here
    }
  }
  const before = plane.slice(0, widthPx)
  for (let row = 1; row < heightPx - 1; row++) {
    for (let column = 0, at = row * widthPx; column < widthPx; column++, at++) {
      const here = plane[at] ?? 0
      plane[at] = 0.25 * ((before[column] ?? 0) + 2 * here + (plane[at + widthPx] ?? 0))
      before[column] = here
    }
  }
}

const hematoxylinVector: Rgb = [0.5626, 0.7201, 0.4062]
const eosinVector: Rgb = [0.2159, 0.8012, 0.5581]

/** A stain's vector in this laboratory: the reference's, somewhat turned, of unit length. */
function stainVector(generator: KeyedGenerator, reference: Rgb, spread: number): Rgb {
  const turned = reference.map((part) => Math.max(0.02, part + spread * generator.nextNormal()))
  const length = Math.sqrt(turned.reduce((sum, part) => sum + part * part, 0))
  const [red = 0, green = 0, blue = 0] = turned.map((part) => part / length)
  return [red, green, blue]
}

const densityLevels = 6144
const levelsPerDensity = 1024
/** Share of light that passes an optical density, by level. */
const transmission = Float32Array.from({ length: densityLevels }, (_, level) =>
  exponential(-(level + 0.5) / levelsPerDensity),
)

/** What makes an image of concentrations: stains, section, lamp and camera. */
export interface Look {
  /** Unit vectors, and the strength of each stain. */
  hematoxylin: Rgb
  eosin: Rgb
  hematoxylinGain: number
  eosinGain: number
  white: Rgb
  noiseLevel: number
  /** How much darker the corners are. */
  vignette: number
  tilt: readonly [x: number, y: number]
  thicknessSpread: number
  noiseSeed: number
}

/** The look of a field: what varies by slide, then what varies by field. */
export function lookOf(slide: KeyedGenerator, field: KeyedGenerator): Look {
  const hematoxylin = stainVector(slide, hematoxylinVector, 0.03)
  const eosin = stainVector(slide, eosinVector, 0.03)
  const hematoxylinGain = slide.nextUniform(0.78, 1.22) * field.nextUniform(0.95, 1.05)
  const eosinGain = slide.nextUniform(0.75, 1.25) * field.nextUniform(0.95, 1.05)
  return {
    hematoxylin,
    eosin,
    hematoxylinGain,
    eosinGain,
    white: [slide.nextUniform(236, 250), slide.nextUniform(236, 250), slide.nextUniform(236, 250)],
    noiseLevel: slide.nextUniform(1, 2.6),
    vignette: slide.nextUniform(0, 0.09),
    tilt: [field.nextUniform(-0.03, 0.03), field.nextUniform(-0.03, 0.03)],
    thicknessSpread: field.nextUniform(0.04, 0.12),
    noiseSeed: field.nextUint32(),
  }
}

/** Turns concentrations into an image. */
export function develop(canvas: TissueCanvas, look: Look): Raster {
  const { widthPx, heightPx, noise } = canvas
  const { white, noiseLevel, vignette, thicknessSpread, hematoxylinGain, eosinGain } = look
  const [hRed, hGreen, hBlue] = look.hematoxylin
  const [eRed, eGreen, eBlue] = look.eosin
  const [tiltX, tiltY] = look.tilt
  const randomBits = new NoiseBits(look.noiseSeed)

  const raster = makeRaster(widthPx, heightPx)
  const { data } = raster
  for (let row = 0, at = 0, out = 0; row < heightPx; row++) {
    const y = (2 * row) / heightPx - 1
    for (let column = 0; column < widthPx; column++, at++, out += 3) {
      const x = (2 * column) / widthPx - 1
      const lamp = 1 + tiltX * x + tiltY * y - vignette * 0.5 * (x * x + y * y)
      const thickness = 1 + thicknessSpread * noise.at(column / 400 + 5.5, row / 400 + 9.1)
      const h = (canvas.hematoxylin[at] ?? 0) * hematoxylinGain * thickness
      const e = (canvas.eosin[at] ?? 0) * eosinGain * thickness
      data[out] = toByte(white[0] * lamp * passing(h * hRed + e * eRed) + noiseLevel * randomBits.next())
      data[out + 1] = toByte(
        white[1] * lamp * passing(h * hGreen + e * eGreen) + noiseLevel * randomBits.next(),
      )
      data[out + 2] = toByte(
        white[2] * lamp * passing(h * hBlue + e * eBlue) + noiseLevel * randomBits.next(),
      )
    }
  }
  return raster
}

const passing = (density: number): number =>
  transmission[Math.min(densityLevels - 1, Math.max(0, Math.floor(density * levelsPerDensity)))] ?? 0

const toByte = (value: number): number => Math.min(255, Math.max(0, Math.floor(value + 0.5)))

/** Nearly normal noise, fast: Marsaglia's xorshift32, the sum of its four bytes, of unit spread. */
class NoiseBits {
  #state: number

  constructor(seed: number) {
    this.#state = seed === 0 ? 1 : seed
  }

  next(): number {
    let bits = this.#state
    bits ^= bits << 13
    bits ^= bits >>> 17
    bits ^= bits << 5
    this.#state = bits
    const sum = (bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24)
    return (sum - 510) / 147.8
  }
}
