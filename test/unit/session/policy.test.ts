import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AppError, policyRules, policyView } from '../../../electron/contract/index.ts'
import { portableHome } from '../../../electron/session/home-directory.ts'
import {
  policyEnvironment,
  policyFile,
  readPolicy,
  readPolicyFile,
  type PolicyPlace,
} from '../../../electron/session/policy.ts'
import {
  parseRegistry,
  policyRegistryKey,
  readRegistryPolicy,
} from '../../../electron/session/registry-policy.ts'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'lobule-policy-'))))
afterEach(() => rmSync(root, { recursive: true }))

const write = (content: unknown, name = 'policy.json'): string => {
  const path = join(root, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}
const place = (more: Partial<PolicyPlace>): PolicyPlace => ({
  platform: 'linux',
  environment: {},
  registry: () => null,
  file: join(root, 'policy.json'),
  ...more,
})
const refusal = (path: string): string => {
  try {
    readPolicyFile(path)
  } catch (error) {
    if (error instanceof AppError) return error.message
  }
  throw new Error('it was not refused')
}

describe('the policy of a computer', () => {
  it('is none without a file', () => {
    expect(readPolicy(place({}))).toEqual({ rules: {}, source: null })
  })

  it('is read from the file of the computer, which LOBULE_POLICY cannot replace', () => {
    const own = write({ version: 1, requireBlindReading: true })
    const mild = write({ version: 1, requireBlindReading: false }, 'mild.json')
    const environment = { LOBULE_POLICY: mild }
    expect(readPolicy(place({ environment }))).toEqual({ rules: { requireBlindReading: true }, source: own })
    rmSync(own)
    expect(readPolicy(place({ environment }))).toMatchObject({ source: mild })
  })

  it('has its place for each system', () => {
    expect(policyFile('linux')).toBe('/etc/lobule/policy.json')
    expect(policyFile('darwin')).toBe('/Library/Application Support/Lobule/policy.json')
    expect(policyFile('win32', { ProgramData: 'D:\\PD' })).toBe('D:\\PD\\Lobule\\policy.json')
  })

  it.each([
    ['{', 'it is not JSON'],
    [{}, 'version: it is not 1'],
    [{ version: 2 }, 'version: it is not 1'],
    [{ version: 1, alowDownloads: false }, 'policy: unknown: alowDownloads'],
    [{ version: 1, allowDownloads: 'no' }, 'allowDownloads: it is not true or false'],
    [{ version: 1, proxy: 'ftp://proxy' }, 'proxy: it does not have the required form'],
    [{ version: 1, backupKeepDays: 0 }, 'backupKeepDays: it is less than 1'],
    [{ version: 1, backupEvery: 'hour' }, 'backupEvery: it is none of day, week'],
    [{ version: 1, backupEvery: 'day' }, 'backupFolder: is needed where backupEvery is given'],
    [[], 'policy: it is not a record'],
  ])('is refused as a whole where it has a fault: %j', (content, reason) => {
    expect(refusal(write(content))).toContain(`is not valid: ${reason}.`)
  })

  it('is refused where it cannot be read, since it may forbid something', () => {
    mkdirSync(join(root, 'policy.json'))
    expect(() => readPolicy(place({}))).toThrow('does not start')
  })

  it('fills in the account in its folders, and accepts the mark that editors of Windows write', () => {
    const path = write(
      `\uFEFF${JSON.stringify({ version: 1, dataFolder: '/data/${user}', logFolder: '${home}/l' })}`,
    )
    expect(readPolicyFile(path)).toEqual({
      dataFolder: `/data/${userInfo().username}`,
      logFolder: `${homedir()}/l`,
    })
  })

  it('sets variables over those of the user, and a switch only where it is off', () => {
    const rules = {
      dataFolder: '/data',
      proxy: 'http://proxy:3128',
      allowHalfPrecision: false,
      allowedEncoders: ['vgg16', 'resnet50'],
      requireBlindReading: true,
    }
    expect(policyEnvironment(rules)).toEqual({
      LOBULE_HOME: '/data',
      HTTPS_PROXY: 'http://proxy:3128',
      https_proxy: 'http://proxy:3128',
      HTTP_PROXY: 'http://proxy:3128',
      http_proxy: 'http://proxy:3128',
      LOBULE_NO_HALF_PRECISION: '1',
      LOBULE_ALLOWED_ENCODERS: 'vgg16,resnet50',
    })
    expect(policyEnvironment({ allowHalfPrecision: true })).toEqual({})
  })

  it('is listed with what it sets and nothing else', () => {
    const { locked, source } = policyView({ allowBrowser: false, allowedEncoders: ['a', 'b'] }, '/p')
    expect(source).toBe('/p')
    expect(locked.map(({ key, title, value }) => [key, title, value])).toEqual([
      ['allowBrowser', policyRules.allowBrowser.title, 'off'],
      ['allowedEncoders', policyRules.allowedEncoders.title, 'a, b'],
    ])
  })
})

describe('group policies of Windows', () => {
  // As `reg query` of Windows 11 prints it.
  const printed = [
    '',
    policyRegistryKey,
    '    allowDownloads    REG_DWORD    0x0',
    '    requireBlindReading    REG_DWORD    0x1',
    '    backupKeepDays    REG_DWORD    0xe',
    '    backupFolder    REG_SZ    \\\\server\\back ups',
    '    backupEvery    REG_SZ    day',
    '    allowedEncoders    REG_MULTI_SZ    vgg16\\0resnet50',
    '',
  ].join('\r\n')

  it('are read from the registry', () => {
    expect(parseRegistry(printed)).toEqual({
      allowDownloads: false,
      requireBlindReading: true,
      backupKeepDays: 14,
      backupFolder: '\\\\server\\back ups',
      backupEvery: 'day',
      allowedEncoders: ['vgg16', 'resnet50'],
    })
    expect(parseRegistry(`\r\n${policyRegistryKey}\r\n`)).toBeNull()
  })

  it('start nothing where the registry cannot be read, or where its printing loses letters', () => {
    const keys: string[] = []
    const query = (answers: Record<string, string>) => (key: string) => {
      keys.push(key)
      return answers[key] ?? null
    }
    expect(readRegistryPolicy(query({ [policyRegistryKey]: printed }))).toEqual(parseRegistry(printed))
    // Every Windows has the second key: there is no policy.
    expect(readRegistryPolicy(query({ 'HKEY_LOCAL_MACHINE\\SOFTWARE': 'more' }))).toBeNull()
    expect(() => readRegistryPolicy(query({}))).toThrow(/the registry cannot be read with reg\.exe/)
    // `Müller` in code page 850.
    const lossy = Buffer.from('    dataFolder    REG_SZ    D:\\M\x81ller', 'latin1').toString('utf8')
    expect(() => readRegistryPolicy(query({ [policyRegistryKey]: lossy }))).toThrow(/letters other than/)
    expect(new Set(keys)).toEqual(new Set([policyRegistryKey, 'HKEY_LOCAL_MACHINE\\SOFTWARE']))
  })

  it('come before the file, which fills what they leave open', () => {
    write({ version: 1, allowDownloads: true, allowBrowser: false })
    const registry = () => parseRegistry(printed)
    const { rules, source } = readPolicy(place({ platform: 'win32', registry }))
    expect(rules).toMatchObject({ allowDownloads: false, allowBrowser: false, backupKeepDays: 14 })
    expect(source).toBe(policyRegistryKey)
    expect(readPolicy(place({ registry })).rules).toEqual({ allowDownloads: true, allowBrowser: false })
  })

  it('are refused where a value is unknown or has another type', () => {
    for (const line of [
      '    allowDownloads    REG_SZ    no',
      '    other    REG_DWORD    0x1',
      '    allowDownloads    REG_DWORD    0x2',
    ])
      expect(() => readPolicy(place({ platform: 'win32', registry: () => parseRegistry(line) }))).toThrow(
        'not valid',
      )
  })
})

describe('a portable copy', () => {
  it('keeps its data beside the program where the mark is', () => {
    const at = (executable: string, platform: NodeJS.Platform = 'linux', appImage?: string) =>
      portableHome({ executable, platform, appImage })
    expect(at(join(root, 'lobule'))).toBeNull()
    write('', 'portable')
    expect(at(join(root, 'lobule'))).toBe(join(root, 'Lobule-data'))
    expect(at(`${root}/Lobule.app/Contents/MacOS/lobule`, 'darwin')).toBe(join(root, 'Lobule-data'))
    expect(at('/tmp/.mount_x/lobule', 'linux', join(root, 'Lobule.AppImage'))).toBe(join(root, 'Lobule-data'))
    expect(at('/usr/bin/lobule')).toBeNull()
  })
})
