import { AppError } from './errors.ts'
import { acceptsSize, nearestSize } from './encoder-manifest.ts'
import { isBuiltIn } from './encoder-names.ts'
import type { EncoderView, OwnEncoderView } from './encoders.ts'
import { recipes, type CropSet, type Recipe } from './recipe.ts'

/** Pixel size of the reference images, um (docs/pipeline.md, section 1). */
const referencePixelSizeUm = 0.42
/** Edge of tiles where the network leaves a choice, and of windows in mode dense. */
const tilePx = 224
const windowPx = 448
/** Smallest largest size at which a field of today passes as a whole. */
const wholeFieldPx = 2048

/**
 * The recipe made for an encoder of one's own, under its name: its own size and pixel size, no stain step and one augmentation
 * unless it wants them, and logistic regression. Evidence is in docs/own-encoder.md.
 */
export function ownRecipe(own: OwnEncoderView): Recipe {
  const { encoder, size, isDense, pixelSizeUm, stain, augmentations } = own
  const mayPassWhole = isDense && !('fixedPx' in size) && size.maxPx >= wholeFieldPx
  const set: CropSet = {
    sizePx: nearestSize(size, mayPassWhole ? windowPx : tilePx),
    workingPixelSizeUm: pixelSizeUm,
    scale: pixelSizeUm === null ? 1 : referencePixelSizeUm / pixelSizeUm,
  }
  const { standard } = recipes
  return {
    ...standard,
    name: encoder.name,
    ...(stain === 'none' ? { stainStep: 'none' } : {}),
    augmentation: { ...standard.augmentation, count: augmentations, firstIsIdentity: true },
    crops: { sets: [set], count: 20 },
    encoders: [encoder.name],
    own: [encoder],
    mode: mayPassWhole ? 'dense' : 'tiles',
    folds: 5,
    seeds: 1,
    classifier: 'logistic',
  }
}

type Installed = Pick<EncoderView, 'name' | 'source' | 'own'>

/** The named recipes, and one for each installed encoder of one's own. */
export const recipesWith = (installed: readonly Installed[]): Readonly<Record<string, Recipe>> => ({
  ...recipes,
  ...Object.fromEntries(
    installed.flatMap(({ name, source, own }) =>
      own && source !== 'missing' ? [[name, ownRecipe(own)] as const] : [],
    ),
  ),
})

/**
 * A recipe with what is known of its encoders that are not Lobule's, and without what it knew of others.
 * @throws AppError `encoder.missing`; `recipe.invalid` if an encoder cannot take the recipe's crops
 */
export function withOwnEncoders({ own: _, ...recipe }: Recipe, installed: readonly Installed[]): Recipe {
  const views = recipe.encoders
    .filter((name) => !isBuiltIn(name))
    .map((name) => {
      const found = installed.find((one) => one.name === name)
      if (!found?.own || found.source === 'missing')
        throw new AppError('encoder.missing', { encoders: [name] })
      return found.own
    })
  for (const view of views) requireFit(recipe, view)
  return views.length === 0 ? recipe : { ...recipe, own: views.map(({ encoder }) => encoder) }
}

function requireFit({ mode, crops }: Recipe, { encoder: { name }, size, isDense }: OwnEncoderView): void {
  const refuse = (reason: string): never => {
    throw new AppError('recipe.invalid', { reason })
  }
  if (mode === 'dense') {
    if (isDense) return
    refuse(
      'fixedPx' in size
        ? `${name} has the fixed size of ${size.fixedPx} pixels and no dense mode: use its recipe, "--recipe ${name}", or mode=tiles`
        : `${name} gives one descriptor for a whole image and has no dense mode: use mode=tiles`,
    )
  }
  const wrong = crops.sets.find(({ sizePx }) => !acceptsSize(size, sizePx))
  if (wrong === undefined) return
  const near = nearestSize(size, wrong.sizePx)
  refuse(
    `${name} does not take crops of ${wrong.sizePx} pixels; ${near} would fit: use its recipe, "--recipe ${name}", or set the crops`,
  )
}
