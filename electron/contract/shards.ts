import { z } from 'zod'
import { anyRecipeName, count, filePath, imageIds, started } from './atoms.ts'
import { backendChoiceSchema, backendNameSchema } from './backends.ts'
import { call } from './call.ts'
import { failureSchema } from './failure.ts'
import { encodingWorkSchema } from './descriptors.ts'
import { weightsSourceSchema } from './encoders.ts'
import { slidesToAnalyse } from './slide-analysis.ts'
import { recipeChangesSchema } from './recipe-changes.ts'
import { researchUseSentence } from './research-use.ts'

/** How other machines get the images of a plan: as copies or hard links in its folder, named by content hash, or by their paths. */
export const planImagesSchema = z.enum(['copy', 'link', 'paths'])
export type PlanImages = z.infer<typeof planImagesSchema>

/** What other machines are to do, by the commands for it. */
export const planKindSchema = z.enum(['encode', 'train', 'slides'])
export type PlanKind = z.infer<typeof planKindSchema>

/** What the parts of a plan for slides are made of: blocks of each slide, or whole slides. */
export const slidesUnitSchema = z.enum(['block', 'slide'])
export type SlidesUnit = z.infer<typeof slidesUnitSchema>

/** Of fewer slides blocks are divided, so that many machines can work on each; of more, slides, so that each is opened once. */
const manySlides = 32
export const usualUnit = (slides: number): SlidesUnit => (slides < manySlides ? 'block' : 'slide')

/**
 * What other machines run of a plan, and afterwards the one with the workspace. Paths with other characters than
 * letters, digits, dots and the like are quoted.
 */
export function shardCommands(
  kind: PlanKind,
  paths: Record<'plan' | 'parts' | 'workspace', string>,
): { node: string; collect: string } {
  const quoted = (path: string): string => (/^[\w./\\:-]+$/.test(path) ? path : `"${path}"`)
  const [plan, parts] = [quoted(paths.plan), quoted(paths.parts)]
  return {
    node: `lobule ${kind}-shard ${plan} --shard N/COUNT --out ${parts}`,
    collect: `lobule ${kind}-collect ${plan} ${parts} --workspace ${quoted(paths.workspace)}`,
  }
}

/** From here on it is worth while to write a plan, copy it and collect the parts, ms. */
export const longMs = 8 * 3600 * 1000

/** The work of an analysis of slides, each place predicted once. */
const slidesWorkSchema = z.object({
  model: z.string(),
  slides: count,
  /** How many of them were opened; the others count as these on average. */
  opened: count,
  unit: slidesUnitSchema,
  places: z.number().nonnegative(),
  blocks: z.number().nonnegative(),
  /** To open one slide on this machine: compare its hash, find its tissue, fit its stains. */
  openMs: z.number().nonnegative(),
  encoders: z.array(encodingWorkSchema),
})
export type SlidesWork = z.infer<typeof slidesWorkSchema>

/**
 * Time of an analysis of slides on several machines, ms, without their start. Whole slides are opened by one machine
 * each; of blocks every machine has some, and opens every slide.
 * @param workMs of the networks on one machine, e.g. from `encodingMs`
 */
export function slidesMsOn(
  machines: number,
  { slides, blocks, unit, openMs }: Pick<SlidesWork, 'slides' | 'blocks' | 'unit' | 'openMs'>,
  workMs: number,
): number {
  return unit === 'slide'
    ? Math.ceil(slides / machines) * (openMs + workMs / Math.max(1, slides))
    : slides * openMs + Math.ceil(blocks / machines) * (workMs / Math.max(1, blocks))
}

export const shardCalls = {
  /** The encodings that images of the workspace, labelled or not, lack for a recipe. */
  'shard.estimate': call({
    input: z.strictObject({ recipe: anyRecipeName }),
    output: z.object({ recipe: z.string(), images: count, encoders: z.array(encodingWorkSchema) }),
    audit: 'reads',
    blinded: 'open',
    role: 'read-only',
  }),
  /** Opens some of the slides, which takes seconds for each. */
  'shard.estimateSlides': call({
    input: z.strictObject({
      imageIds,
      model: slidesToAnalyse.model,
      strideUm: slidesToAnalyse.strideUm,
    }),
    output: slidesWorkSchema,
    audit: 'reads',
    blinded: 'refused',
    role: 'read-only',
  }),
  /**
   * Writes a plan to encode the images of the workspace that lack descriptors on other machines, into a folder that does not exist
   * yet or is empty (job `plan-shards`). Names of files and cases, labels and readers are not in it; with `paths`, the paths
   * of the images are.
   */
  'shard.plan': call({
    input: z.strictObject({
      recipe: anyRecipeName,
      changes: recipeChangesSchema.optional(),
      directory: filePath,
      images: planImagesSchema,
      backend: backendChoiceSchema,
      allowsHalf: z.boolean(),
    }),
    output: started,
    audit: ['export'],
    blinded: 'refused',
    role: 'technician',
  }),
  /**
   * Writes a plan to train the classifiers of the current labels on other machines, with the descriptors, classes by number, folds and
   * groups of all training fields (job `plan-training`). Missing descriptors are computed before. Names of classes, images, cases and readers are not in it.
   */
  'shard.planTraining': call({
    input: z.strictObject({
      recipe: anyRecipeName,
      changes: recipeChangesSchema.optional(),
      /** As of a training. */
      groupBy: z.enum(['case', 'image']).optional(),
      regions: z.boolean().default(false),
      directory: filePath,
    }),
    output: started,
    audit: ['export'],
    blinded: 'refused',
    role: 'pathologist',
  }),
  /**
   * Writes a plan to analyse slides on other machines (job `plan-slides`), with the model's classifiers and what readers drew as
   * tissue. Names of classes, files, cases and readers are not in it; with `paths`, the paths of the images are.
   */
  'shard.planSlides': call({
    input: z.strictObject({
      ...slidesToAnalyse,
      imageIds,
      directory: filePath,
      images: planImagesSchema,
      backend: backendChoiceSchema,
      allowsHalf: z.boolean(),
      /** null: `usualUnit`. */
      unit: slidesUnitSchema.nullable().default(null),
    }),
    output: started,
    audit: ['export'],
    blinded: 'refused',
    role: 'technician',
  }),
  /** Checks what other machines made of a plan, and brings it into the workspace (job `collect-shards`). */
  'shard.collect': call({
    input: z.strictObject({
      plan: filePath,
      parts: filePath,
      /** What the plan must be for. */
      kind: planKindSchema,
      allowsMixed: z.boolean(),
    }),
    output: started,
    audit: ['import'],
    blinded: 'refused',
    role: 'pathologist',
  }),
}

export const planShardsReportSchema = z.object({
  directory: z.string(),
  recipe: z.string(),
  /** Images in the plan. */
  images: count,
  /** Images of the workspace that have all descriptors already. */
  encoded: count,
  /** Size of their files. */
  bytes: z.number().nonnegative(),
  failed: z.array(z.object({ path: z.string(), message: z.string() })),
  weights: weightsSourceSchema,
  researchUse: z.literal(researchUseSentence),
})
export type PlanShardsReport = z.infer<typeof planShardsReportSchema>

export const planTrainingReportSchema = z.object({
  directory: z.string(),
  recipe: z.string(),
  /** Classifiers in the plan. */
  classifiers: count,
  /** Training fields: whole images, and fields of regions. */
  fields: count,
  /** Labelled regions that give none, by reason (docs/regions.md); absent: regions were not asked for. */
  regionsLeftOut: z.object({ withoutField: count, withoutPixelSize: count, withoutTissue: count }).optional(),
  failed: z.array(failureSchema),
  weights: weightsSourceSchema,
  researchUse: z.literal(researchUseSentence),
})
export type PlanTrainingReport = z.infer<typeof planTrainingReportSchema>

export const planSlidesReportSchema = z.object({
  directory: z.string(),
  model: z.string(),
  slides: count,
  unit: slidesUnitSchema,
  /** Size of their files. */
  bytes: z.number().nonnegative(),
  failed: z.array(z.object({ path: z.string(), message: z.string() })),
  weights: weightsSourceSchema,
  researchUse: z.literal(researchUseSentence),
})
export type PlanSlidesReport = z.infer<typeof planSlidesReportSchema>

/** What made parts: only machines with the same back-ends, instructions and version are sure to give the same bits. */
export const shardMakerSchema = z.object({
  /** Of classifiers: none. */
  backends: z.array(backendNameSchema),
  instructionSet: z.string(),
  lobule: z.string(),
  units: count,
})
export type ShardMaker = z.infer<typeof shardMakerSchema>

export const collectShardsReportSchema = z.object({
  kind: planKindSchema,
  /** Images, classifiers or blocks of slides in the plan; a slide that no machine has opened counts as one. */
  units: count,
  /** Brought into the workspace. */
  collected: count,
  /** In the workspace before, with the same content; other blocks and classifiers, of an analysis or training there, are replaced. */
  present: count,
  /** Images and slides that the workspace does not have. */
  unknown: count,
  /**
   * `name`: content hash, of a block followed by a slash and its number; or the number of the classifier. `index`: place in the
   * plan (from 0), which tells the part. `outdated`: its pixel size, camera bits or tissue were set after the plan was written.
   */
  missing: z.array(
    z.object({ name: z.string(), index: count, problem: z.enum(['missing', 'damaged', 'outdated']) }),
  ),
  failed: z.array(z.object({ name: z.string(), message: z.string() })),
  makers: z.array(shardMakerSchema),
  /** Names of the machines, with the units and the working time of each. */
  nodes: z.array(z.object({ node: z.string(), units: count, ms: z.number().nonnegative() })),
  researchUse: z.literal(researchUseSentence),
})
export type CollectShardsReport = z.infer<typeof collectShardsReportSchema>
