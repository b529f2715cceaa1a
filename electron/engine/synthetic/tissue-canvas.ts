import { Grain, ValueNoise } from './noise.ts'
import { unitVector } from './portable-math.ts'
import type { KeyedGenerator } from '../random/index.ts'

/** An ellipse with an uneven outline; lengths in um. Everything painted is made of these. */
export interface Blob {
  xUm: number
  yUm: number
  radiusUm: number
  otherRadiusUm: number
  /** Direction of the first radius, whole turns. */
  turns: number
  /** How far the outline strays from the ellipse, as a share of the radius. */
  roughness: number
  /** How many bays the outline has, about. */
  lobes: number
  /** Which part of the noise shapes the outline. */
  variant: number
}

/** The two stains of a field, as concentrations of unit stain vectors, and the means to paint them. */
export class TissueCanvas {
  readonly hematoxylin: Float32Array
  readonly eosin: Float32Array
  readonly widthPx: number
  readonly heightPx: number
  readonly widthUm: number
  readonly heightUm: number
  readonly umPerPx: number
  readonly noise: ValueNoise
  readonly grain: Grain

  constructor(widthPx: number, heightPx: number, umPerPx: number, generator: KeyedGenerator) {
    this.widthPx = widthPx
    this.heightPx = heightPx
    this.umPerPx = umPerPx
    this.widthUm = widthPx * umPerPx
    this.heightUm = heightPx * umPerPx
    this.hematoxylin = new Float32Array(widthPx * heightPx)
    this.eosin = new Float32Array(widthPx * heightPx)
    this.noise = new ValueNoise(generator)
    this.grain = new Grain(generator)
  }

  /** Moves a pixel's stains towards the given ones by `share` (0..1). */
  mix(index: number, share: number, hematoxylin: number, eosin: number): void {
    const oldHematoxylin = this.hematoxylin[index] ?? 0
    const oldEosin = this.eosin[index] ?? 0
    this.hematoxylin[index] = oldHematoxylin + share * (hematoxylin - oldHematoxylin)
    this.eosin[index] = oldEosin + share * (eosin - oldEosin)
  }

  /** The unevenness of cytoplasm and of dead matter, about -1..1: clouds of a few pixels, and grain. */
  mottle(xPx: number, yPx: number): number {
    return 0.6 * this.noise.at(xPx / 4.7 + 0.5, yPx / 4.7 + 0.5) + 0.8 * this.grain.at(xPx, yPx)
  }

  /** The distance of an outline from the blob's centre, in its ellipse's radii, in a direction of the ellipse. */
  outline(blob: Blob, directionX: number, directionY: number): number {
    const { lobes, variant, roughness } = blob
    return 1 + roughness * this.noise.rough(variant + lobes * directionX, 3.1 * variant + lobes * directionY)
  }

  /** The place at `rho` of the outline's distance, in a direction of the ellipse. */
  pointOf(blob: Blob, directionX: number, directionY: number, rho: number): [number, number] {
    const [cosine, sine] = unitVector(blob.turns)
    const far = rho * this.outline(blob, directionX, directionY)
    const u = directionX * blob.radiusUm * far
    const v = directionY * blob.otherRadiusUm * far
    return [blob.xUm + u * cosine - v * sine, blob.yUm + u * sine + v * cosine]
  }

  /** Visits every pixel of a blob up to `limit` times its outline; rho is 0 in the centre, 1 on the outline. */
  eachInside(
    blob: Blob,
    limit: number,
    visit: (index: number, rho: number, xPx: number, yPx: number) => void,
  ): void {
    const { umPerPx, widthPx, heightPx } = this
    const [cosine, sine] = unitVector(blob.turns)
    const bound = limit * (1 + 1.5 * blob.roughness)
    const reachPx = (Math.max(blob.radiusUm, blob.otherRadiusUm) * bound) / umPerPx
    const xPx0 = blob.xUm / umPerPx - 0.5
    const yPx0 = blob.yUm / umPerPx - 0.5
    const left = Math.max(0, Math.ceil(xPx0 - reachPx))
    const right = Math.min(widthPx - 1, Math.floor(xPx0 + reachPx))
    const top = Math.max(0, Math.ceil(yPx0 - reachPx))
    const bottom = Math.min(heightPx - 1, Math.floor(yPx0 + reachPx))
    const boundSquare = bound * bound
    for (let yPx = top; yPx <= bottom; yPx++) {
      const down = (yPx - yPx0) * umPerPx
      for (let xPx = left; xPx <= right; xPx++) {
        const across = (xPx - xPx0) * umPerPx
        const u = (across * cosine + down * sine) / blob.radiusUm
        const v = (down * cosine - across * sine) / blob.otherRadiusUm
        const square = u * u + v * v
        if (square > boundSquare) continue
        const distance = Math.sqrt(square)
        const toUnit = distance > 1e-6 ? 1 / distance : 0
        const rho = blob.roughness === 0 ? distance : distance / this.outline(blob, u * toUnit, v * toUnit)
        if (rho <= limit) visit(yPx * widthPx + xPx, rho, xPx, yPx)
      }
    }
  }
}

/** 0 below `low`, 1 above `high`, smooth between. */
export function smoothStep(low: number, high: number, value: number): number {
  const share = Math.min(1, Math.max(0, (value - low) / (high - low)))
  return share * share * (3 - 2 * share)
}
