import { at } from '../../base/arrays.ts'
import type { Recipe } from '../../contract/index.ts'
import { cutCrop, upright } from '../crops/index.ts'
import { prepareFrames, type Frame } from '../descriptors/prepare-frames.ts'
import {
  decodeImageFile,
  extendByMirroring,
  requireSameContent,
  ScaledPicture,
  workingScale,
  type ImageFile,
} from '../image/index.ts'
import { placeEdgeUm, planPlaces } from '../slides/plan-places.ts'
import { scalesOf } from '../slides/slide-scales.ts'
import { SlideStain } from '../slides/slide-stain.ts'
import type { TissueMask } from '../tissue/tissue-mask.ts'
import type { FieldCentre } from './plan-fields.ts'

/**
 * Cuts a training field: for each crop set the square of its crop around the centre, moved so far that it is inside the image,
 * at the working scale and in the colours of the recipe's reference. An image that is smaller is mirrored.
 */
export type CutField = (centre: FieldCentre) => Promise<Frame[]>

/** Where a square around a position begins, on an axis of an image at its working scale. */
const startOf = (middle: number, sizePx: number, imagePx: number): number =>
  Math.max(0, Math.min(imagePx - sizePx, Math.round(middle - sizePx / 2)))

/**
 * Fields of an image that is decoded as a whole: in the colours that the image has when it is described as a whole.
 * @throws AppError the codes of decodeImageFile and prepareFrames
 */
export async function cutterOfImage(
  image: ImageFile,
  recipe: Recipe,
  signal?: AbortSignal,
): Promise<CutField> {
  const { sets } = recipe.crops
  const raster = await decodeImageFile(image, { colour: recipe.colour, signal })
  const { frames } = prepareFrames(raster, image.pixelSizeUm, recipe)
  return ({ x, y }) =>
    Promise.resolve(
      frames.flatMap(({ raster, cropSets }) =>
        cropSets.map((cropSet): Frame => {
          const set = at(sets, cropSet)
          const { sizePx } = set
          const scale = workingScale(set, image.pixelSizeUm)
          const place = {
            left: startOf(x * scale, sizePx, raster.widthPx),
            top: startOf(y * scale, sizePx, raster.heightPx),
          }
          return { raster: cutCrop(raster, { ...place, sizePx, ...upright }), cropSets: [cropSet] }
        }),
      ),
    )
}

/**
 * Fields of a slide, read one by one from its pyramid: in the colours that an analysis gives the slide.
 * @throws AppError `image.file-changed`, `slide.too-many-places`, the codes of openPicture and readRegion
 */
export async function cutterOfSlide(
  image: ImageFile & { readonly pixelSizeUm: number },
  mask: TissueMask,
  recipe: Recipe,
): Promise<CutField> {
  await requireSameContent(image)
  const { pixelSizeUm } = image
  const picture = await ScaledPicture.open(image, recipe.colour)
  const scales = scalesOf(recipe, pixelSizeUm, picture)
  const placeUm = placeEdgeUm(recipe.crops.sets, pixelSizeUm)
  const slide = { ...picture.size, pixelSizeUm }
  const everywhere = planPlaces({ slide, placeUm, strideUm: placeUm, mask, region: null })
  const stain = await SlideStain.fit(picture, everywhere, at(scales, 0), recipe, pixelSizeUm)
  return async ({ x, y }) => {
    const frames: Frame[] = []
    for (const { scale, cropSets, image: scaled } of scales) {
      for (const cropSet of cropSets) {
        const { sizePx } = at(recipe.crops.sets, cropSet)
        const square = await picture.read(scale, {
          left: startOf(x * scale, sizePx, scaled.widthPx),
          top: startOf(y * scale, sizePx, scaled.heightPx),
          widthPx: Math.min(sizePx, scaled.widthPx),
          heightPx: Math.min(sizePx, scaled.heightPx),
        })
        stain.normalize(square)
        frames.push({ raster: extendByMirroring(square, sizePx, sizePx), cropSets: [cropSet] })
      }
    }
    return frames
  }
}
