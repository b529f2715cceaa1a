import { at } from '../../base/arrays.ts'
import type { Recipe, SlideGrid } from '../../contract/index.ts'
import type { Centre } from '../prediction/describe-squares.ts'
import { factsOf, type OpenEncoder } from '../encoders/index.ts'
import {
  extendByMirroring,
  workingScale,
  type Raster,
  type ScaledPicture,
  type ScaledWindow,
} from '../image/index.ts'

/** A scale of the recipe, and what is encoded at it. */
export interface SlideScale {
  /** Of the image in its file. */
  readonly scale: number
  /** Indices into `recipe.crops.sets`. */
  readonly cropSets: readonly number[]
  /** The largest of its crops. */
  readonly cropPx: number
  /** Of the slide at this scale. */
  readonly image: { readonly widthPx: number; readonly heightPx: number }
}

/** Tissue on each side of the windows of a dense tile: what a network's descriptor of a window sees around it, mostly. */
const contextPx = 128
/** All networks of Lobule have maps with cells of 32 pixels, so a tile from a multiple on has the cells of the slide. */
export const latticePx = 32
/** Edge of a tile that a network takes at once: its maps and what it computes between have some 100 bytes a pixel. */
const maxTilePx = 2048
/** Where a network gives maps of early layers too, or is a lab's own and may compare all parts of a tile. */
const maxWideTilePx = 1280

export const scalesOf = (recipe: Recipe, pixelSizeUm: number, picture: ScaledPicture): SlideScale[] =>
  [
    ...Map.groupBy(recipe.crops.sets.keys(), (index) =>
      workingScale(at(recipe.crops.sets, index), pixelSizeUm),
    ),
  ].map(([scale, cropSets]) => ({
    scale,
    cropSets,
    cropPx: Math.max(...cropSets.map((index) => at(recipe.crops.sets, index).sizePx)),
    image: picture.sizeAt(scale),
  }))

/** Whether an encoder takes whole tiles. */
export const isDense = (encoder: OpenEncoder, recipe: Recipe): boolean =>
  recipe.mode !== 'tiles' && factsOf(encoder.model).isDense

/** The number of neighbouring places along the edge of a tile that all encoders can take at all scales; 1 or more. */
export function placesAlongTile(
  scales: readonly SlideScale[],
  strideUm: number,
  pixelSizeUm: number,
  encoders: readonly OpenEncoder[],
): number {
  const isWide = ({ model }: OpenEncoder): boolean =>
    'manifest' in model || model.architecture.taps.length > 1
  const edgePx = encoders.some(isWide) ? maxWideTilePx : maxTilePx
  const counts = scales.map(({ scale, cropPx }) => {
    const strideHere = (strideUm / pixelSizeUm) * scale
    return 1 + Math.floor((edgePx - latticePx - 2 * contextPx - cropPx) / strideHere)
  })
  return Math.max(1, Math.min(...counts))
}

/** The centres of places at a scale. */
export function centresOf(
  { scale }: Pick<SlideScale, 'scale'>,
  { columns, strideUm, placeUm }: SlideGrid,
  cells: readonly number[],
  pixelSizeUm: number,
): Centre[] {
  const position = (index: number): number => ((index * strideUm + placeUm / 2) / pixelSizeUm) * scale
  return cells.map((cell) => ({ x: position(cell % columns), y: position(Math.floor(cell / columns)) }))
}

/**
 * The window of the slide that places are encoded from: the largest crops around their centres and what a network sees around
 * them, from and to multiples of the lattice as far as the slide reaches. A slide that is smaller than a crop is whole in it.
 */
export function windowOf({ cropPx, image }: SlideScale, centres: readonly Centre[]): ScaledWindow {
  const reach = cropPx / 2 + contextPx
  const along = (positions: readonly number[], edgePx: number): { first: number; last: number } => {
    // A tile at the edge is moved inside the slide (`encodeTiles`).
    const first = Math.max(0, Math.min(Math.min(...positions) - reach, edgePx - cropPx))
    const last = Math.max(Math.max(...positions) + reach, cropPx)
    return {
      first: Math.floor(first / latticePx) * latticePx,
      last: Math.min(edgePx, Math.ceil(last / latticePx) * latticePx),
    }
  }
  const across = along(
    centres.map(({ x }) => x),
    image.widthPx,
  )
  const down = along(
    centres.map(({ y }) => y),
    image.heightPx,
  )
  return {
    left: across.first,
    top: down.first,
    widthPx: across.last - across.first,
    heightPx: down.last - down.first,
  }
}

/** A raster mirrored to whole cells of the lattice, and to a crop at least, as it may end with the slide. */
export const toLattice = (raster: Raster, cropPx: number): Raster => {
  const edge = (px: number): number => Math.max(cropPx, Math.ceil(px / latticePx) * latticePx)
  return extendByMirroring(raster, edge(raster.widthPx), edge(raster.heightPx))
}
