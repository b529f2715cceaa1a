import { existsSync, readFileSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { parseJson } from '../base/parse-json.ts'
import {
  AppError,
  faultsOf,
  inPlainWords,
  policyRules,
  policySchema,
  toErrorView,
  type Policy,
  type PolicyKey,
} from '../contract/index.ts'
import { policyRegistryKey, readRegistryPolicy } from './registry-policy.ts'

/** The policy of a computer, and where it comes from; null: there is none. */
export interface MachinePolicy {
  readonly rules: Policy
  readonly source: string | null
}

export const noPolicy: MachinePolicy = { rules: {}, source: null }

type Environment = NodeJS.ProcessEnv

/** What the reading of a policy needs of a computer; tests replace it. */
export interface PolicyPlace {
  readonly platform: NodeJS.Platform
  readonly environment: Environment
  /** The values of the registry key, as JSON would have them; null: there is none. */
  readonly registry: () => Record<string, unknown> | null
  readonly file?: string
}

/**
 * Read once in a process: it starts a program, and the packaged command line needs the policy before its commands read
 * it.
 */
let registryPolicy: Record<string, unknown> | null | undefined

function registryOfThisProcess(): Record<string, unknown> | null {
  if (registryPolicy === undefined) registryPolicy = readRegistryPolicy()
  return registryPolicy
}

const thisComputer = (): PolicyPlace => ({
  platform: process.platform,
  environment: process.env,
  registry: registryOfThisProcess,
})

/** Where an administrator puts the policy of a computer, in a folder that its users cannot write. */
export function policyFile(platform: NodeJS.Platform, environment: Environment = process.env): string {
  if (platform === 'win32') return `${environment['ProgramData'] ?? 'C:\\ProgramData'}\\Lobule\\policy.json`
  return platform === 'darwin' ? '/Library/Application Support/Lobule/policy.json' : '/etc/lobule/policy.json'
}

/**
 * The policy of this computer: its file, and over it, on Windows, what group policies have written to the registry. Without
 * either, LOBULE_POLICY names a file to try one with; it never replaces the computer's own.
 * @throws AppError `policy.invalid`: nothing may start with half a policy
 */
export function readPolicy(place: PolicyPlace = thisComputer()): MachinePolicy {
  const { platform, environment } = place
  const file = place.file ?? policyFile(platform, environment)
  const registry = platform === 'win32' ? place.registry() : null
  if (registry !== null) {
    const below = existsSync(file) ? readPolicyFile(file) : {}
    return {
      rules: checked({ version: 1, ...below, ...registry }, policyRegistryKey),
      source: policyRegistryKey,
    }
  }
  const tried = environment['LOBULE_POLICY'] ?? ''
  const source = existsSync(file) || tried === '' ? file : tried
  if (source === file && !existsSync(file)) return noPolicy
  return { rules: readPolicyFile(source), source }
}

/** @throws AppError `policy.invalid` */
export function readPolicyFile(path: string): Policy {
  let text: string
  try {
    // Windows' editors begin a text with a mark.
    text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '')
  } catch (error) {
    throw new AppError('policy.invalid', { path, reason: toErrorView(error).message }, { cause: error })
  }
  return checked(
    parseJson(text, () => refuse(path, 'it is not JSON')),
    path,
  )
}

function checked(value: unknown, path: string): Policy {
  const parsed = policySchema.safeParse(value, inPlainWords)
  if (!parsed.success) return refuse(path, faultsOf(parsed.error, 'policy').join('; '))
  const { version: _, ...rules } = parsed.data
  return withFolders(rules)
}

function refuse(path: string, reason: string): never {
  throw new AppError('policy.invalid', { path, reason })
}

/** `${user}` and `${home}` in the folders of a policy. */
function withFolders(rules: Policy): Policy {
  const filled = Object.entries(rules).map(([key, value]) => [
    key,
    typeof value === 'string'
      ? value.replaceAll('${user}', () => userInfo().username).replaceAll('${home}', () => homedir())
      : value,
  ])
  return Object.fromEntries(filled) as Policy
}

/**
 * What a policy sets in the environment, over what a user has set there: the data folder, proxies, mirrors. A switch
 * sets its variables to 1 where it is off.
 */
export function policyEnvironment(rules: Policy): Record<string, string> {
  return Object.fromEntries(
    (Object.keys(policyRules) as PolicyKey[]).flatMap((key) => {
      const rule: { variables?: readonly string[] } = policyRules[key]
      const value = rules[key]
      if (value === undefined || value === true) return []
      const text = value === false ? '1' : Array.isArray(value) ? value.join(',') : String(value)
      return (rule.variables ?? []).map((name) => [name, text])
    }),
  )
}

/**
 * Reads the policy and puts it over the environment of this process, and so of those that it starts. Each entry point
 * calls it first.
 * @throws AppError `policy.invalid`
 */
export function applyPolicy(): MachinePolicy {
  const policy = readPolicy()
  Object.assign(process.env, policyEnvironment(policy.rules))
  return policy
}
