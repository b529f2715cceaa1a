// @ts-check
/**
 * Installers of a layout for Windows by Debian's own tools, signed by a certificate authority that is thrown away:
 * stand-ins for electron-builder's, which downloads its tools. What they show is that the layout can be installed
 * silently, signed, run and removed.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { filesBelow } from './package-files.mjs'
import { unsignedFiles } from './package-signing.mjs'
import { findProgram, inRoot, projectPackage, step } from './shared.mjs'
import { inWork } from './package-targets.mjs'

/**
 * @param {string} name
 * @param {string} use
 * @param {string} program
 * @param {string} debian
 * @returns {import('./system-tools.mjs').Tool}
 */
const tool = (name, use, program, debian) => ({
  name,
  use,
  isThere: () => findProgram([program]) !== null,
  packages: { apt: debian, dnf: debian, pacman: debian, brew: debian, winget: '' },
})

/** @type {readonly import('./system-tools.mjs').Tool[]} */
export const installerTools = [
  tool('makensis', 'makes the NSIS installer', 'makensis', 'nsis'),
  tool('wixl', 'makes the MSI installer', 'wixl', 'wixl'),
  tool('osslsigncode', 'signs them', 'osslsigncode', 'osslsigncode'),
  tool('openssl', 'makes the certificates', 'openssl', 'openssl'),
]

/** @param {string} program @param {string[]} parameters @param {string} [cwd] */
const quietly = (program, parameters, cwd = inRoot()) =>
  execFileSync(program, parameters, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })

/**
 * An authority and a certificate for signing code, valid for a day, in `folder`.
 * @param {string} folder
 */
export function makeCertificates(folder) {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const openssl = (/** @type {string[]} */ ...parameters) => quietly('openssl', parameters, folder)
  const key = ['-newkey', 'rsa:3072', '-nodes']
  openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '1',
    '-subj',
    '/CN=Lobule check authority',
  )
  openssl('req', ...key, '-keyout', 'code.key', '-out', 'code.csr', '-subj', '/CN=Lobule check')
  writeFileSync(path.join(folder, 'code.ext'), 'keyUsage=digitalSignature\nextendedKeyUsage=codeSigning\n')
  const signed = [
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-days',
    '1',
    '-extfile',
    'code.ext',
  ]
  openssl('x509', '-req', '-in', 'code.csr', ...signed, '-out', 'code.pem')
}

/**
 * Signs a file and verifies it against the authority.
 * @param {string} file
 * @param {string} certificates the folder of `makeCertificates`
 */
export function sign(file, certificates) {
  const signed = `${file}.signed`
  rmSync(signed, { force: true })
  const by = ['-certs', path.join(certificates, 'code.pem'), '-key', path.join(certificates, 'code.key')]
  quietly('osslsigncode', ['sign', ...by, '-h', 'sha256', '-n', 'Lobule', '-in', file, '-out', signed])
  quietly('osslsigncode', ['verify', '-CAfile', path.join(certificates, 'ca.pem'), '-in', signed])
  cpSync(signed, file)
  rmSync(signed)
}

/**
 * Signs everything that Windows would check; a PE file of other people that is signed already keeps its own signature.
 * @param {string} folder
 * @param {string} certificates
 * @returns {number} how many files
 */
export function signAll(folder, certificates) {
  const files = unsignedFiles(folder)
  for (const name of files) sign(path.join(folder, name), certificates)
  const left = unsignedFiles(folder)
  if (left.length > 0) throw new Error(`not signed: ${left.join(', ')}`)
  return files.length
}

/**
 * @param {string} layout
 * @param {string} certificates
 * @returns {Promise<string>} the installer
 */
export async function makeNsis(layout, certificates) {
  const installer = inWork('installers', 'lobule-setup.exe')
  mkdirSync(path.dirname(installer), { recursive: true })
  const script = inRoot('electron', 'setup', 'windows', 'installer.nsi')
  const defined = [`-DSOURCE=${layout}`, `-DOUT=${installer}`, `-DVERSION=${projectPackage().version}`]
  await step('makensis', 'makensis', ['-V2', ...defined, script])
  sign(installer, certificates)
  return installer
}

/**
 * @param {string} layout
 * @param {string} certificates
 * @returns {Promise<string>} the installer
 */
export async function makeMsi(layout, certificates) {
  const work = inWork('installers')
  mkdirSync(work, { recursive: true })
  const parent = path.dirname(layout)
  const folder = path.basename(layout)
  const files = filesBelow(layout)
    .sort()
    .map((name) => `${folder}/${name}\n`)
    .join('')
  const heat = [
    '-p',
    `${folder}/`,
    '--component-group',
    'Files',
    '--var',
    'var.SOURCE',
    '--directory-ref',
    'INSTALLDIR',
    '--win64',
  ]
  const list = execFileSync('wixl-heat', heat, { cwd: parent, input: files, maxBuffer: 2 ** 26 })
  writeFileSync(path.join(parent, 'files.wxs'), list)
  cpSync(inRoot('electron', 'setup', 'windows', 'installer.wxs'), path.join(parent, 'installer.wxs'))
  const installer = path.join(work, 'lobule.msi')
  const defined = ['-D', `SOURCE=${folder}`, '-D', `VERSION=${projectPackage().version}`, '-D', 'Win64=yes']
  await step('wixl', 'wixl', ['-a', 'x64', ...defined, '-o', installer, 'installer.wxs', 'files.wxs'], {
    cwd: parent,
  })
  sign(installer, certificates)
  return installer
}
