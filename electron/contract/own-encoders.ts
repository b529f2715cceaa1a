import { z } from 'zod'
import { encoderNameSchema, isBuiltIn, type EncoderName } from './encoder-names.ts'

const words = (max: number) => z.string().trim().min(1).max(max)

/** What a licence lets one do. It is shown before an encoder is installed, and travels with every model trained on it. */
export const licenceTermsSchema = z.strictObject({
  /** An SPDX identifier, or a text. */
  name: words(200),
  url: z.url().max(500).nullable(),
  commercialUse: z.enum(['yes', 'no', 'ask']),
  /** Models trained on its descriptors. */
  derivedModels: z.enum(['free', 'same-terms', 'forbidden']),
  /** Of the encoder itself. */
  redistribution: z.enum(['yes', 'no', 'ask']),
  attribution: words(1000),
})

/** What a recipe, and with it a model and its package, keeps of an encoder of one's own. */
export const ownEncoderSchema = z.strictObject({
  name: encoderNameSchema,
  title: words(80),
  revision: words(80),
  /** Of its manifest, files included. */
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  /** Numbers of a descriptor. */
  length: z.int().min(1).max(16_384),
  /** Whether a probe of its maker proved how it is run. */
  isVerified: z.boolean(),
  /** Public sets that it was trained on: a model cannot be tested on their images. */
  trainedOn: z.array(words(100)).max(100).default([]),
  licence: licenceTermsSchema,
})
export type OwnEncoder = z.infer<typeof ownEncoderSchema>

/** Each encoder has a recipe of its name, so it cannot be that of another recipe. */
const recipeNames = ['starter', 'quick', 'desk', 'standard', 'paper']

/** Names of devices on Windows, which no file can have. */
const deviceName = /^(con|prn|aux|nul|com\d|lpt\d)$/

/** Why an encoder of one's own cannot have this name; null: it can. */
export function ownEncoderNameProblem(name: EncoderName): string | null {
  if (isBuiltIn(name)) return `${name} is the name of one of Lobule's own encoders`
  if (recipeNames.includes(name)) return `${name} is the name of a recipe`
  // Classifiers of the two kinds are kept apart by it in packages.
  if (name.startsWith('logistic-')) return 'a name cannot begin with "logistic-"'
  return deviceName.test(name) ? `${name} is the name of a device on Windows` : null
}

const answers = { yes: 'yes', no: 'no', ask: 'ask its maker' } as const
const derived = {
  free: 'free',
  'same-terms': 'only under the same terms',
  forbidden: 'not allowed to be passed on',
} as const

/** The licences of a model's encoders, for its reports. */
export const termsOf = ({
  own,
}: {
  readonly own?: readonly OwnEncoder[] | undefined
}): { terms?: string[] } => (own === undefined ? {} : { terms: own.map(licenceSentence) })

/** The terms of an encoder's licence in one sentence, in the same words wherever they are shown. */
export const licenceSentence = ({ title, licence }: Pick<OwnEncoder, 'title' | 'licence'>): string =>
  `${title}: ${licence.name}${licence.url === null ? '' : ` (${licence.url})`}. Commercial use: ${answers[licence.commercialUse]}. Models trained on it: ${derived[licence.derivedModels]}. Passing it on: ${answers[licence.redistribution]}. ${licence.attribution}`
