import { z } from 'zod'
import { nothing } from './atoms.ts'
import { call } from './call.ts'
import { encoderNameSchema } from './encoder-names.ts'
import { ownEncoderSchema } from './own-encoders.ts'

const stainPair = z.tuple([z.number(), z.number(), z.number()])

/** Macenko's constants (docs/pipeline.md, section 3). */
export const stainRecipeSchema = z.object({
  /** Transmitted light intensity of blank glass, grey levels. */
  transmittedLight: z.number().positive(),
  /** Optical density below which a channel counts as glass. */
  tissueThreshold: z.number().nonnegative(),
  /** Percentile of the projection angles taken as the extreme directions, percent. */
  anglePercentile: z.number().min(0).max(50),
  /** Percentile of the concentrations taken as the maximum, percent. */
  concentrationPercentile: z.number().min(50).max(100),
  /** Share of tissue pixels below which an image keeps its own colours, 0..1. */
  minimumTissueFraction: z.number().min(0).max(1),
  /** Reference stain vectors, R G B. */
  referenceHematoxylin: stainPair,
  referenceEosin: stainPair,
  /** Reference 99th percentile concentrations: hematoxylin, eosin. */
  referenceMaximum: z.tuple([z.number().positive(), z.number().positive()]),
})
export type StainRecipe = z.infer<typeof stainRecipeSchema>

/** LightGBM's own parameter names, so that the recipe reads like its documentation. */
export const boostingRecipeSchema = z.object({
  learning_rate: z.number().positive(),
  rounds: z.int().positive(),
  num_leaves: z.int().min(2),
  max_depth: z.int(),
  feature_fraction: z.number().positive().max(1),
  bagging_fraction: z.number().positive().max(1),
  bagging_freq: z.int().nonnegative(),
  min_data_in_leaf: z.int().nonnegative(),
})
export type BoostingRecipe = z.infer<typeof boostingRecipeSchema>

/** A kind of classifier: LightGBM's boosted trees, or a logistic regression. */
export const classifierKinds = ['lightgbm', 'logistic'] as const
export const classifierKindSchema = z.enum(classifierKinds)
export type ClassifierKind = z.infer<typeof classifierKindSchema>

/** Which classifiers a model has; both: averaged with equal weights (docs/pipeline.md, section 9). */
export const classifierChoiceSchema = z.enum([...classifierKinds, 'both'])
export type ClassifierChoice = z.infer<typeof classifierChoiceSchema>

/** One scale-and-size combination of crops (paper section 2.3). */
export const cropSetSchema = z.object({
  /** Edge length of a crop, pixels of the resampled image. */
  sizePx: z.int().min(32),
  /** Pixel size at which crops are cut, um; null: always `scale`. */
  workingPixelSizeUm: z.number().positive().nullable(),
  /** Scale used if the image's pixel size is unknown or `workingPixelSizeUm` is null. */
  scale: z.number().positive().max(8),
})
export type CropSet = z.infer<typeof cropSetSchema>

/**
 * The complete, serialisable description of how an image becomes descriptors and how descriptors become a
 * model (docs/pipeline.md, section 0). Two recipes with the same content have the same fingerprint.
 */
export const recipeSchema = z.object({
  name: z.string().min(1),
  seed: z.int().nonnegative(),
  stain: stainRecipeSchema,
  /** `srgb`: colours are converted to sRGB by the picture's ICC profile. Absent: pixels are read as they are in the file. */
  colour: z.literal('srgb').optional(),
  /** Absent: colours are normalised and augmented. `none`: they are left as they are. */
  stainStep: z.literal('none').optional(),
  augmentation: z.object({
    count: z.int().positive(),
    /** Range of the two gains, uniform. */
    gainRange: z.tuple([z.number().positive(), z.number().positive()]),
    /** Whether augmentation 0 keeps the normalised colours. */
    firstIsIdentity: z.boolean(),
  }),
  crops: z.object({
    /** The scale-and-size combinations; each has descriptors and boosters of its own. */
    sets: z.array(cropSetSchema).min(1),
    /** Crops per image, augmentation and crop set. */
    count: z.int().positive(),
  }),
  encoders: z.array(encoderNameSchema).min(1),
  /** What was known of the encoders that are not Lobule's own; absent: there are none (docs/own-encoder.md). */
  own: z.array(ownEncoderSchema).min(1).optional(),
  /** `tiles`: the squares of a grid over the whole image, one after the other, in place of random crops. */
  mode: z.enum(['crops', 'dense', 'tiles']),
  /** Exponent of the pooling norm. */
  poolingNorm: z.number().positive(),
  folds: z.int().min(2),
  seeds: z.int().positive(),
  /** Absent: LightGBM, as in the recipes of versions that knew no other, so that their fingerprints stay. */
  classifier: classifierChoiceSchema.exclude(['lightgbm']).optional(),
  boosting: boostingRecipeSchema,
  /**
   * The descriptors were computed by another program and imported (docs/external-descriptors.md). Of the settings above
   * about stain, augmentations and crops, only number and size are known for them.
   */
  external: z.object({ name: z.string(), fingerprint: z.string() }).optional(),
})
export type Recipe = z.infer<typeof recipeSchema>
export type ColourStep = NonNullable<Recipe['colour']>

const halfScale = (sizePx: number): CropSet => ({ sizePx, workingPixelSizeUm: 0.84, scale: 0.5 })

const standard: Recipe = {
  name: 'standard',
  seed: 0,
  colour: 'srgb',
  stain: {
    transmittedLight: 240,
    tissueThreshold: 0.15,
    anglePercentile: 1,
    concentrationPercentile: 99,
    minimumTissueFraction: 0.01,
    referenceHematoxylin: [0.5626, 0.7201, 0.4062],
    referenceEosin: [0.2159, 0.8012, 0.5581],
    referenceMaximum: [1.9705, 1.0308],
  },
  augmentation: { count: 50, gainRange: [0.7, 1.3], firstIsIdentity: false },
  crops: { sets: [halfScale(400), halfScale(650)], count: 20 },
  encoders: ['resnet50', 'inceptionv3', 'vgg16'],
  mode: 'crops',
  poolingNorm: 3,
  folds: 10,
  seeds: 5,
  boosting: {
    learning_rate: 0.1,
    rounds: 70,
    num_leaves: 191,
    max_depth: 7,
    feature_fraction: 0.46,
    bagging_fraction: 0.69,
    bagging_freq: 0,
    min_data_in_leaf: 20,
  },
}

const fullScale = (sizePx: number): CropSet => ({ sizePx, workingPixelSizeUm: 0.42, scale: 1 })

/** The named recipes (docs/pipeline.md, section 0), the fastest first. */
const namedRecipes = {
  starter: {
    ...standard,
    name: 'starter',
    augmentation: { ...standard.augmentation, count: 4 },
    // Both scales show the same square of tissue.
    crops: { sets: [fullScale(400), halfScale(200)], count: 20 },
    encoders: ['efficientnetlite0'],
    mode: 'dense',
    folds: 5,
    seeds: 1,
    classifier: 'both',
  },
  quick: {
    ...standard,
    name: 'quick',
    augmentation: { ...standard.augmentation, count: 4 },
    crops: { sets: [halfScale(400)], count: 20 },
    encoders: ['resnet50'],
    mode: 'dense',
    folds: 5,
    seeds: 1,
  },
  desk: {
    ...standard,
    name: 'desk',
    augmentation: { ...standard.augmentation, count: 20 },
    mode: 'dense',
    seeds: 2,
  },
  standard,
  paper: {
    ...standard,
    name: 'paper',
    crops: { ...standard.crops, sets: [...standard.crops.sets, fullScale(800), fullScale(1300)] },
  },
} satisfies Record<string, Recipe>
export const recipes: Readonly<Record<string, Recipe>> & { readonly standard: Recipe } = namedRecipes

export const recipeCalls = {
  'recipe.list': call({
    input: nothing,
    output: z.array(z.object({ name: z.string(), description: z.string() })),
    audit: 'reads',
    blinded: 'open',
    role: 'read-only',
  }),
}
