import { z } from 'zod'
import { sha256 as hash } from '../../contract/atoms.ts'
import {
  backendChoiceSchema,
  likenessReferenceSchema,
  recipeSchema,
  slideEffortChoiceSchema,
  slidesUnitSchema,
  weightsSourceSchema,
} from '../../contract/index.ts'
import { linesSchema } from './lines-file.ts'

/**
 * A plan is a folder that tells other machines what to compute, without the workspace (docs/more-machines.md):
 *
 * - `plan.json`: what it is, and the version; written last, so a folder without it is no plan;
 * - to encode: `units.jsonl`, a line for each image, in the order of content hashes; `encoders/`, the weights as installed;
 *   `images/`, the image files, named by content hash, unless the plan has their paths;
 * - to train: `rows.jsonl`, a line for each training field, in the order of training; `descriptors/`, their descriptor files;
 * - to analyse slides: `units.jsonl`, `encoders/` and `images/` as to encode; `boosters.jsonl`, a line for each classifier;
 *   `nearest.jsonl`, the distances of each training image; `boosters/`, the classifiers and the vectors of the training images;
 *   `tissue/`, what readers drew.
 *
 * A plan comes from outside: its files are checked, and no name in them reaches out of the folder, except the absolute paths of images.
 */
const common = {
  format: z.literal(1),
  /** Version of Lobule that wrote it. */
  lobule: z.string().max(100),
  createdAt: z.iso.datetime().max(40),
}

/** Of plans whose units are images that are encoded. */
const encoding = {
  // External descriptors are computed by another program, and their files are elsewhere.
  recipe: recipeSchema.refine(
    ({ external }) => external === undefined,
    'external descriptors cannot be planned',
  ),
  backend: backendChoiceSchema,
  /** Whether half precision may be used. */
  allowsHalf: z.boolean(),
  weights: z.strictObject({ source: weightsSourceSchema, fingerprints: z.record(z.string().max(200), hash) }),
  units: linesSchema,
}

const encodePlanSchema = z.strictObject({
  ...common,
  kind: z.literal('encode'),
  ...encoding,
})
export type EncodePlan = z.infer<typeof encodePlanSchema>

const trainPlanSchema = z.strictObject({
  ...common,
  kind: z.literal('train'),
  /** As of `EnsembleOptions`. */
  options: z.strictObject({
    constituentCount: z.int().min(1).max(1000),
    classCount: z.int().min(2).max(1000),
    folds: z.int().min(2).max(100),
    seeds: z.int().min(1).max(100),
    classifier: recipeSchema.shape.classifier,
    boosting: recipeSchema.shape.boosting,
  }),
  rows: linesSchema,
})
export type TrainPlan = z.infer<typeof trainPlanSchema>

const slidesPlanSchema = z.strictObject({
  ...common,
  kind: z.literal('slides'),
  ...encoding,
  /** What the parts are made of. */
  unit: slidesUnitSchema,
  strideUm: z.number().positive(),
  effort: slideEffortChoiceSchema,
  model: z.strictObject({
    /** Whether each class, by number, counts as carcinoma. */
    isPositive: z.array(z.boolean()).min(2).max(1000),
    threshold: z.number().min(0).max(1),
    boosters: linesSchema,
    /** What likeness is measured by; null: it is not measured. */
    reference: likenessReferenceSchema.extend({ nearest: linesSchema }).strict().nullable(),
  }),
})
export type SlidesPlan = z.infer<typeof slidesPlanSchema>

export const planSchema = z.discriminatedUnion('kind', [encodePlanSchema, trainPlanSchema, slidesPlanSchema])
export type Plan = z.infer<typeof planSchema>
