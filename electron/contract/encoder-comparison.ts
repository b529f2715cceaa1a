import { z } from 'zod'
import { count, fraction } from './atoms.ts'
import { weightsSourceSchema } from './encoders.ts'
import { failureSchema } from './failure.ts'
import { modelComparisonSchema } from './model-comparison.ts'
import { encoderNameSchema, isBuiltIn } from './encoder-names.ts'
import { classifierChoiceSchema, recipes, type Recipe } from './recipe.ts'
import { recipeChangesSchema, type RecipeChanges } from './recipe-changes.ts'
import { researchUseSentence } from './research-use.ts'

const interval = z.object({ low: z.number(), high: z.number() })

/** What an encoder and a classifier do on the labelled cases of a workspace, each image predicted out of fold. */
export const encoderPairSchema = z.object({
  encoder: encoderNameSchema,
  title: z.string(),
  classifier: classifierChoiceSchema,
  weights: weightsSourceSchema,
  /** Of the encoder's weights. */
  licence: z.string(),
  /** The figures of a model's report: by image, the intervals from resampled cases (images if there are none). */
  accuracy: fraction,
  accuracyInterval: interval,
  auc: fraction.nullable(),
  aucInterval: interval.nullable(),
  /** null: folds by image, or no two-class score. */
  aucByCase: fraction.nullable(),
  isBetterThanGuessing: z.boolean(),
  /** From file to descriptors, an image; measured on this computer. */
  encodingMs: z.number().nonnegative(),
  /** Training of all folds. */
  trainingMs: z.number().nonnegative(),
  /** null: this is the best. */
  toBest: z
    .object({
      /** From the best to this one, without its `flips`. */
      comparison: modelComparisonSchema,
      /** Of sign flips by case, for all pairs of the comparison at once (engine/evaluation/compare-many.ts). */
      adjustedPValue: fraction,
    })
    .nullable(),
})
export type EncoderPair = z.infer<typeof encoderPairSchema>

/** With fewer cases no difference is rarer than 5 % by chance, whatever it is. */
export const minComparedCases = 6
/** An adjusted p-value below it is more than chance. */
export const comparisonLevel = 0.05

export const encoderComparisonSchema = z.object({
  /** Settings of a training that gives the same classifiers; encoder and classifier are those of a pair. */
  recipe: z.string(),
  changes: recipeChangesSchema.omit({ encoders: true, classifier: true }),
  images: count,
  /** Cases, and each image without one; images where folds are by image. */
  cases: count,
  groupedBy: z.enum(['case', 'image']),
  folds: count,
  /** The best first. */
  pairs: z.array(encoderPairSchema).min(1),
  /** Encoders that could not be used, and why. */
  leftOut: z.array(z.object({ encoder: encoderNameSchema, message: z.string() })),
  /** Images that at least one of the encoders could not encode; they are in no pair. */
  failed: z.array(failureSchema),
  /** What limits the figures, one sentence each. */
  warnings: z.array(z.string()),
  researchUse: z.literal(researchUseSentence),
})
export type EncoderComparison = z.infer<typeof encoderComparisonSchema>

/** The settings with which a training makes the model of a pair. */
export const trainingOfPair = (
  { recipe, changes, groupedBy }: EncoderComparison,
  { encoder, classifier }: EncoderPair,
): {
  recipe: string
  changes: RecipeChanges
  groupBy: 'case' | 'image'
} => {
  if (isBuiltIn(encoder)) {
    return { recipe, changes: { ...changes, encoders: [encoder], classifier }, groupBy: groupedBy }
  }
  // An encoder of one's own has a recipe of its own, with the folds, seeds and boosters of the compared one.
  const { folds, seeds, seed, rounds } = { ...ownSettings(recipes[recipe]), ...changes }
  return {
    recipe: encoder,
    changes: {
      ...(folds === undefined ? {} : { folds }),
      ...(seeds === undefined ? {} : { seeds }),
      ...(seed === undefined ? {} : { seed }),
      ...(rounds === undefined ? {} : { rounds }),
      classifier,
    },
    groupBy: groupedBy,
  }
}

/** What a training takes from the recipe of a comparison, whatever its encoder; nothing of a recipe that is not Lobule's. */
const ownSettings = (
  recipe: Recipe | undefined,
): Pick<RecipeChanges, 'folds' | 'seeds' | 'seed' | 'rounds'> =>
  recipe === undefined
    ? {}
    : { folds: recipe.folds, seeds: recipe.seeds, seed: recipe.seed, rounds: recipe.boosting.rounds }
