// @ts-check
/**
 * `npm run release:manifest -- FILE...`: writes the signed list of a release's files, lobule-release.json, beside the
 * first of them, for `lobule update verify`. LOBULE_RELEASE_KEY names the private key (PEM); its public half must be
 * the one in electron/features/update/release-key.ts. `-- --new-key FILE` makes a key and prints its public half.
 */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import {
  SetupError,
  callersDirectory,
  inRoot,
  logToStderr as log,
  projectPackage,
  runIfMain,
} from './shared.mjs'

/** As in electron/features/update/verify-release.ts. */
const purpose = 'lobule-release-1\n'
export const manifestName = 'lobule-release.json'

/** @typedef {import('node:crypto').KeyObject} KeyObject */

/**
 * @param {string} version
 * @param {string} date YYYY-MM-DD
 * @param {readonly { name: string, content: Buffer }[]} files
 * @returns {string} the text that is signed
 */
export const manifestText = (version, date, files) =>
  JSON.stringify({
    version,
    date,
    files: files.map(({ name, content }) => ({
      name,
      bytes: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
    })),
  })

/** @param {string} manifest @param {KeyObject} privateKey @returns {string} the content of lobule-release.json */
export const signedManifest = (manifest, privateKey) =>
  `${JSON.stringify({ manifest, signature: sign(null, Buffer.from(purpose + manifest), privateKey).toString('base64') }, null, 1)}\n`

/** base64 of the DER form. @param {KeyObject} publicKey */
export const publicKeyText = (publicKey) =>
  publicKey.export({ format: 'der', type: 'spki' }).toString('base64')

/** The public key in the program; null: the placeholder. @param {string} source of release-key.ts @returns {string | null} */
export function keyInProgram(source) {
  const found = /releaseKey: string \| null =\s*(null|'([A-Za-z0-9+/=]+)')/.exec(source)
  if (found === null)
    throw new SetupError('electron/features/update/release-key.ts has no key that can be read.')
  return found[2] ?? null
}

/** @param {string} file */
function makeKey(file) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  // Never over a key that exists: what it has signed could not be signed again.
  writeFileSync(file, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600, flag: 'wx' })
  log(`Written: ${file}. Keep it secret, and keep a copy. In electron/features/update/release-key.ts:`)
  console.log(`export const releaseKey: string | null = '${publicKeyText(publicKey)}'`)
}

/** @param {readonly string[]} names */
function writeManifest(names) {
  const keyFile = process.env['LOBULE_RELEASE_KEY'] ?? ''
  if (keyFile === '' || names.length === 0)
    throw new SetupError('Give the files of the release, and the private key in LOBULE_RELEASE_KEY.')
  const privateKey = createPrivateKey(readFileSync(keyFile))
  const own = keyInProgram(readFileSync(inRoot('electron', 'features', 'update', 'release-key.ts'), 'utf8'))
  if (privateKey.asymmetricKeyType !== 'ed25519' || own !== publicKeyText(createPublicKey(privateKey)))
    throw new SetupError('The key in LOBULE_RELEASE_KEY does not belong to the public key in release-key.ts.')
  const files = names.map((file) => ({ name: path.basename(file), content: readFileSync(file) }))
  const { version } = projectPackage()
  const manifest = manifestText(version, new Date().toISOString().slice(0, 10), files)
  const target = path.join(path.dirname(names[0] ?? '.'), manifestName)
  writeFileSync(target, signedManifest(manifest, privateKey))
  log(`Written: ${target}, of ${files.length} files of version ${version}`)
}

await runIfMain(import.meta.filename, () => {
  const from = (/** @type {string} */ name) => path.resolve(callersDirectory('release:manifest'), name)
  const [first, second, ...rest] = process.argv.slice(2)
  if (first === '--new-key' && second !== undefined && rest.length === 0) makeKey(from(second))
  else writeManifest(process.argv.slice(2).map(from))
  return Promise.resolve(0)
})
