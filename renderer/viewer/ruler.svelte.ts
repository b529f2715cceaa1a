import { formatNumber } from '../app/format.ts'

/** A place in the image, in its pixels. */
export interface ImagePoint {
  x: number
  y: number
}

export interface Measurement {
  id: number
  from: ImagePoint
  to: ImagePoint
}

/** A length in words: um, from a millimetre on mm; pixels where the pixel size is unknown. */
export function lengthOf({ from, to }: Measurement, pixelSizeUm: number | null): string {
  const lengthPx = Math.hypot(to.x - from.x, to.y - from.y)
  if (pixelSizeUm === null) return `${formatNumber(lengthPx)} px`
  const lengthUm = lengthPx * pixelSizeUm
  return lengthUm >= 1000 ? `${formatNumber(lengthUm / 1000)} mm` : `${formatNumber(lengthUm)} µm`
}

/** Lengths in one image, each from a first point to a second one. */
export class Ruler {
  #isOn = $state(false)
  #done = $state.raw<readonly Measurement[]>([])
  #draft = $state.raw<Measurement | null>(null)
  #nextId = 1

  get isOn(): boolean {
    return this.#isOn
  }

  /** With the one under way, last. */
  get measurements(): readonly Measurement[] {
    return this.#draft === null ? this.#done : [...this.#done, this.#draft]
  }

  /** The end of a drag sets the second point. */
  readonly endsDrag = true

  get isDrawing(): boolean {
    return this.#draft !== null
  }

  /** The last one that has both points. */
  get last(): Measurement | null {
    return this.#done.at(-1) ?? null
  }

  toggle(): void {
    this.#isOn = !this.#isOn
    this.#draft = null
  }

  /** Sets the first point, or the second one of the measurement under way. */
  drop(point: ImagePoint): void {
    if (this.#draft === null) {
      this.#draft = { id: this.#nextId++, from: point, to: point }
      return
    }
    this.#done = [...this.#done, { ...this.#draft, to: point }]
    this.#draft = null
  }

  /** Moves the second point of the measurement under way. */
  follow(point: ImagePoint): void {
    if (this.#draft !== null) this.#draft = { ...this.#draft, to: point }
  }

  /** Takes back the first step that is there: the one under way, all that were made, the ruler. */
  escape(): boolean {
    if (this.#draft !== null) this.#draft = null
    else if (this.#done.length > 0) this.#done = []
    else if (this.#isOn) this.#isOn = false
    else return false
    return true
  }

  clear(): void {
    this.#done = []
    this.#draft = null
  }
}
