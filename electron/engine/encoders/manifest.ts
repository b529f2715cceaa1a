import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { findAbove } from '../../base/find-above.ts'
import type { BuiltInEncoder } from '../../contract/encoder-names.ts'

const perEncoder = <T extends z.ZodType>(schema: T) =>
  z.object({ resnet50: schema, inceptionv3: schema, vgg16: schema, efficientnetlite0: schema })

const manifestSchema = perEncoder(
  z.object({
    title: z.string(),
    /** Name of the official file, which is recognised by its MD5 alone. */
    file: z.string(),
    /** Where it can be downloaded; null: it comes with Lobule (bundled-file.ts). */
    url: z.url().nullable(),
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
    /** Little-endian float32, base64; null: Keras does not have this network. */
    descriptor: z.string().nullable(),
  }),
)

export type OfficialWeights = z.infer<typeof manifestSchema>[BuiltInEncoder]
export type Probe = z.infer<typeof probesSchema>[BuiltInEncoder]

/** Source, licence and attribution of each network's official weights. */
export const officialWeights: Readonly<Record<BuiltInEncoder, OfficialWeights>> = manifestSchema.parse(
  readResource('manifest.json'),
)

/** Untrained weights: their fingerprints, and the descriptors that Keras gives for a probe image (test/references/encoders). */
export const probes: Readonly<Record<BuiltInEncoder, Probe>> = probesSchema.parse(readResource('probes.json'))

/** Searches upwards, because this file runs both from the sources and from a bundle in another folder. */
function readResource(name: string): unknown {
  const path = findAbove(import.meta.dirname, join('resources', 'encoders', name))
  if (path === null) throw new Error(`resources/encoders/${name} is not above ${import.meta.dirname}`)
  return JSON.parse(readFileSync(path, 'utf8'))
}
