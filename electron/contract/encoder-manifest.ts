import { z } from 'zod'
import { encoderNameSchema } from './encoder-names.ts'
import { licenceTermsSchema, ownEncoderNameProblem } from './own-encoders.ts'

/** The file of an encoder's folder or zip that says everything about it (docs/own-encoder.md). */
export const encoderManifestFile = 'lobule-encoder.json'

const words = (max: number) => z.string().trim().min(1).max(max)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 has 64 hexadecimal digits')
/** In the folder itself: a name cannot lead anywhere else. */
const fileName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'it must be the name of a file in the same folder')
const channelValues = z.tuple([z.number(), z.number(), z.number()])

/** The sizes that a network takes, pixels of a square's edge: one alone, or the multiples within a range. */
export const inputSizeSchema = z.union([
  z.strictObject({ fixedPx: z.int().min(32).max(2048) }),
  z.strictObject({
    multipleOf: z.int().min(1).max(256),
    minPx: z.int().min(32).max(8192),
    maxPx: z.int().min(32).max(8192),
  }),
])
export type InputSize = z.infer<typeof inputSizeSchema>

/** What a manifest says about an encoder: those of Lobule, and those that a lab brings. */
const cardShape = {
  name: encoderNameSchema,
  title: words(80),
  revision: words(80),
  citation: words(1000),
  licence: licenceTermsSchema,
  input: z.strictObject({
    /** Of the graph's only input. */
    name: words(200),
    layout: z.enum(['NCHW', 'NHWC']),
    channels: z.enum(['RGB', 'BGR']),
    dtype: z.enum(['float32', 'float16', 'uint8']),
    size: inputSizeSchema,
    /** Images in a run. Lobule runs one at a time, so that a result never depends on other images. */
    batch: z.literal([1, 'any']),
    /** The network receives (value 0..255 x scale - mean) / std, for each channel in the order of `channels`. */
    scale: z.number().positive().max(1000),
    mean: channelValues,
    std: channelValues,
  }),
  tile: z.strictObject({
    /** Pixel size that the network was made for, um; null: pixels are taken as they are. */
    pixelSizeUm: z.number().positive().max(100).nullable(),
    resize: z.enum(['none', 'bicubic']),
  }),
  output: z.strictObject({
    /** Of the graph's output that is used. */
    name: words(200),
    kind: z.enum(['vector', 'tokens', 'map']),
    /** Where a map has its channels. */
    layout: z.enum(['NCHW', 'NHWC']).default('NCHW'),
    /** Numbers of the descriptor, after pooling. */
    length: z.int().min(1).max(16_384),
    pooling: z.enum(['none', 'cls', 'mean', 'cls+mean', 'norm3']),
    /** Tokens before those of the patches: class and registers. */
    prefixTokens: z.int().min(0).max(64),
    nonNegative: z.boolean(),
  }),
  stain: z.enum(['none', 'macenko']).default('none'),
  augmentations: z.int().min(1).max(50).default(1),
  trainedOn: z.strictObject({
    text: words(2000),
    /** Public sets that it was trained on: a model cannot be tested on their images. */
    dataSets: z.array(words(100)).max(100),
  }),
}

export const encoderCardSchema = z.strictObject(cardShape).superRefine(refuseContradictions)
export type EncoderCard = z.infer<typeof encoderCardSchema>

/** An encoder of one's own: the same, with its files and what proves that they are run as their maker runs them. */
export const encoderManifestSchema = z
  .strictObject({
    format: z.literal('lobule-encoder'),
    version: z.literal(1),
    ...cardShape,
    network: z.strictObject({
      file: fileName,
      sha256,
      /** Files with the weights of a network above 2 GB. */
      external: z
        .array(z.strictObject({ file: fileName, sha256 }))
        .max(64)
        .default([]),
      /** Version of ONNX's operator set. */
      opset: z.int().min(7).max(64),
    }),
    /** Absent or null: nothing proves it, and the encoder is marked UNVERIFIED everywhere. */
    probe: z
      .strictObject({
        /** Edge of the probe image (docs/own-encoder.md has its formula). */
        sizePx: z.int().min(32).max(2048),
        /** The descriptor that the maker's own framework gives for it. */
        output: z.array(z.number()).min(1).max(16_384),
        leastCosine: z.number().min(0.9).max(1),
      })
      .nullable()
      .default(null),
  })
  .superRefine(refuseContradictions)
  .superRefine(({ name, network, output, input, probe }, context) => {
    const refuse = refusal(context)
    const problem = ownEncoderNameProblem(name)
    if (problem !== null) refuse(['name'], problem)
    const files = [network.file, ...network.external.map(({ file }) => file), encoderManifestFile]
    const lower = files.map((file) => file.toLowerCase())
    if (new Set(lower).size < files.length) refuse(['network'], 'two of its files have the same name')
    if (probe === null) return
    if (probe.output.length !== output.length)
      refuse(['probe', 'output'], `it has ${probe.output.length} numbers instead of ${output.length}`)
    if (!acceptsSize(input.size, probe.sizePx))
      refuse(['probe', 'sizePx'], 'the network does not take this size')
    if (!probe.output.some((value) => value !== 0)) refuse(['probe', 'output'], 'all its numbers are 0')
  })
export type EncoderManifest = z.infer<typeof encoderManifestSchema>

/** Whether a network takes a square with this edge. */
export const acceptsSize = (size: InputSize, edgePx: number): boolean =>
  'fixedPx' in size
    ? edgePx === size.fixedPx
    : edgePx >= size.minPx && edgePx <= size.maxPx && edgePx % size.multipleOf === 0

/** The edge nearest to `edgePx`, from below if possible, that a network takes. */
export function nearestSize(size: InputSize, edgePx: number): number {
  if ('fixedPx' in size) return size.fixedPx
  const { multipleOf, minPx, maxPx } = size
  const least = Math.ceil(minPx / multipleOf) * multipleOf
  const most = Math.floor(maxPx / multipleOf) * multipleOf
  return Math.max(least, Math.min(most, Math.floor(edgePx / multipleOf) * multipleOf))
}

type Card = z.infer<z.ZodObject<typeof cardShape>>

const refusal =
  (context: z.core.$RefinementCtx) =>
  (path: (string | number)[], message: string): void => {
    context.addIssue({ code: 'custom', path, message })
  }

/** Refuses what cannot be meant, so that no half-understood network ever gives numbers. */
function refuseContradictions({ input, output, tile }: Card, context: z.core.$RefinementCtx): void {
  const refuse = refusal(context)
  const { size, dtype, scale, mean, std } = input
  if ('minPx' in size) {
    const { multipleOf, minPx, maxPx } = size
    if (Math.floor(maxPx / multipleOf) * multipleOf < minPx)
      refuse(['input', 'size'], `no multiple of ${multipleOf} is between ${minPx} and ${maxPx}`)
  }
  if (std.some((value) => value <= 0)) refuse(['input', 'std'], 'a standard deviation must be above 0')
  const isPlain = scale === 1 && mean.every((value) => value === 0) && std.every((value) => value === 1)
  if (dtype === 'uint8' && !isPlain)
    refuse(['input', 'dtype'], 'whole numbers cannot be scaled: scale must be 1, mean 0 and std 1')
  if ((tile.pixelSizeUm === null) !== (tile.resize === 'none'))
    refuse(['tile'], 'resize is "none" where no pixel size is given, and only there')
  const { kind, pooling, prefixTokens, nonNegative, length } = output
  const poolings = { vector: ['none'], tokens: ['cls', 'mean', 'cls+mean'], map: ['mean', 'norm3'] } as const
  const known: readonly string[] = poolings[kind]
  if (!known.includes(pooling))
    refuse(['output', 'pooling'], `an output of the kind ${kind} is pooled by ${known.join(', ')}`)
  if (kind !== 'tokens' && prefixTokens > 0)
    refuse(['output', 'prefixTokens'], 'only tokens have other tokens before them')
  if (pooling.startsWith('cls') && prefixTokens === 0)
    refuse(['output', 'prefixTokens'], 'the class token is one of the tokens before the patches')
  if (pooling === 'norm3' && !nonNegative)
    refuse(['output', 'pooling'], 'the root of a negative mean is not real: use mean')
  if (pooling === 'cls+mean' && length % 2 === 1)
    refuse(['output', 'length'], 'class token and mean have the same length, so their sum is even')
}
