import { z } from 'zod'
import {
  anyModelName,
  count,
  filePath,
  fraction,
  id,
  imageIdsUpTo,
  isoTime,
  sha256,
  started,
} from './atoms.ts'
import { call } from './call.ts'
import { weightsSourceSchema } from './encoders.ts'
import { regionGeometrySchema } from './regions.ts'
import { researchUseSentence } from './research-use.ts'
import { slideSuggestionSchema, type SlideThreshold } from './slide-threshold.ts'

/**
 * How the numbers of a map are made: raise it with every change of them. A threshold for slides is learned on, and suggests a class for,
 * analyses of one number only, so that it compares areas that were counted in one way. Since 4, pale tissue that other tissue encloses
 * counts (engine/tissue/pale-tissue.ts).
 */
export const slideAlgorithm = 4

/** Distance between neighbouring places, um: a first look, the default, and inside a chosen region. */
export const placeStridesUm = { preview: 336, default: 168, finest: 42 } as const

/** A place is analysed if at least this share of its square is tissue. */
export const minTissueShare = 0.5

/**
 * A slide is classified only at the places of a grid; without a threshold learned on slides it has no class as a whole.
 * The sentence is shown with every result.
 */
export const slideCaveat =
  'The model was trained on fields and is not validated on slides: read the map as a guide to places, not as a result for the slide.'

/** The sentence beside a result with a suggested class of the slide; `slideCaveat` without one. */
export const slideCaveatOf = (learned: Pick<SlideThreshold, 'slides' | 'cases'> | null): string =>
  learned === null
    ? slideCaveat
    : `The model was trained on fields and is not validated on slides: the threshold for slides was learned on ${learned.slides} slides of ${learned.cases} cases. Read the class as a suggestion, and the map as a guide to places.`

/** What is said beside an analysis whose numbers were made otherwise than today's; null: they were not. */
export const slideAgeSentence = ({ algorithm }: Pick<SlideAnalysis, 'algorithm'>): string | null =>
  algorithm === slideAlgorithm
    ? null
    : 'Another version of Lobule made this analysis and counted areas otherwise: analyse the slide again before you compare it with others.'

/** The sentence beside an analysis. */
export const slideCaveatBeside = ({ suggestion }: Pick<SlideAnalysis, 'suggestion'>): string =>
  slideCaveatOf(suggestion === null || suggestion.isPositive === null ? null : suggestion.learned)

/** Of the analysis (slideAlgorithm); null: a version made it that did not record it. */
const algorithmSchema = z.int().positive().nullable()

const mm2 = z.number().nonnegative()
/** A position in pixels of the full-resolution image. */
const pixel = z.number()

/** One place of a slide, worth a look for a reader. */
export const slidePlaceSchema = z.object({
  /** Index into the grid, row by row. */
  cell: count,
  /** Square of tissue, pixels of the full-resolution image. */
  left: pixel,
  top: pixel,
  edgePx: z.number().positive(),
  suggested: z.string(),
  /** In the order of the model's classes. */
  probabilities: z.array(fraction),
  /** null: the model has no positive or no negative class. */
  carcinomaScore: fraction.nullable(),
  /**
   * p-value among the training images (likeness.ts), to compare places of a slide with each other: its level is not
   * that of an image (`slideLikenessSentence`). null: unknown.
   */
  likeness: fraction.nullable(),
})
export type SlidePlace = z.infer<typeof slidePlaceSchema>

export const slideClassAreaSchema = z.object({
  className: z.string(),
  isPositive: z.boolean(),
  places: count,
  /** Area of the tissue whose suggested class this is. */
  areaMm2: mm2,
  /** Of all analysed tissue. */
  share: fraction,
  /** Largest group of places that touch by an edge, of this class; null: no place has it. */
  largest: z
    .object({ areaMm2: mm2, places: count, left: pixel, top: pixel, right: pixel, bottom: pixel })
    .nullable(),
})
export type SlideClassArea = z.infer<typeof slideClassAreaSchema>

/** Of the analysed tissue, at places with a suggested class that counts as carcinoma, 0 to 1; null: the model has no such class. */
export function positiveShareOf(
  classes: readonly Pick<SlideClassArea, 'isPositive' | 'share'>[],
): number | null {
  const positive = classes.filter(({ isPositive }) => isPositive)
  // Shares are rounded, each by itself.
  return positive.length === 0
    ? null
    : Math.min(
        1,
        positive.reduce((sum, { share }) => sum + share, 0),
      )
}

/** What an analysis found, in figures. */
export const slideSummarySchema = z.object({
  /** Tissue of the slide, and the part of it that analysed places cover. */
  tissueMm2: mm2,
  analysedMm2: mm2,
  classes: z.array(slideClassAreaSchema),
  /** The ten places most worth a look, apart from each other; the highest carcinoma score first. */
  worthALook: z.array(slidePlaceSchema).max(10),
  /** 95th percentile of the carcinoma score over places; null without a score. */
  score95: fraction.nullable(),
  /** Places on the positive side of the model's operating point; null without a score. */
  abovePoint: z.object({ threshold: fraction, places: count, areaMm2: mm2 }).nullable(),
})
export type SlideSummary = z.infer<typeof slideSummarySchema>

/** What an analysis of a whole slide found, for a list of images. */
export const slideAreasSchema = z.object({
  modelName: z.string(),
  analysedMm2: mm2,
  /** Of the analysed tissue, at places with a suggested class that counts as carcinoma; null: the model has no such class. */
  positiveShare: fraction.nullable(),
  /** Whether carcinoma is suggested for the slide as a whole; null: none is. */
  isPositive: z.boolean().nullable(),
  algorithm: algorithmSchema,
})
export type SlideAreas = z.infer<typeof slideAreasSchema>

/** The grid of places: place (row, column) is the square from (column, row) x strideUm with an edge of placeUm. */
export const slideGridSchema = z.object({
  rows: z.int().positive(),
  columns: z.int().positive(),
  strideUm: z.number().positive(),
  placeUm: z.number().positive(),
})
export type SlideGrid = z.infer<typeof slideGridSchema>

/**
 * How often the places of a slide are predicted: `fixed`: each once, without augmentations; `adaptive`: doubtful ones again, with
 * augmentations, until they are settled (docs/slides.md).
 */
export const slideEffortChoices = ['fixed', 'adaptive'] as const
export const slideEffortChoiceSchema = z.enum(slideEffortChoices)
export type SlideEffortChoice = z.infer<typeof slideEffortChoiceSchema>

/** A place is doubtful if its suggested class leads by less, or its carcinoma score is within half of it from the operating point. */
export const doubtMargin = 0.2

/** The adaptive effort that was made for a slide. */
export const slideEffortSchema = z.object({
  margin: fraction,
  /** Augmentations of the recipe. */
  possible: z.int().positive(),
  /** Places that were predicted again. */
  again: count,
})
export type SlideEffort = z.infer<typeof slideEffortSchema>

/**
 * Why no place is flagged as unlike the training images: these are means of augmented crops of whole fields, a place is one
 * upright window, so that its p-values are lower and the level of an image is not kept.
 */
export const slideLikenessSentence =
  'Likeness is not judged for places: they are encoded differently from the training images.'

/** What the adaptive effort was, in a sentence. @param places all that were analysed */
export const slideEffortSentence = ({ again, possible }: SlideEffort, places: number): string =>
  `${again} of ${places} places were doubtful and were predicted again, with up to ${possible} augmentations.`

/** Tissue is found in the pixels, or drawn by readers. */
export const tissueSourceSchema = z.enum(['found', 'drawn'])
export type TissueSource = z.infer<typeof tissueSourceSchema>

/** A finished analysis of a slide by a model. */
export const slideAnalysisSchema = z.object({
  id,
  imageId: id,
  fileName: z.string(),
  sha256,
  synthetic: z.boolean(),
  widthPx: z.int().positive(),
  heightPx: z.int().positive(),
  pixelSizeUm: z.number().positive(),
  modelId: id,
  modelName: z.string(),
  weights: weightsSourceSchema,
  grid: slideGridSchema,
  /** The part of the slide that was analysed; null: all tissue. */
  region: regionGeometrySchema.nullable(),
  /** null: each place was predicted once. */
  effort: slideEffortSchema.nullable(),
  tissueSource: tissueSourceSchema,
  /** Of the cells of the mask of tissue (engine/tissue/tissue-mask.ts). */
  maskSha256: sha256,
  classes: z.array(z.string()),
  /** True if the model was trained on the image: only classifiers of the fold that held it out are used. */
  outOfFold: z.boolean(),
  /** Analysed places. */
  places: count,
  summary: slideSummarySchema,
  /** The suggested class of the slide; null: no threshold was learned on slides, or only a region was analysed. */
  suggestion: slideSuggestionSchema.nullable(),
  algorithm: algorithmSchema,
  /** Of the file with the map (engine/slides/slide-map.ts). */
  mapSha256: sha256,
  at: isoTime,
  durationMs: z.number().nonnegative(),
  researchUse: z.literal(researchUseSentence),
})
export type SlideAnalysis = z.infer<typeof slideAnalysisSchema>

/** Maximum number of slides in one call. */
export const maxSlides = 1000

/** Slides, and how they are to be analysed. */
export const slidesToAnalyse = {
  imageIds: imageIdsUpTo(maxSlides),
  /** null: the model in use. */
  model: anyModelName.nullable(),
  strideUm: z.number().min(placeStridesUm.finest).max(672).default(placeStridesUm.default),
  effort: slideEffortChoiceSchema.default('fixed'),
}

/** A slide's map as the page takes it, places in the order of `cells`; numbers have four decimals. */
export const slideMapViewSchema = z.object({
  analysisId: id,
  imageId: id,
  grid: slideGridSchema,
  classes: z.array(z.string()),
  /** Index of each analysed place in the grid (row x columns + column), ascending. */
  cells: z.array(count),
  /** Place by place, in the order of the classes. */
  probabilities: z.array(fraction),
  /** p-value of each place among the training images; null: not measured. */
  likeness: z.array(fraction).nullable(),
  /** The tissue that each place represents, in areas of a stride x stride square; above 1 at the edge of tissue. */
  tissueShare: z.array(z.number().nonnegative()),
  /** How many augmentations each place was predicted with, 1 or more; null: each place was predicted once. */
  augmentations: z.array(z.int().positive()).nullable(),
})
export type SlideMapView = z.infer<typeof slideMapViewSchema>

/** What is known of a slide while it is analysed; numbers have four decimals. */
export const slideDraftSchema = z.object({
  grid: slideGridSchema,
  classes: z.array(z.string()),
  /** Whether each class counts as carcinoma. */
  isPositive: z.array(z.boolean()),
  /** Finished places, and all of them. */
  done: count,
  total: count,
  /** Indices of places in the grid, in the order in which they are drawn. */
  cells: z.array(count),
  /**
   * Edge of the square of cells, with the place in its middle, that each is drawn as. 1: the place is finished; more: it was predicted
   * roughly.
   */
  spans: z.array(z.int().positive()),
  /** Place by place, in the order of the classes. */
  probabilities: z.array(fraction),
})
export type SlideDraft = z.infer<typeof slideDraftSchema>

const ofImage = z.strictObject({ imageId: id })

/** Whole slides, analysed place by place. */
export const slideCalls = {
  /**
   * Analyses slides by a model (job `analyse-slides`), one after the other. A slide that fails is listed in the job's report.
   * Errors `model.*`, `image.not-found`, `test-set.locked`, `region.invalid`,
   * `region.invalid-file`.
   */
  'slide.analyse': call({
    input: z
      .strictObject({
        ...slidesToAnalyse,
        /** Only places whose centre is inside, or inside an area of a GeoJSON file; null: all tissue. */
        region: z
          .union([regionGeometrySchema, z.strictObject({ path: filePath })])
          .nullable()
          .default(null),
      })
      .refine(({ imageIds, region }) => region === null || imageIds.length === 1, 'a region is of one image'),
    output: started,
    audit: ['slide'],
    blinded: 'refused',
    role: 'technician',
  }),
  /** The analyses of a slide, newest first. */
  'slide.analyses': call({
    input: ofImage,
    output: z.array(slideAnalysisSchema),
    audit: 'reads',
    blinded: 'own-image',
    role: 'read-only',
  }),
  /** What is known of a slide that is being analysed; null: it is not, or nothing is known yet. */
  'slide.draft': call({
    input: ofImage,
    output: slideDraftSchema.nullable(),
    audit: 'reads',
    blinded: 'own-image',
    role: 'read-only',
  }),
  /** The places of an analysis. Errors `slide.no-analysis`, also if it is of another image; `slide.map-damaged`. */
  'slide.map': call({
    input: ofImage.extend({ analysisId: id }),
    output: slideMapViewSchema,
    audit: 'reads',
    blinded: 'own-image',
    role: 'read-only',
  }),
}
