import { z } from 'zod'
import { filePath } from './atoms.ts'
import { lockMinutes } from './users.ts'

/** How a rule's value is written: JSON in the file, and an element of the ADMX template (features/policy/admx.ts). */
export type PolicyKind = 'switch' | 'text' | 'number' | 'choice' | 'list'

interface RuleFacts {
  readonly title: string
  /** What it does, for an administrator. */
  readonly help: string
  /** The environment variables that it sets for Lobule's processes, over those of the user. */
  readonly variables?: readonly string[]
}

interface Rule<K extends PolicyKind, S extends z.ZodType> extends RuleFacts {
  readonly kind: K
  readonly schema: S
}

const onOff = (facts: RuleFacts) => ({ kind: 'switch', schema: z.boolean(), ...facts }) as const
const folder = (facts: RuleFacts) => ({ kind: 'text', schema: filePath, ...facts }) as const
const text = (facts: RuleFacts) => ({ kind: 'text', schema: z.string().min(1).max(2000), ...facts }) as const
const address = (facts: RuleFacts) =>
  ({ kind: 'text', schema: z.url({ protocol: /^https?$/ }).max(2000), ...facts }) as const
const list = (facts: RuleFacts) =>
  ({ kind: 'list', schema: z.array(z.string().min(1).max(200)).min(1).max(100), ...facts }) as const
const choice = <const T extends readonly [string, ...string[]]>(choices: T, facts: RuleFacts) =>
  ({ kind: 'choice', schema: z.enum(choices), choices, ...facts }) as const
const whole = (min: number, max: number, facts: RuleFacts) =>
  ({ kind: 'number', schema: z.int().min(min).max(max), min, max, ...facts }) as const

/**
 * Everything that the policy of a computer can set: the only record of it. The schema of the file, the reading of the
 * registry, the ADMX template, the list in Settings and the table in docs/administration.md follow from it.
 */
export const policyRules = {
  dataFolder: folder({
    title: 'Data folder',
    help: 'Folder of each user\'s settings, encoders and logs. "${user}" becomes the account\'s name and "${home}" its home folder. It needs one of the two where several people use a computer.',
    variables: ['LOBULE_HOME'],
  }),
  logFolder: folder({
    title: 'Log folder',
    help: 'Folder of the logs; otherwise "logs" in the data folder. "${user}" and "${home}" as for the data folder.',
    variables: ['LOBULE_LOG_FOLDER'],
  }),
  logLevel: choice(['off', 'error', 'info'], {
    title: 'Log level',
    help: 'What is logged: nothing, failures, or also when the program and its jobs begin and end (the default).',
    variables: ['LOBULE_LOG_LEVEL'],
  }),
  allowBrowser: onOff({
    title: 'Use in a browser',
    help: 'Whether "lobule serve" may open its port on 127.0.0.1. The window never needs it.',
  }),
  allowDownloads: onOff({
    title: 'Downloads',
    help: 'Whether encoders and back-ends may be downloaded. Without, they are installed from files.',
  }),
  encoderMirror: address({
    title: 'Mirror of the encoders',
    help: 'Address that encoders are downloaded from, in place of the official one. Their hashes are checked all the same.',
    variables: ['LOBULE_ENCODER_BASE_URL'],
  }),
  packageIndex: address({
    title: 'Python package index',
    help: 'Address that back-ends are downloaded from (PEP 503 or 691). Their hashes are checked all the same.',
    variables: ['LOBULE_PACKAGE_INDEX'],
  }),
  proxy: address({
    title: 'Proxy',
    help: 'HTTP proxy for downloads.',
    variables: ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'],
  }),
  noProxy: text({
    title: 'Hosts without the proxy',
    help: 'Hosts that downloads reach directly, separated by commas.',
    variables: ['NO_PROXY', 'no_proxy'],
  }),
  certificates: folder({
    title: 'Certificates',
    help: "PEM file with the certificates of the site's own authority, for downloads; beside those of the system.",
    variables: ['NODE_EXTRA_CA_CERTS'],
  }),
  allowedEncoders: list({
    title: 'Allowed encoders',
    help: 'Names or fingerprints (sha256 of the weights, as "lobule encoders list --json" shows them) of the encoders that may be used.',
    variables: ['LOBULE_ALLOWED_ENCODERS'],
  }),
  allowHalfPrecision: onOff({
    title: 'Half precision',
    help: 'Whether Lobule may choose half precision on a graphics card by itself. Without, it computes in single precision.',
    variables: ['LOBULE_NO_HALF_PRECISION'],
  }),
  requireBlindReading: onOff({
    title: 'Blind reading',
    help: 'Whether all readers read blinded in the window and the browser and cannot end it. The command line hides nothing.',
  }),
  backupFolder: folder({
    title: 'Backup folder',
    help: 'Folder of scheduled backups. "${user}" and "${home}" as for the data folder.',
  }),
  backupEvery: choice(['day', 'week'], {
    title: 'Backup schedule',
    help: 'How often the open workspace is backed up. It needs the backup folder.',
  }),
  backupKeepDays: whole(1, 365, {
    title: 'Daily backups kept',
    help: 'How many of the newest days keep their last backup.',
  }),
  lockAfterMinutes: whole(lockMinutes.least, lockMinutes.most, {
    title: 'Time until the lock',
    help: 'Minutes without use after which the window and the browser lock themselves where a workspace has users.',
  }),
} as const satisfies Record<string, Rule<PolicyKind, z.ZodType>>

export type PolicyKey = keyof typeof policyRules
export type Policy = {
  readonly [K in PolicyKey]?: z.output<(typeof policyRules)[K]['schema']> | undefined
}

/** The policy file. A rule that it does not name is left to the user. */
export const policySchema = z
  .strictObject({
    version: z.literal(1),
    ...(Object.fromEntries(
      Object.entries(policyRules).map(([key, { schema }]) => [key, schema.optional()]),
    ) as { [K in PolicyKey]: z.ZodOptional<(typeof policyRules)[K]['schema']> }),
  })
  .refine(({ backupEvery, backupFolder }) => backupEvery === undefined || backupFolder !== undefined, {
    path: ['backupFolder'],
    message: 'is needed where backupEvery is given',
  })

export const policyViewSchema = z.object({
  /** Where it comes from: a file, or a key of the registry; null: this computer has no policy. */
  source: z.string().nullable(),
  /** What it sets. A person cannot change these settings in Lobule. */
  locked: z.array(z.object({ key: z.string(), title: z.string(), value: z.string(), help: z.string() })),
})
export type PolicyView = z.infer<typeof policyViewSchema>

/** What a policy sets, in words. */
export const policyView = (policy: Policy, source: string | null): PolicyView => ({
  source,
  locked: (Object.keys(policyRules) as PolicyKey[]).flatMap((key) => {
    const value = policy[key]
    if (value === undefined) return []
    const { title, help } = policyRules[key]
    return [{ key, title, value: inWords(value), help }]
  }),
})

function inWords(value: NonNullable<Policy[PolicyKey]>): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  return Array.isArray(value) ? value.join(', ') : String(value)
}
