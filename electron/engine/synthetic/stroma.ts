import type { KeyedGenerator } from '../random/index.ts'
import { nuclei, paintNucleus } from './cells.ts'
import { unitVector } from './portable-math.ts'
import { smoothStep, type TissueCanvas } from './tissue-canvas.ts'

export interface StromaKind {
  /** Concentration of eosin in a fibre. */
  density: number
  /** Share of the field taken by fat, 0..1. */
  fat: number
  fibroblastsPerMm2: number
  lymphocytesPerMm2: number
}

/** The direction of the fibres at a place, whole turns. */
export type FibreDirection = (xUm: number, yUm: number) => number

/**
 * Fills the canvas with collagen: noise that is long along the level lines of a slowly changing height and
 * short across them, with pale clefts; and with fat, round empty cells behind thin walls.
 */
export function paintStroma(
  canvas: TissueCanvas,
  generator: KeyedGenerator,
  kind: StromaKind,
): FibreDirection {
  const { noise, grain, umPerPx, widthPx, heightPx } = canvas
  const base = generator.nextFloat()
  const [alongX, alongY] = unitVector(base)
  const waviness = generator.nextUniform(14, 30)
  const curl = generator.nextUniform(1.5, 4)
  const wavelengthUm = generator.nextUniform(90, 150)
  const height = (xUm: number, yUm: number) =>
    yUm * alongX -
    xUm * alongY +
    waviness * noise.rough(xUm / wavelengthUm, yUm / wavelengthUm) +
    curl * noise.at(xUm / 19 + 70, yUm / 19 + 13)
  const fatLevel = kind.fat === 0 ? Infinity : 0.9 - 1.6 * kind.fat
  const fat = kind.fat === 0 ? null : new FatCells(generator, generator.nextUniform(44, 60))

  for (let yPx = 0, index = 0; yPx < heightPx; yPx++) {
    const yUm = yPx * umPerPx
    for (let xPx = 0; xPx < widthPx; xPx++, index++) {
      const xUm = xPx * umPerPx
      const across = height(xUm, yUm)
      const along = xUm * alongX + yUm * alongY
      const looseness = 0.62 - 0.28 * noise.at(xUm / 160 + 3, yUm / 160 + 44)
      const bundles = noise.at(across / 7 + 90, along / 60)
      const fibres = noise.at(across / 2.1, along / 26 + 50)
      const cleft = smoothStep(looseness, looseness + 0.16, noise.at(across / 3.4 + 40, along / 42 + 17))
      const strength = kind.density * (1 + 0.3 * bundles + 0.26 * fibres + 0.16 * grain.at(xPx, yPx))
      canvas.eosin[index] = strength * (1 - 0.85 * cleft)
      canvas.hematoxylin[index] = 0.09 * (1 + 0.5 * bundles) * (1 - 0.8 * cleft)
      if (fat === null) continue
      const region = noise.rough((xUm + 4 * across) / 230, (yUm + across) / 230) - fatLevel
      if (region > 0) {
        const wall = fat.wallAt(xUm, yUm)
        canvas.mix(index, smoothStep(0, 0.02, region), 0.06 * wall, 0.62 * wall)
      }
    }
  }

  const direction: FibreDirection = (xUm, yUm) => {
    const stepX = height(xUm + 4, yUm) - height(xUm - 4, yUm)
    const stepY = height(xUm, yUm + 4) - height(xUm, yUm - 4)
    return turnsOf(stepY, -stepX)
  }
  const areaMm2 = canvas.widthUm * canvas.heightUm * 1e-6
  const scatter = (perMm2: number, paint: (xUm: number, yUm: number) => void) => {
    for (let cell = Math.round(perMm2 * areaMm2); cell > 0; cell--) {
      const xPx = generator.nextInteger(widthPx)
      const yPx = generator.nextInteger(heightPx)
      // Nothing lives in a cleft or in a drop of fat.
      if ((canvas.eosin[yPx * widthPx + xPx] ?? 0) > 0.2) paint(xPx * umPerPx, yPx * umPerPx)
    }
  }
  scatter(kind.fibroblastsPerMm2, (xUm, yUm) => {
    const turns = direction(xUm, yUm) + 0.02 * generator.nextNormal()
    paintNucleus(canvas, generator, nuclei.fibroblast, xUm, yUm, turns)
  })
  scatter(kind.lymphocytesPerMm2, (xUm, yUm) => {
    // They come in crowds: one is kept where the noise is high.
    if (noise.at(xUm / 70 + 19, yUm / 70 + 83) > 0.1) {
      paintNucleus(canvas, generator, nuclei.lymphocyte, xUm, yUm, generator.nextFloat())
    }
  })
  return direction
}

/** The direction of a vector, whole turns in -0.5..0.5; within 0.002, which no eye sees in a nucleus. */
export function turnsOf(x: number, y: number): number {
  const wide = Math.abs(x) >= Math.abs(y)
  const slope = wide ? y / (x === 0 ? 1e-9 : x) : x / y
  // Arc tangent on -1..1 in turns, by the rational approximation x / (1 + 0.28 x^2).
  const part = slope / (1 + 0.28 * slope * slope) / 6.283185307179586
  if (!wide) return (y > 0 ? 0.25 : -0.25) - part
  return x >= 0 ? part : part + (y >= 0 ? 0.5 : -0.5)
}

/** Fat cells: the cells of the plane nearest to one of many jittered points (Voronoi), with thin walls. */
class FatCells {
  readonly #pitchUm: number
  readonly #offsets: Float32Array

  constructor(generator: KeyedGenerator, pitchUm: number) {
    this.#pitchUm = pitchUm
    this.#offsets = Float32Array.from({ length: 64 * 64 * 2 }, () => generator.nextUniform(0.15, 0.85))
  }

  /** 1 on a wall, 0 inside a cell. */
  wallAt(xUm: number, yUm: number): number {
    const x = xUm / this.#pitchUm
    const y = yUm / this.#pitchUm
    const column = Math.floor(x)
    const row = Math.floor(y)
    let nearest = 9
    let second = 9
    for (let down = -1; down <= 1; down++) {
      for (let across = -1; across <= 1; across++) {
        const at = 2 * (((row + down) & 63) * 64 + ((column + across) & 63))
        const dx = column + across + (this.#offsets[at] ?? 0) - x
        const dy = row + down + (this.#offsets[at + 1] ?? 0) - y
        const square = dx * dx + dy * dy
        if (square < nearest) {
          second = nearest
          nearest = square
        } else if (square < second) second = square
      }
    }
    const gapUm = (Math.sqrt(second) - Math.sqrt(nearest)) * this.#pitchUm
    return 1 - smoothStep(0.8, 2.4, gapUm)
  }
}
