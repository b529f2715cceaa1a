import { at } from '../../base/arrays.ts'
import { isBuiltIn, type BuiltInEncoder, type Recipe, type SlideGrid } from '../../contract/index.ts'
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

/** All networks of Lobule have maps with cells of 32 pixels, so a tile from a multiple on has the cells of the slide. */
export const latticePx = 32
/** How a network takes tiles of a slide. */
export interface TileLimits {
  /**
   * Tissue on each side of the windows: what a descriptor depends on around them. Measured (docs/slides.md): with this much,
   * a descriptor has a cosine of more than 0.9999 with the one that has 416 pixels around it.
   */
  readonly contextPx: number
  readonly maxWidthPx: number
  /**
   * Of a tile that needs less than 500 MB: the maps of early layers are the largest. EfficientNet-Lite0 has a larger one, since the
   * addon makes those maps in strips (bottleneck_chain.h).
   */
  readonly maxPx: number
  /** Of a block (plan-blocks.ts): at least what a tile may hold where places are near. What a stop loses grows with it. */
  readonly maxPlaces: number
}

const tileLimits: Readonly<Record<BuiltInEncoder, TileLimits>> = {
  efficientnetlite0: { contextPx: 256, maxWidthPx: 4096, maxPx: 3840 * 5120, maxPlaces: 1024 },
  resnet50: { contextPx: 128, maxWidthPx: 2048, maxPx: 1536 * 1536, maxPlaces: 256 },
  inceptionv3: { contextPx: 256, maxWidthPx: 2048, maxPx: 1536 * 1536, maxPlaces: 256 },
  vgg16: { contextPx: 128, maxWidthPx: 2048, maxPx: 1536 * 1536, maxPlaces: 256 },
}
/** What a lab's own network sees is not known. */
const ownLimits: TileLimits = { contextPx: 256, maxWidthPx: 2048, maxPx: 1536 * 1536, maxPlaces: 256 }

/** Of tiles that all encoders of a recipe take; those that take no tiles see nothing around a place. */
export function limitsOf(encoders: readonly OpenEncoder[], recipe: Recipe): TileLimits {
  const limits = encoders.map((encoder) => {
    const { name } = encoder.model
    const own = isBuiltIn(name) ? tileLimits[name] : ownLimits
    return isDense(encoder, recipe) ? own : { ...own, contextPx: 0 }
  })
  return {
    contextPx: Math.max(...limits.map(({ contextPx }) => contextPx)),
    maxWidthPx: Math.min(...limits.map(({ maxWidthPx }) => maxWidthPx)),
    maxPx: Math.min(...limits.map(({ maxPx }) => maxPx)),
    maxPlaces: Math.min(...limits.map(({ maxPlaces }) => maxPlaces)),
  }
}

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
export function windowOf(
  { cropPx, image }: SlideScale,
  centres: readonly Centre[],
  contextPx: number,
): ScaledWindow {
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

/** An edge in whole cells of the lattice, a crop at least. */
export const latticeEdge = (px: number, cropPx: number): number =>
  Math.max(cropPx, Math.ceil(px / latticePx) * latticePx)

/** A raster mirrored to whole cells of the lattice, as it may end with the slide. */
export const toLattice = (raster: Raster, cropPx: number): Raster =>
  extendByMirroring(raster, latticeEdge(raster.widthPx, cropPx), latticeEdge(raster.heightPx, cropPx))
