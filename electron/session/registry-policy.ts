import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { AppError, policyRules } from '../contract/index.ts'

/** Where group policies of Windows write, by the template of `lobule policy templates`. */
export const policyRegistryKey = 'HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Lobule'

/** A key that every Windows has. */
const presentKey = 'HKEY_LOCAL_MACHINE\\SOFTWARE'

/** What `reg query KEY` prints; null: it ended with a failure, which it also does where there is no such key. */
type QueryRegistry = (key: string) => string | null

const queryRegistry: QueryRegistry = (key) => {
  const program = join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'reg.exe')
  const { status, stdout } = spawnSync(program, ['query', key], {
    encoding: 'utf8',
    timeout: 10_000,
    windowsHide: true,
  })
  return status === 0 ? stdout : null
}

/**
 * What group policies have set, read with Windows' own `reg.exe`; null: nothing. Users cannot write there.
 * @throws AppError `policy.invalid` where the registry cannot be read, or has letters that its printing loses
 */
export function readRegistryPolicy(query = queryRegistry): Record<string, unknown> | null {
  const printed = query(policyRegistryKey)
  // Such as where a group policy forbids tools that edit the registry: then there may be a policy.
  if (printed === null && query(presentKey) === null) refuse('the registry cannot be read with reg.exe')
  // It prints in the code page of the console.
  if (printed?.includes('\uFFFD') === true)
    refuse('it has letters other than those of ASCII; policy.json may have them')
  return printed === null ? null : parseRegistry(printed)
}

function refuse(reason: string): never {
  throw new AppError('policy.invalid', { path: policyRegistryKey, reason })
}

/**
 * The values of a key as `reg query` prints them: `    name    REG_SZ    value`. Switches are numbers there, and lists have
 * `\0` between their entries. Values that Lobule does not know stay as they are, so that the policy is refused for them.
 */
export function parseRegistry(printed: string): Record<string, unknown> | null {
  const values = printed.split(/\r?\n/).flatMap((line): [string, unknown][] => {
    const [, name, type, text = ''] = /^ {4}(\S+) {4}(REG_[A-Z_]+)(?: {4}(.*))?$/.exec(line) ?? []
    return name === undefined || type === undefined ? [] : [[name, valueOf(name, type, text)]]
  })
  return values.length === 0 ? null : Object.fromEntries(values)
}

function valueOf(name: string, type: string, text: string): unknown {
  const rule = Object.entries(policyRules).find(([key]) => key === name)?.[1]
  if (type === 'REG_MULTI_SZ') return text.split('\\0').filter((part) => part !== '')
  if (type !== 'REG_DWORD') return text
  const number = Number(text)
  return rule?.kind === 'switch' && (number === 0 || number === 1) ? number === 1 : number
}
