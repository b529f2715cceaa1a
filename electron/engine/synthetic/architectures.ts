import type { KeyedGenerator } from '../random/index.ts'
import { nuclei, paintCytoplasm, paintNucleus } from './cells.ts'
import { eachOfHexagons, paintFullDuct, paintGland, rhoAt, type DuctPattern } from './glands.ts'
import { unitVector } from './portable-math.ts'
import { paintStroma, type FibreDirection } from './stroma.ts'
import type { Blob, TissueCanvas } from './tissue-canvas.ts'

export const syntheticClasses = ['Normal', 'Benign', 'InSitu', 'Invasive'] as const
export type SyntheticClass = (typeof syntheticClasses)[number]

/** Paints the tissue of one class: how it is built, never how it is stained. */
export const paintTissue: Record<SyntheticClass, (canvas: TissueCanvas, generator: KeyedGenerator) => void> =
  {
    Normal(canvas, generator) {
      paintStroma(canvas, generator, {
        density: generator.nextUniform(0.5, 0.72),
        fat: generator.nextFloat() < 0.55 ? generator.nextUniform(0.25, 0.55) : 0,
        fibroblastsPerMm2: generator.nextUniform(180, 320),
        lymphocytesPerMm2: generator.nextUniform(0, 120),
      })
      const lobules = scatterBlobs(canvas, generator, perMm2(canvas, 4.5), [85, 130], 40)
      for (const lobule of lobules) paintLobule(canvas, generator, lobule)
      const ducts = scatterBlobs(canvas, generator, perMm2(canvas, 2), [38, 60], 30, lobules)
      for (const duct of ducts) {
        paintGland(canvas, generator, duct, { wallUm: 13, spacingUm: 7.6, extraRows: 0, secretion: 0 })
      }
    },

    Benign(canvas, generator) {
      paintStroma(canvas, generator, {
        density: generator.nextUniform(0.42, 0.62),
        fat: 0,
        fibroblastsPerMm2: generator.nextUniform(600, 1000),
        lymphocytesPerMm2: generator.nextUniform(0, 300),
      })
      const glands = scatterBlobs(canvas, generator, perMm2(canvas, 240), [19, 52], 5, [], 0.4)
      const manyRows = generator.nextUniform(0.1, 0.4)
      for (const gland of glands) {
        paintGland(canvas, generator, gland, {
          wallUm: generator.nextUniform(11, 14),
          spacingUm: generator.nextUniform(6.6, 7.6),
          extraRows: gland.radiusUm > 28 && generator.nextFloat() < manyRows ? 1 : 0,
          secretion: generator.nextFloat() < 0.3 ? generator.nextUniform(0.15, 0.4) : 0,
        })
      }
    },

    InSitu(canvas, generator) {
      paintStroma(canvas, generator, {
        density: generator.nextUniform(0.48, 0.7),
        fat: generator.nextFloat() < 0.25 ? generator.nextUniform(0.15, 0.3) : 0,
        fibroblastsPerMm2: generator.nextUniform(350, 600),
        lymphocytesPerMm2: generator.nextUniform(100, 600),
      })
      const ducts = scatterBlobs(canvas, generator, perMm2(canvas, 36), [60, 125], 12)
      const first = generator.nextInteger(3)
      for (const duct of ducts) {
        const patterns: DuctPattern[] = ['solid', 'cribriform', 'comedo']
        const pattern = generator.nextFloat() < 0.65 ? patterns[first] : patterns[generator.nextInteger(3)]
        paintFullDuct(canvas, generator, duct, pattern ?? 'solid')
      }
      const glands = scatterBlobs(canvas, generator, generator.nextInteger(4), [20, 30], 12, ducts)
      for (const gland of glands) {
        paintGland(canvas, generator, gland, { wallUm: 12, spacingUm: 7.4, extraRows: 0, secretion: 0 })
      }
    },

    Invasive(canvas, generator) {
      const direction = paintStroma(canvas, generator, {
        density: generator.nextUniform(0.42, 0.66),
        fat: generator.nextFloat() < 0.2 ? generator.nextUniform(0.1, 0.25) : 0,
        fibroblastsPerMm2: generator.nextUniform(600, 1100),
        lymphocytesPerMm2: generator.nextUniform(200, 1400),
      })
      const glands = scatterBlobs(canvas, generator, generator.nextInteger(3), [20, 34], 12)
      for (const gland of glands) {
        paintGland(canvas, generator, gland, { wallUm: 12, spacingUm: 7.4, extraRows: 0, secretion: 0 })
      }
      paintInfiltrate(canvas, generator, direction, glands)
    },
  }

const perMm2 = (canvas: TissueCanvas, density: number): number =>
  Math.max(1, Math.round(density * canvas.widthUm * canvas.heightUm * 1e-6))

/** A lobule: a bed of pale, loose stroma with small acini of one size. */
function paintLobule(canvas: TissueCanvas, generator: KeyedGenerator, lobule: Blob): void {
  paintCytoplasm(canvas, { ...lobule, roughness: 0.12 }, 0.1, 0.3)
  const acinusUm = generator.nextUniform(15, 19)
  eachOfHexagons(lobule, acinusUm * 2.75, generator, (xUm, yUm) => {
    if (rhoAt(canvas, lobule, xUm, yUm) > 0.92 || generator.nextFloat() < 0.12) return
    const radiusUm = acinusUm * generator.nextUniform(0.85, 1.12)
    const acinus = makeBlob(generator, xUm, yUm, radiusUm, generator.nextUniform(0.82, 1))
    paintGland(canvas, generator, acinus, { wallUm: 10, spacingUm: 7.4, extraRows: 0, secretion: 0 })
  })
}

/** Tumour cells without any outline: ragged nests, files between the fibres, and single cells. */
function paintInfiltrate(
  canvas: TissueCanvas,
  generator: KeyedGenerator,
  direction: FibreDirection,
  glands: readonly Blob[],
): void {
  const { noise, widthUm, heightUm } = canvas
  const nestUm = generator.nextUniform(45, 80)
  const level = generator.nextUniform(-0.05, 0.22)
  const single = generator.nextUniform(0.1, 0.22)
  const cell = (xUm: number, yUm: number) => {
    if (glands.some((gland) => rhoAt(canvas, gland, xUm, yUm) < 1.25)) return
    const turns = direction(xUm, yUm) + 0.09 * generator.nextNormal()
    const body = { ...makeBlob(generator, xUm, yUm, generator.nextUniform(7, 10.5), 0.75), turns }
    paintCytoplasm(canvas, body, generator.nextUniform(0.2, 0.34), generator.nextUniform(0.36, 0.56))
    paintNucleus(canvas, generator, nuclei.invasive, xUm, yUm, turns)
  }
  const whole = makeBlob(generator, widthUm / 2, heightUm / 2, Math.max(widthUm, heightUm) * 0.6, 1)
  eachOfHexagons({ ...whole, roughness: 0 }, 11.5, generator, (xUm, yUm) => {
    if (xUm < -10 || yUm < -10 || xUm > widthUm + 10 || yUm > heightUm + 10) return
    const crowd = noise.rough(xUm / nestUm + 61, yUm / nestUm + 23)
    const chance = crowd > level ? 0.88 : single * (crowd > level - 0.7 ? 1 : 0.35)
    if (generator.nextFloat() < chance) cell(xUm, yUm)
  })
  for (let file = perMm2(canvas, 60); file > 0; file--) {
    let xUm = generator.nextUniform(0, widthUm)
    let yUm = generator.nextUniform(0, heightUm)
    for (let step = generator.nextInteger(9) + 3; step > 0; step--) {
      cell(xUm, yUm)
      const [alongX, alongY] = unitVector(direction(xUm, yUm))
      xUm += 12 * alongX
      yUm += 12 * alongY
    }
  }
}

function makeBlob(
  generator: KeyedGenerator,
  xUm: number,
  yUm: number,
  radiusUm: number,
  otherShare: number,
): Blob {
  return {
    xUm,
    yUm,
    radiusUm,
    otherRadiusUm: radiusUm * otherShare,
    turns: generator.nextFloat(),
    roughness: 0.07,
    lobes: 1.1,
    variant: generator.nextInteger(4096) * 0.41,
  }
}

/** Throws up to `count` blobs onto the canvas that keep `gapUm` between themselves and from `taken`. */
function scatterBlobs(
  canvas: TissueCanvas,
  generator: KeyedGenerator,
  count: number,
  [smallestUm, largestUm]: readonly [number, number],
  gapUm: number,
  taken: readonly Blob[] = [],
  flattest = 0.62,
): Blob[] {
  const blobs: Blob[] = []
  for (let attempt = 0; attempt < count * 25 && blobs.length < count; attempt++) {
    // Large ones first: the small ones find room between them.
    const largest = largestUm - (largestUm - smallestUm) * 0.7 * (attempt / (count * 25))
    const radiusUm = generator.nextUniform(smallestUm, largest)
    const xUm = generator.nextUniform(0, canvas.widthUm)
    const yUm = generator.nextUniform(0, canvas.heightUm)
    const blob = makeBlob(generator, xUm, yUm, radiusUm, generator.nextUniform(flattest, 1))
    const isFree = [...taken, ...blobs].every((other) => {
      const dx = other.xUm - xUm
      const dy = other.yUm - yUm
      const apart = (other.radiusUm + other.otherRadiusUm + radiusUm + blob.otherRadiusUm) / 2 + gapUm
      return dx * dx + dy * dy > apart * apart
    })
    if (isFree) blobs.push(blob)
  }
  return blobs
}
