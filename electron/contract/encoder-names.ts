import { z } from 'zod'

/** The encoders of the paper. Their official weights are files of Keras, which are downloaded on request. */
export const paperEncoders = ['resnet50', 'inceptionv3', 'vgg16'] as const
/** The networks whose graphs Lobule writes itself. EfficientNet-Lite0 comes with Lobule. */
export const builtInEncoders = [...paperEncoders, 'efficientnetlite0'] as const
export type BuiltInEncoder = (typeof builtInEncoders)[number]
export const isBuiltIn = (name: string): name is BuiltInEncoder =>
  builtInEncoders.some((known) => known === name)

/** Longest name of an encoder. It is part of file names. */
const maxEncoderNameLength = 40
/** The name of any encoder: one of Lobule's, or one that a lab has brought (docs/own-encoder.md), installed here or not. */
export const encoderNameSchema = z
  .string()
  .max(maxEncoderNameLength)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'an encoder is named by small letters, digits and hyphens between them')
export type EncoderName = z.infer<typeof encoderNameSchema>
/** Encoders of a call. */
export const encoderNamesSchema = z.array(encoderNameSchema).min(1).max(16)
/** Built-in encoders of a call. */
export const builtInEncodersSchema = z.array(z.enum(builtInEncoders)).min(1).max(builtInEncoders.length)
