import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { EncoderName } from '../../contract/recipe.ts'

const perEncoder = <T extends z.ZodType>(schema: T) =>
  z.object({ resnet50: schema, inceptionv3: schema, vgg16: schema })

const manifestSchema = perEncoder(
  z.object({
    title: z.string(),
    /** Name and address of the official file; it is recognised by its md5 alone. */
    file: z.string(),
    url: z.url(),
    md5: z.string().length(32),
    licence: z.string(),
    attribution: z.string(),
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

/** Where each network's official weights come from, and whose they are. */
export const officialWeights: Readonly<Record<EncoderName, OfficialWeights>> = manifestSchema.parse(
  readResource('manifest.json'),
)

/** What real Keras gives for a probe picture with the untrained weights (test/references/encoders). */
export const probes: Readonly<Record<EncoderName, Probe>> = probesSchema.parse(readResource('probes.json'))

/** Looks upwards, because this file runs from the sources as well as from a bundle in another folder. */
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
