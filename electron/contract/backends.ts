import { z } from 'zod'
import { isoTime } from './atoms.ts'
import { encoderNameSchema } from './recipe.ts'

/**
 * What can run an encoder, best first; which of them a machine has is another question (engine/encoders/backends.ts).
 * `-half`: the same in half precision, on GPUs that have it.
 */
export const backendNames = [
  'cuda-half',
  'cuda',
  'directml-half',
  'directml',
  'coreml-half',
  'coreml',
  'webgpu-half',
  'webgpu',
  'tensorflow',
  'winograd',
  'cpu',
] as const
export const backendNameSchema = z.enum(backendNames)
export type BackendName = z.infer<typeof backendNameSchema>

/** `auto`: the first back-end of the machine that passes its self-test, and the next one when it fails. */
export const backendChoices = ['auto', ...backendNames] as const
export const backendChoiceSchema = z.enum(backendChoices)
export type BackendChoice = z.infer<typeof backendChoiceSchema>

/** What came of the self-test of one back-end with one encoder. */
export const selfTestViewSchema = z.object({
  encoder: encoderNameSchema,
  /** `trying`: a process began it and did not live to tell. */
  status: z.enum(['passed', 'refused', 'trying']),
  /** Against the stored expectation; null where it did not come so far. */
  cosine: z.number().nullable(),
  reason: z.string().nullable(),
  /**
   * Of a back-end in half precision: how many times as many crops a second it encodes as the same in full; null where
   * that was not measured.
   */
  gain: z.number().positive().nullable().default(null),
  at: isoTime,
})
export type SelfTestView = z.infer<typeof selfTestViewSchema>

export const backendViewSchema = z.object({
  name: backendNameSchema,
  title: z.string(),
  status: z.enum(['ready', 'untested', 'refused', 'missing', 'unsupported']),
  /** Why it is not `ready`; null where it is. */
  reason: z.string().nullable(),
  /** On this machine with this driver and these weights. */
  selfTests: z.array(selfTestViewSchema),
  /** Crops of 400 pixels; only where it was asked for. */
  cropsPerSecond: z.array(z.object({ encoder: encoderNameSchema, value: z.number().positive() })),
})
export type BackendView = z.infer<typeof backendViewSchema>

/** Which back-end an encoder would begin with. */
export const encoderBackendViewSchema = z.object({ encoder: encoderNameSchema, backend: backendNameSchema })
export type EncoderBackendView = z.infer<typeof encoderBackendViewSchema>
