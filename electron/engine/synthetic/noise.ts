import type { KeyedGenerator } from '../random/index.ts'

const edge = 256
const mask = edge - 1

/** Smooth noise in -1..1 over the plane: random values on a lattice of unit cells, blended between them. */
export class ValueNoise {
  readonly #lattice: Float32Array

  constructor(generator: KeyedGenerator) {
    this.#lattice = Float32Array.from({ length: edge * edge }, () => generator.nextUint32() / 2 ** 31 - 1)
  }

  /** The noise at a place; it repeats after 256 cells. */
  at(x: number, y: number): number {
    const column = Math.floor(x)
    const row = Math.floor(y)
    const across = x - column
    const down = y - row
    const left = column & mask
    const right = (column + 1) & mask
    const top = (row & mask) * edge
    const bottom = ((row + 1) & mask) * edge
    const blendAcross = across * across * (3 - 2 * across)
    const blendDown = down * down * (3 - 2 * down)
    const lattice = this.#lattice
    const topLeft = lattice[top + left] ?? 0
    const bottomLeft = lattice[bottom + left] ?? 0
    const topValue = topLeft + blendAcross * ((lattice[top + right] ?? 0) - topLeft)
    const bottomValue = bottomLeft + blendAcross * ((lattice[bottom + right] ?? 0) - bottomLeft)
    return topValue + blendDown * (bottomValue - topValue)
  }

  /** Two octaves: the noise with half as much of twice its frequency, in about -1.5..1.5. */
  rough(x: number, y: number): number {
    return this.at(x, y) + 0.5 * this.at(2 * x + 31.7, 2 * y + 11.3)
  }
}

/** A square of grain that tiles the plane, in about -1..1: white noise blurred over 3 x 3 pixels. */
export class Grain {
  readonly #values: Float32Array

  constructor(generator: KeyedGenerator) {
    const white = Float32Array.from({ length: edge * edge }, () => generator.nextUint32() / 2 ** 31 - 1)
    this.#values = white.map((_, index) => {
      let sum = 0
      for (let down = -1; down <= 1; down++) {
        for (let across = -1; across <= 1; across++) {
          const row = ((index >> 8) + down) & mask
          sum += white[row * edge + ((index + across) & mask)] ?? 0
        }
      }
      return sum / 4
    })
  }

  at(xPx: number, yPx: number): number {
    return this.#values[(yPx & mask) * edge + (xPx & mask)] ?? 0
  }
}
