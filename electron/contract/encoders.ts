import { z } from 'zod'
import { filePaths, nothing, started } from './atoms.ts'
import { call } from './call.ts'
import { encoderNameSchema, encoderNamesSchema } from './recipe.ts'

/**
 * Where the weights behind a result come from: Keras' own files, other files, or random numbers, which only test the
 * program.
 */
export const weightsSourceSchema = z.enum(['official', 'unofficial', 'untrained'])
export type WeightsSource = z.infer<typeof weightsSourceSchema>

export const encoderViewSchema = z.object({
  name: encoderNameSchema,
  title: z.string(),
  source: z.enum([...weightsSourceSchema.options, 'missing']),
  fingerprint: z.string().nullable(),
  licence: z.string(),
  attribution: z.string(),
  path: z.string().nullable(),
})
export type EncoderView = z.infer<typeof encoderViewSchema>

const named = z.strictObject({ names: encoderNamesSchema })

export const encoderCalls = {
  'encoder.list': call({
    input: nothing,
    output: z.array(encoderViewSchema),
    audit: 'reads',
    blinded: 'open',
  }),
  /** Installs untrained weights. */
  'encoder.demo': call({ input: named, output: started, audit: ['encoder'], blinded: 'open' }),
  /** Downloads official weights from their official source; only ever when a person asks for it. */
  'encoder.fetch': call({ input: named, output: started, audit: ['encoder'], blinded: 'open' }),
  'encoder.import': call({
    input: z.strictObject({
      paths: filePaths,
      /** Accepts files of the right layout with another hash; they are marked as unofficial. */
      allowUnofficial: z.boolean().default(false),
    }),
    output: started,
    audit: ['encoder'],
    blinded: 'open',
  }),
}
