import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { EncoderName } from '../../contract/recipe.ts'

const perEncoder = <T extends z.ZodType>(schema: T) =>
  z.object({ resnet50: schema, inceptionv3: schema, vgg16: schema })

const manifestSchema = perEncoder(
  z.object({
    title: z.string(),
    /** Name and address of the official file, which is recognised by its MD5 alone. */
    file: z.string(),
    url: z.url(),
    md5: z.string().length(32),
    licence: z.string(),
    attribution: z.string(),
    /** Public sets that the weights were trained on: a model cannot be tested on images of them. */
    trainedOn: z.array(z.string()),
  }),
)

const probesSchema = perEncoder(
  z.object({
    sizePx: z.int().positive(),
    fingerprint: z.string().length(64),
    /** Little-endian float32, base64. */
    descriptor: z.string(),
  }),
)

export type OfficialWeights = z.infer<typeof manifestSchema>[EncoderName]
export type Probe = z.infer<typeof probesSchema>[EncoderName]

/** Source, licence and attribution of each network's official weights. */
export const officialWeights: Readonly<Record<EncoderName, OfficialWeights>> = manifestSchema.parse(
  readResource('manifest.json'),
)

/** The descriptors that Keras itself gives for a probe image with untrained weights (test/references/encoders). */
export const probes: Readonly<Record<EncoderName, Probe>> = probesSchema.parse(readResource('probes.json'))

/** Searches upwards, because this file runs both from the sources and from a bundle in another folder. */
function readResource(name: string): unknown {
  let folder = import.meta.dirname
  for (;;) {
    const path = join(folder, 'resources', 'encoders', name)
    if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8'))
    const above = dirname(folder)
    if (above === folder) throw new Error(`resources/encoders/${name} is not above ${import.meta.dirname}`)
    folder = above
  }
}
