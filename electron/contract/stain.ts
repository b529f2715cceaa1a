import { z } from 'zod'
import { id } from './atoms.ts'
import { call } from './call.ts'

const channels = z.tuple([z.number(), z.number(), z.number()])

/** Two stains: unit optical densities R G B, and the 99th percentile of their concentrations. */
export const stainsSchema = z.object({
  stainMatrix: z.object({ hematoxylin: channels, eosin: channels }),
  maximum: z.object({ hematoxylin: z.number(), eosin: z.number() }),
})
export type Stains = z.infer<typeof stainsSchema>

/** Result of the stain fit of an image. */
export const stainReportSchema = z.object({
  /** Pixels with enough optical density in all channels for the fit: their share, 0..1, and their number. */
  tissueFraction: z.number(),
  tissuePixels: z.number(),
  /** null: two stains were not found, and the image keeps its own colours. */
  stains: stainsSchema.nullable(),
  degenerate: z.enum(['too-little-tissue', 'one-stain']).nullable(),
  /** null without stains. */
  fitQuality: z
    .object({
      /** Share of the tissue's squared optical density that the two stains reproduce, 0..1. */
      explainedFraction: z.number(),
      /** The rest that they do not reproduce: root mean square, optical density. */
      residualDensity: z.number(),
      /** Angle between the two stains, degrees. */
      stainAngleDegrees: z.number(),
    })
    .nullable(),
})
export type StainReport = z.infer<typeof stainReportSchema>

export const stainCalls = {
  /** The stain fit of an image of the workspace, with the stain settings of the standard recipe. */
  'view.stains': call({
    input: z.strictObject({ imageId: id }),
    output: stainReportSchema,
    audit: 'reads',
    blinded: 'open',
    role: 'read-only',
  }),
}
