import { at } from '../../base/arrays.ts'
import type { RegionGeometry } from '../../contract/index.ts'
import { extentOf } from '../regions/geometry.ts'
import { partsOf } from '../regions/parts-of.ts'
import { boxOf } from '../regions/rings.ts'
import { shareInside } from './square-share.ts'

/** Fields of one region at most, so that a huge region does not outweigh all others. */
export const maxFieldsPerRegion = 16
/** Of a field, inside its region. */
const minShareInside = 0.5
/** Squares of a region that are looked at. */
const maxSquares = 1024
/** A square that a reader saw as a place has the edge of a crop, rounded. */
const edgeTolerance = 1e-3
/** Fields that share at least this part of their square show the same tissue. */
const sameTissueShare = 0.5

/** A region with a class: a rectangle or a polygon. */
export interface LabelledRegion {
  readonly id: number
  /** The reader of the newest change. */
  readonly reader: string
  readonly className: string
  readonly geometry: RegionGeometry
}

/** The centre of a training field, whole pixels of the full-resolution image. */
export interface FieldCentre {
  readonly x: number
  readonly y: number
}

export interface PlannedFields {
  /** Regions with a field, in the given order. */
  readonly regions: readonly { readonly region: LabelledRegion; readonly fields: readonly FieldCentre[] }[]
  /** Regions without one: they have no square that is covered, or other regions cover theirs. */
  readonly without: readonly LabelledRegion[]
}

interface ImageSize {
  readonly widthPx: number
  readonly heightPx: number
}

/**
 * The training fields of an image's regions (docs/regions.md): squares on a grid in the middle of each region, at least half inside
 * it; where none is, the square that the region covers most. Of more than `maxFieldsPerRegion` these many are used,
 * evenly spread in the order of rows.
 *
 * Tissue counts once. Where fields of two regions share half of their square or more and have different classes, that of the larger
 * region is left out, if one reader drew both, and otherwise both; of those that remain and have the same class, that of the later region.
 * @param edgePx of the smallest crop, pixels of the full-resolution image
 */
export function planFields(
  regions: readonly LabelledRegion[],
  image: ImageSize,
  edgePx: number,
): PlannedFields {
  const own = regions.map(({ geometry }) => fieldsOf(geometry, image, edgePx))
  const dropped = sharedTissue(regions, own, edgePx)
  const planned = regions.map((region, index) => ({
    region,
    fields: (own[index] ?? []).filter((field) => !dropped.has(field)),
  }))
  return {
    regions: planned.filter(({ fields }) => fields.length > 0),
    without: planned.filter(({ fields }) => fields.length === 0).map(({ region }) => region),
  }
}

/** The fields of one region by itself. */
function fieldsOf(geometry: RegionGeometry, image: ImageSize, edgePx: number): FieldCentre[] {
  const points = partsOf(geometry).flatMap(([outline = []]) => outline)
  if (points.length === 0) return []
  const box = boxOf(points)
  const squaresAlong = (lengthPx: number): number =>
    Math.max(1, Math.floor(lengthPx / edgePx + edgeTolerance))
  const [columns, rows] = [squaresAlong(box.right - box.left), squaresAlong(box.bottom - box.top)]
  let step = 1
  while (Math.ceil(columns / step) * Math.ceil(rows / step) > maxSquares) step++
  const across = centresAlong(box.left, box.right, Math.ceil(columns / step), step * edgePx)
  const down = centresAlong(box.top, box.bottom, Math.ceil(rows / step), step * edgePx)
  const squares = down
    .flatMap((y) =>
      across.map((x) => ({
        x: inside(x, edgePx, image.widthPx),
        y: inside(y, edgePx, image.heightPx),
      })),
    )
    .map((centre) => ({ centre, share: shareInside(geometry, { ...centre, edgePx }) }))
  const covered = squares.filter(({ share }) => share >= minShareInside - edgeTolerance)
  if (covered.length === 0) {
    const best = squares.reduce((most, square) => (square.share > most.share ? square : most))
    return best.share > 0 ? [best.centre] : []
  }
  const count = Math.min(maxFieldsPerRegion, covered.length)
  return Array.from(
    { length: count },
    (_, index) => at(covered, Math.floor(((index + 0.5) * covered.length) / count)).centre,
  )
}

/** `count` centres, `stepPx` apart, in the middle of a side. */
const centresAlong = (from: number, to: number, count: number, stepPx: number): number[] =>
  Array.from({ length: count }, (_, index) => (from + to) / 2 + (index - (count - 1) / 2) * stepPx)

/** A centre moved so far that its square is inside the image, or in the middle of an image that is smaller. */
const inside = (centre: number, edgePx: number, imagePx: number): number =>
  Math.round(imagePx <= edgePx ? imagePx / 2 : Math.max(edgePx / 2, Math.min(imagePx - edgePx / 2, centre)))

interface PlacedField {
  readonly field: FieldCentre
  readonly region: LabelledRegion
  /** Of the region. */
  readonly areaPx: number
  isDropped: boolean
}

/** The fields that are left out because another region's field shows the same tissue. */
function sharedTissue(
  regions: readonly LabelledRegion[],
  own: readonly (readonly FieldCentre[])[],
  edgePx: number,
): Set<FieldCentre> {
  const placed = regions.flatMap((region, index) => {
    const areaPx = extentOf(region.geometry, null)?.areaPx ?? 0
    return (own[index] ?? []).map((field): PlacedField => ({ field, region, areaPx, isDropped: false }))
  })
  // All differences first, since a field that is left out for one must not hide another.
  dropDifferences(placed, edgePx)
  dropRepeats(placed, edgePx)
  return new Set(placed.flatMap(({ field, isDropped }) => (isDropped ? field : [])))
}

/** Drops fields whose tissue has another class in another region: of the larger region if one reader drew both, otherwise both. */
function dropDifferences(placed: readonly PlacedField[], edgePx: number): void {
  const byClass = new Map<string, FieldCells>()
  for (const one of placed) {
    const { className, reader } = one.region
    const others = [...byClass].flatMap(([other, cells]) => (other === className ? [] : cells.around(one)))
    for (const cell of others) {
      for (const other of cell) {
        if ((one.isDropped && other.isDropped) || !isShared(one.field, other.field, edgePx)) continue
        const isOneReader = other.region.reader === reader
        one.isDropped ||= !isOneReader || one.areaPx >= other.areaPx
        other.isDropped ||= !isOneReader || other.areaPx >= one.areaPx
      }
    }
    cellsOf(byClass, className, edgePx).add(one)
  }
}

/** Of fields of several regions of a class that show the same tissue, drops all but the first. */
function dropRepeats(placed: readonly PlacedField[], edgePx: number): void {
  const byClass = new Map<string, FieldCells>()
  for (const one of placed) {
    if (one.isDropped) continue
    const cells = cellsOf(byClass, one.region.className, edgePx)
    one.isDropped = cells
      .around(one)
      .some((cell) =>
        cell.some(({ region, field }) => region !== one.region && isShared(one.field, field, edgePx)),
      )
    // It is not compared with later ones: thousands of small regions in one place leave few.
    if (!one.isDropped) cells.add(one)
  }
}

/** Fields in squares of this edge, so that each is compared with those around it only. */
class FieldCells {
  readonly #cells = new Map<string, PlacedField[]>()
  readonly #edgePx: number

  constructor(edgePx: number) {
    this.#edgePx = edgePx
  }

  add(one: PlacedField): void {
    const key = this.#keyOf(one.field, [0, 0])
    const cell = this.#cells.get(key)
    if (cell === undefined) this.#cells.set(key, [one])
    else cell.push(one)
  }

  /** The fields of each square around. */
  around({ field }: PlacedField): PlacedField[][] {
    return neighbours.map((step) => this.#cells.get(this.#keyOf(field, step)) ?? [])
  }

  #keyOf({ x, y }: FieldCentre, [down, right]: readonly [number, number]): string {
    return `${Math.floor(x / this.#edgePx) + right} ${Math.floor(y / this.#edgePx) + down}`
  }
}

function cellsOf(byClass: Map<string, FieldCells>, className: string, edgePx: number): FieldCells {
  const cells = byClass.get(className) ?? new FieldCells(edgePx)
  byClass.set(className, cells)
  return cells
}

const neighbours = [-1, 0, 1].flatMap((down) => [-1, 0, 1].map((right) => [down, right] as const))

/** Whether two squares with this edge have at least half of their area in common. */
const isShared = (a: FieldCentre, b: FieldCentre, edgePx: number): boolean =>
  Math.max(0, 1 - Math.abs(a.x - b.x) / edgePx) * Math.max(0, 1 - Math.abs(a.y - b.y) / edgePx) >=
  sameTissueShare
