import { z } from 'zod'
import { anyRecipeName, count, filePath, started } from './atoms.ts'
import { backendChoiceSchema, backendNameSchema } from './backends.ts'
import { call } from './call.ts'
import { encodingWorkSchema } from './descriptors.ts'
import { weightsSourceSchema } from './encoders.ts'
import { researchUseSentence } from './research-use.ts'

/** How other machines get the images of a plan: as copies or hard links in its folder, named by content hash, or by their paths. */
export const planImagesSchema = z.enum(['copy', 'link', 'paths'])
export type PlanImages = z.infer<typeof planImagesSchema>

export const shardCalls = {
  /** The encodings that images of the workspace, labelled or not, lack for a recipe. */
  'shard.estimate': call({
    input: z.strictObject({ recipe: anyRecipeName }),
    output: z.object({ recipe: z.string(), images: count, encoders: z.array(encodingWorkSchema) }),
    audit: 'reads',
    blinded: 'open',
  }),
  /**
   * Writes a plan to encode the images of the workspace that lack descriptors on other machines, into a folder that does not exist
   * yet or is empty (job `plan-shards`). Names of files and cases, labels and readers are not in it; with `paths`, the paths
   * of the images are.
   */
  'shard.plan': call({
    input: z.strictObject({
      recipe: anyRecipeName,
      directory: filePath,
      images: planImagesSchema,
      backend: backendChoiceSchema,
      allowsHalf: z.boolean(),
    }),
    output: started,
    audit: ['export'],
    blinded: 'refused',
  }),
  /** Checks what other machines made of a plan, and brings it into the workspace (job `collect-shards`). */
  'shard.collect': call({
    input: z.strictObject({ plan: filePath, parts: filePath, allowsMixed: z.boolean() }),
    output: started,
    audit: ['import'],
    blinded: 'refused',
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

/** What made descriptors: only machines with the same back-ends, instructions and version are sure to give the same bits. */
export const shardMakerSchema = z.object({
  backends: z.array(backendNameSchema),
  instructionSet: z.string(),
  lobule: z.string(),
  images: count,
})
export type ShardMaker = z.infer<typeof shardMakerSchema>

export const collectShardsReportSchema = z.object({
  /** Images of the plan. */
  images: count,
  /** Whose descriptors were brought into the workspace. */
  collected: count,
  /** Whose descriptors were in the workspace before. */
  present: count,
  /** That the workspace does not have. */
  unknown: count,
  /** Content hashes, and where each is in the order of the plan (from 0). */
  missing: z.array(z.object({ sha256: z.string(), index: count, problem: z.enum(['missing', 'damaged']) })),
  failed: z.array(z.object({ sha256: z.string(), message: z.string() })),
  makers: z.array(shardMakerSchema),
  /** Names of the machines, with the images and the working time of each. */
  nodes: z.array(z.object({ node: z.string(), images: count, ms: z.number().nonnegative() })),
  researchUse: z.literal(researchUseSentence),
})
export type CollectShardsReport = z.infer<typeof collectShardsReportSchema>
