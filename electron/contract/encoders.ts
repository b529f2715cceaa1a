import { z } from 'zod'
import { filePath, filePaths, nothing, sha256, started } from './atoms.ts'
import { call } from './call.ts'
import { inputSizeSchema } from './encoder-manifest.ts'
import { builtInEncodersSchema, encoderNameSchema } from './encoder-names.ts'
import { ownEncoderSchema } from './own-encoders.ts'

/**
 * Where the weights behind a result come from: the official files, other files, or random numbers, which only test the
 * program. `own`: an encoder that a lab has brought and that gives what its maker's framework gives; `unverified`: one without
 * this proof.
 */
export const weightsSourceSchema = z.enum(['official', 'unofficial', 'own', 'unverified', 'untrained'])
export type WeightsSource = z.infer<typeof weightsSourceSchema>

/** An encoder of one's own, with what a recipe for it is made from. */
export const ownEncoderViewSchema = z.object({
  encoder: ownEncoderSchema,
  citation: z.string(),
  trainedOn: z.object({ text: z.string(), dataSets: z.array(z.string()) }),
  size: inputSizeSchema,
  /** Whether images may pass as a whole. */
  isDense: z.boolean(),
  /** um; null: images are not resampled. */
  pixelSizeUm: z.number().nullable(),
  stain: z.enum(['none', 'macenko']),
  augmentations: z.int(),
  /** Cosine with what its maker's framework gives for the probe; null: there is no probe. */
  probeCosine: z.number().nullable(),
})
export type OwnEncoderView = z.infer<typeof ownEncoderViewSchema>

/** An encoder that could be installed: checked and run once, and not installed yet. */
export const encoderOfferSchema = z.object({
  own: ownEncoderViewSchema,
  /** Of all its files. */
  bytes: z.int(),
  /** Time for one image of `sizePx`, on the processor. */
  milliseconds: z.number(),
  sizePx: z.int(),
  /** What is installed under its name. */
  replaces: z.enum(['nothing', 'same', 'other']),
})
export type EncoderOffer = z.infer<typeof encoderOfferSchema>

export const encoderViewSchema = z.object({
  name: encoderNameSchema,
  title: z.string(),
  source: z.enum([...weightsSourceSchema.options, 'missing']),
  fingerprint: z.string().nullable(),
  licence: z.string(),
  attribution: z.string(),
  path: z.string().nullable(),
  /** What is known of an encoder that is not Lobule's; absent or null: it is Lobule's, or its record is damaged. */
  own: ownEncoderViewSchema.nullish(),
})
export type EncoderView = z.infer<typeof encoderViewSchema>

const named = z.strictObject({ names: builtInEncodersSchema })

export const encoderCalls = {
  'encoder.list': call({
    input: nothing,
    output: z.array(encoderViewSchema),
    audit: 'reads',
    blinded: 'open',
    role: 'read-only',
  }),
  /** Installs untrained weights. */
  'encoder.demo': call({
    input: named,
    output: started,
    audit: ['encoder'],
    blinded: 'open',
    role: 'administrator',
  }),
  /** Downloads official weights from their official source; only ever when a person asks for it. */
  'encoder.fetch': call({
    input: named,
    output: started,
    audit: ['encoder'],
    blinded: 'open',
    role: 'administrator',
  }),
  'encoder.import': call({
    input: z.strictObject({
      paths: filePaths,
      /** Accepts files of the right layout with another hash; they are marked as unofficial. */
      allowUnofficial: z.boolean().default(false),
    }),
    output: started,
    audit: ['encoder'],
    blinded: 'open',
    role: 'administrator',
  }),
  /** Checks an encoder of one's own, a folder or zip, and runs it on a probe image. Installs nothing. */
  'encoder.inspect': call({
    input: z.strictObject({ path: filePath }),
    output: encoderOfferSchema,
    audit: 'reads',
    blinded: 'open',
    role: 'read-only',
  }),
  /** Installs what was inspected: `fingerprint` is that of the offer whose licence a person has read. */
  'encoder.install': call({
    input: z.strictObject({ path: filePath, fingerprint: sha256 }),
    output: started,
    audit: ['encoder'],
    blinded: 'open',
    role: 'administrator',
  }),
  /** Removes an encoder of one's own. Models that were trained on it stay, and cannot classify new images. */
  'encoder.remove': call({
    input: z.strictObject({ name: encoderNameSchema }),
    output: started,
    audit: ['encoder'],
    blinded: 'open',
    role: 'administrator',
  }),
}
