import type { RegionGeometry, RegionPoint } from '../../../electron/contract/index.ts'
import { boxBetween, type ImagePoint } from './region-shapes.ts'

/** A line is drawn by the ruler. */
export type PenKind = RegionGeometry['kind']

/** Draws a region corner by corner: with the pointer, or by a key at the cross in the middle of the view. */
export class RegionPen {
  #kind = $state<PenKind | null>(null)
  #corners = $state.raw<readonly ImagePoint[]>([])
  /** Where the next corner would be set. */
  #tip = $state.raw<ImagePoint | null>(null)
  /** Receives the finished region. */
  onDone: ((geometry: RegionGeometry) => void) | null = null

  get kind(): PenKind | null {
    return this.#kind
  }

  get isOn(): boolean {
    return this.#kind !== null
  }

  get isDrawing(): boolean {
    return this.#corners.length > 0
  }

  /** Whether the end of a drag sets a corner too. */
  get endsDrag(): boolean {
    return this.#kind === 'rectangle' || this.#kind === 'line'
  }

  /** The corners that are set, and the possible next one. */
  get outline(): readonly ImagePoint[] {
    const { kind } = this
    const [first] = this.#corners
    const tip = this.#tip
    if (first === undefined || tip === null) return this.#corners
    if (kind !== 'rectangle') return [...this.#corners, tip]
    return [first, { x: tip.x, y: first.y }, tip, { x: first.x, y: tip.y }, first]
  }

  get corners(): readonly ImagePoint[] {
    return this.#corners
  }

  /** Activates the pen for a kind of region, or deactivates it if that kind is active. */
  toggle(kind: PenKind): void {
    this.#kind = this.#kind === kind ? null : kind
    this.#discard()
  }

  deactivate(): void {
    this.#kind = null
    this.#discard()
  }

  /** Prepares for another image: discards an unfinished region, and deactivates every pen except the ruler. */
  prepareForImage(): void {
    if (this.#kind === 'line') this.#discard()
    else this.deactivate()
  }

  /** Sets a corner. @param nearPx distance from the first corner of a polygon within which the outline is closed */
  setCorner(point: ImagePoint, nearPx: number): void {
    switch (this.#kind) {
      case null:
        return
      case 'point':
        this.#finish({ kind: 'point', points: [[point.x, point.y]] })
        return
      case 'rectangle': {
        const [first] = this.#corners
        if (first === undefined) this.#add(point)
        // A smaller rectangle is not intended: it is the second press of a double click.
        else if (Math.abs(first.x - point.x) > nearPx / 4 && Math.abs(first.y - point.y) > nearPx / 4) {
          this.#finish(boxBetween(first, point))
        }
        return
      }
      case 'line': {
        const [first] = this.#corners
        if (first === undefined) this.#add(point)
        // As with rectangles, a double click does not draw a line.
        else if (distance(first, point) > nearPx / 4) {
          const ends: RegionPoint[] = [
            [first.x, first.y],
            [point.x, point.y],
          ]
          this.#finish({ kind: 'line', points: ends })
        }
        return
      }
      case 'polygon': {
        const [first] = this.#corners
        const last = this.#corners.at(-1)
        const isClosing = first !== undefined && this.#corners.length >= 3 && distance(first, point) <= nearPx
        if (isClosing) this.close()
        else if (last === undefined || distance(last, point) > nearPx / 4) this.#add(point)
      }
    }
  }

  /** Shows where the next corner would be. */
  follow(point: ImagePoint): void {
    if (this.isDrawing) this.#tip = point
  }

  /** Joins the last corner of a polygon to the first one; needs three. */
  close(): void {
    if (this.#kind !== 'polygon' || this.#corners.length < 3) return
    const ring = this.#corners.map(({ x, y }): RegionPoint => [x, y])
    this.#finish({ kind: 'polygon', parts: [[ring]] })
  }

  /** Removes the last corner. False: there is none. */
  removeCorner(): boolean {
    if (!this.isDrawing) return false
    this.#corners = this.#corners.slice(0, -1)
    return true
  }

  /** Discards the unfinished region; without one, deactivates the pen. False: there was neither. */
  escape(): boolean {
    if (this.isDrawing) this.#discard()
    else if (this.isOn) this.deactivate()
    else return false
    return true
  }

  #add(point: ImagePoint): void {
    this.#corners = [...this.#corners, point]
    this.#tip = point
  }

  #discard(): void {
    this.#corners = []
    this.#tip = null
  }

  #finish(geometry: RegionGeometry): void {
    this.#discard()
    this.onDone?.(geometry)
  }
}

const distance = (a: ImagePoint, b: ImagePoint): number => Math.hypot(a.x - b.x, a.y - b.y)
