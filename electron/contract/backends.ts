import { z } from 'zod'
import { isoTime } from './atoms.ts'
import { encoderNameSchema, type EncoderName } from './encoder-names.ts'

/**
 * The back-ends that can run an encoder, best first. engine/encoders/backends.ts finds those of a machine.
 * `-half`: in half precision, on GPUs that support it. `tensorflow-cpu` is after `cpu`, which never fails: it is used by name alone.
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
  'fused',
  'cpu',
  'tensorflow-cpu',
] as const
export const backendNameSchema = z.enum(backendNames)
export type BackendName = z.infer<typeof backendNameSchema>

/** `auto`: the first back-end of the machine that passes its self-test, and the next one when it fails. */
export const backendChoices = ['auto', ...backendNames] as const
export const backendChoiceSchema = z.enum(backendChoices)
export type BackendChoice = z.infer<typeof backendChoiceSchema>

/** Result of the self-test of one back-end with one encoder. */
export const selfTestViewSchema = z.object({
  encoder: encoderNameSchema,
  /** `trying`: a process started it and ended before it had a result. */
  status: z.enum(['passed', 'refused', 'trying']),
  /** Cosine similarity to the stored reference; null if the test ended before. */
  cosine: z.number().nullable(),
  reason: z.string().nullable(),
  /**
   * Of a back-end in half precision: crops per second, divided by those of the same back-end in full precision; null:
   * not measured.
   */
  gain: z.number().positive().nullable().default(null),
  at: isoTime,
})
export type SelfTestView = z.infer<typeof selfTestViewSchema>

export const backendViewSchema = z.object({
  name: backendNameSchema,
  title: z.string(),
  status: z.enum(['ready', 'untested', 'refused', 'missing', 'unsupported']),
  /** Why it is not `ready`; null if it is. */
  reason: z.string().nullable(),
  /** On this machine with this driver and these weights. */
  selfTests: z.array(selfTestViewSchema),
  /** The newest failure during work, from which its images went on elsewhere or in smaller batches; absent: none is known. */
  lastFault: z.object({ encoder: z.string(), reason: z.string(), at: isoTime }).optional(),
  /** Crops of 400 pixels; only if the measurement was requested. */
  cropsPerSecond: z.array(z.object({ encoder: encoderNameSchema, value: z.number().positive() })),
})
export type BackendView = z.infer<typeof backendViewSchema>

/** The back-end that an encoder would start with; an encoder that nothing here can run has none. */
export const encoderBackendViewSchema = z.object({
  encoder: encoderNameSchema,
  backend: backendNameSchema,
  /** Whether its self-test with these weights has ended; otherwise its first use tests it, and takes the next one if it fails. */
  isTested: z.boolean(),
})
export type EncoderBackendView = z.infer<typeof encoderBackendViewSchema>

/** Crops of 400 px per second for an encoder, on the back-end that it would start with; null: not measured. */
export function cropsPerSecondOf(
  {
    backends,
    use,
  }: {
    readonly backends: readonly BackendView[]
    readonly use: readonly EncoderBackendView[]
  },
  encoder: EncoderName,
): number | null {
  const name = use.find((one) => one.encoder === encoder)?.backend
  const backend = backends.find((candidate) => candidate.name === name)
  return backend?.cropsPerSecond.find((speed) => speed.encoder === encoder)?.value ?? null
}
