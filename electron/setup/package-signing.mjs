// @ts-check
/**
 * Signing with real keys, which are never in the project: the environment names them (docs/release.md). Where one is
 * named, electron-builder has to fail without a signature, and every file that Windows or macOS checks is looked at
 * afterwards.
 */
import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { filesBelow, peHeaderOf } from './package-files.mjs'
import { SetupError, step } from './shared.mjs'

/** @typedef {{ title: string, parameters: string[] }} Signing */

/** Azure's Artifact Signing: electron-builder's options for the account, and the service principal that may use it. */
const azureOptions = {
  endpoint: 'LOBULE_AZURE_ENDPOINT',
  codeSigningAccountName: 'LOBULE_AZURE_ACCOUNT',
  certificateProfileName: 'LOBULE_AZURE_PROFILE',
  publisherName: 'LOBULE_AZURE_PUBLISHER',
}
const azureLogin = ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID']
/** A key of App Store Connect for the notarisation; electron-builder reads them itself. */
const appleNames = ['APPLE_API_KEY', 'APPLE_API_KEY_ID', 'APPLE_API_ISSUER']

/**
 * The parameters of electron-builder for signing; null: no key is given.
 * @param {NodeJS.Platform} platform
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Signing | null}
 * @throws {SetupError} where only a part of what a way of signing needs is given
 */
export function signingParameters(platform, environment) {
  const has = (/** @type {string} */ name) => (environment[name] ?? '') !== ''
  /** @param {string} way @param {readonly string[]} names */
  const requireAll = (way, names) => {
    const missing = names.filter((name) => !has(name))
    if (missing.length > 0) throw new SetupError(`${way} also needs ${missing.join(', ')}.`)
  }
  const force = '-c.forceCodeSigning=true'
  if (platform === 'win32') {
    // Windows loads the addon and the libraries from outside the archive: they are signed like the program.
    const common = [force, '-c.win.signExts.0=.dll', '-c.win.signExts.1=.node']
    const azureNames = Object.values(azureOptions)
    if (azureNames.some(has)) {
      requireAll('Artifact Signing', [...azureNames, ...azureLogin])
      const options = Object.entries(azureOptions).map(
        ([field, name]) => `-c.win.azureSignOptions.${field}=${environment[name]}`,
      )
      return { title: 'Artifact Signing', parameters: [...common, ...options] }
    }
    if (!has('WIN_CSC_LINK') && !has('CSC_LINK')) return null
    if (!has('WIN_CSC_KEY_PASSWORD')) requireAll('A PFX file', ['CSC_KEY_PASSWORD'])
    return { title: 'a PFX file', parameters: common }
  }
  if (platform === 'darwin') {
    if (!has('CSC_LINK') && !has('CSC_NAME')) return null
    requireAll('A signature for macOS', appleNames)
    return { title: 'Developer ID, with notarisation', parameters: [force, '-c.mac.notarize=true'] }
  }
  return null
}

/**
 * Whether a Windows executable or library carries a signature: its table of certificates is not empty (PE/COFF,
 * "Attribute Certificate Table").
 * @param {Buffer} bytes
 * @returns {boolean | null} null: it is no such file
 */
export function hasSignature(bytes) {
  const head = peHeaderOf(bytes)
  if (head === null || head + 24 + 152 > bytes.length) return null
  const optional = head + 24
  // The fifth data directory; PE32+ has 16 bytes more before it.
  const directories = optional + (bytes.readUInt16LE(optional) === 0x20b ? 112 : 96)
  return bytes.readUInt32LE(directories + 4 * 8 + 4) > 0
}

/** An MSI is a compound file; a signed one has a stream of this name. */
const msiSignature = Buffer.from('\u0005DigitalSignature', 'utf16le')

/**
 * The files below a folder that Windows would call unsigned.
 * @param {string} folder
 * @returns {string[]} relative paths
 */
export function unsignedFiles(folder) {
  return filesBelow(folder)
    .filter((name) => /\.(exe|dll|node|msi)$/i.test(name))
    .filter((name) => {
      const bytes = readFileSync(path.join(folder, name))
      return /\.msi$/i.test(name) ? !bytes.includes(msiSignature) : hasSignature(bytes) === false
    })
    .sort()
}

/**
 * @param {NodeJS.Platform} platform
 * @param {string} folder what electron-builder wrote
 * @param {import('./shared.mjs').Log} log
 * @throws {SetupError} naming what is not signed
 */
export async function requireSigned(platform, folder, log) {
  if (platform === 'win32') {
    const unsigned = unsignedFiles(folder)
    if (unsigned.length > 0) throw new SetupError(['Not signed:', ...unsigned].join('\n  '))
  }
  if (platform === 'darwin') {
    for (const name of readdirSync(folder).filter((entry) => entry.startsWith('mac'))) {
      const app = path.join(folder, name, 'Lobule.app')
      await step('codesign', 'codesign', ['--verify', '--deep', '--strict', app])
      await step('The check of the notarisation', 'xcrun', ['stapler', 'validate', app])
    }
  }
  log('Everything is signed.')
}
