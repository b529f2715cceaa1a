import { AppError, usualUnit, type CallOutput } from '../../contract/index.ts'
import type { EstimatedBlocks } from '../../engine/shards/estimate-blocks.ts'
import { toImageFile } from '../../engine/image/image-file.ts'
import { getImage } from '../../store/index.ts'
import { timedEdgePx } from '../encoders/encoding-work.ts'
import type { ModelServices } from '../predictions/load-model-for-prediction.ts'
import { drawnTissue, tissueRequest } from '../slides/drawn-tissue.ts'
import { loadSlideModel } from '../slides/load-slide-model.ts'

/** Slides that are opened for an estimate: each takes seconds. */
const maxOpened = 5

/**
 * Estimates an analysis of slides from the first of them, in the order of content hashes, which is as good as chance.
 * @throws AppError `slide.pixel-size-unknown`, those of loadSlideModel, and those of a slide that cannot be opened
 */
export async function estimateSlides(
  {
    imageIds,
    model: name,
    strideUm,
  }: { readonly imageIds: readonly number[]; readonly model: string; readonly strideUm: number },
  services: ModelServices,
): Promise<CallOutput<'shard.estimateSlides'>> {
  const { compute, homeDirectory, workspace } = services
  const { database } = workspace
  const { model } = await loadSlideModel(name, services)
  const { recipe, scheme } = model
  const slides = imageIds
    .map((imageId) => getImage(database, imageId))
    .toSorted((a, b) => (a.sha256 < b.sha256 ? -1 : 1))
  const opened: EstimatedBlocks[] = []
  for (const image of slides.slice(0, maxOpened)) {
    const { pixelSizeUm, path } = image
    if (pixelSizeUm === null) throw new AppError('slide.pixel-size-unknown', { path })
    const subject = {
      image: { ...toImageFile(image), pixelSizeUm },
      tissue: tissueRequest(image, drawnTissue(database, image, null)),
      ...{ recipe, homeDirectory, strideUm, isPositive: scheme.map((c) => c.isPositive), threshold: 0 },
      ...{ boosters: [], reference: null, heldOutFold: null, region: null, effort: 'fixed' as const },
    }
    opened.push(await compute.run('estimateBlocks', subject))
  }
  const mean = (of: (one: EstimatedBlocks) => number): number =>
    opened.reduce((sum, one) => sum + of(one), 0) / opened.length
  const all = (of: (one: EstimatedBlocks) => number): number => mean(of) * slides.length
  return {
    model: model.name,
    slides: slides.length,
    opened: opened.length,
    unit: usualUnit(slides.length),
    places: all(({ places }) => places),
    blocks: all(({ blocks }) => blocks),
    openMs: mean(({ openMs }) => openMs),
    encoders: recipe.encoders.map((encoder) => ({
      encoder,
      images: slides.length,
      crops400: all(({ work }) => work.find((one) => one.encoder === encoder)?.px ?? 0) / timedEdgePx ** 2,
    })),
  }
}
