// @ts-check
/**
 * The software bill of materials of an installer: what it ships of others, from package-lock.json and the parts that no
 * package names (third-party.mjs, the list that the notices are made of), for one system. As CycloneDX 1.6 and SPDX
 * 2.3; both say the same.
 *
 *     npm run sbom    -> out/supply-chain/, for this machine's system
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { isForTarget, readIfThere } from './package-files.mjs'
import { inRoot, projectPackage, root } from './shared.mjs'
import { dependenciesOf, importedPackages, nameOf, parts, readLock, shippedPackages } from './third-party.mjs'
import { openVex } from './vulnerabilities.mjs'

/** @typedef {import('./third-party.mjs').Lock} Lock */
/** @typedef {import('./third-party.mjs').Part} Part */
/** @typedef {import('./package-files.mjs').System} System */
/**
 * @typedef {object} Component
 * @property {string} ref unique within a bill
 * @property {string} name
 * @property {string | null} version null: its package does not say
 * @property {string | null} licence null: its package does not say
 * @property {string | null} purl
 * @property {string | null} cpe
 * @property {{ algorithm: 'SHA-256' | 'SHA-512', hex: string } | null} hash of the package, or of the one file that it is here
 * @property {string} place where it is in the installed program
 * @property {string | null} change
 * @property {string[]} contains refs
 */
/**
 * @typedef {object} Bill
 * @property {string} name
 * @property {string} version
 * @property {string} created ISO 8601 in seconds
 * @property {readonly Component[]} components
 */

const rootRef = 'lobule'
export const supplyChainFolder = inRoot('out', 'supply-chain')
const files = { cycloneDx: 'lobule.cdx.json', spdx: 'lobule.spdx.json', openVex: 'lobule.openvex.json' }

/** What npm calls the machine that this runs on. @returns {System} */
export const thisSystem = () => ({
  os: process.platform,
  cpu: process.arch,
  libc: process.platform === 'linux' ? 'glibc' : null,
})

/** @param {string} name @param {string} version */
export const npmPurl = (name, version) => `pkg:npm/${name.replace('@', '%40')}@${version}`

/**
 * @param {Lock} lock
 * @param {Iterable<string>} imported
 * @param {System} system
 * @param {(file: string) => string} [inProject] where the packages of this system are installed
 * @returns {Component[]} sorted by ref
 */
export function shippedComponents(lock, imported, system, inProject = inRoot) {
  const keys = shippedPackages(lock, imported).filter((key) => isForTarget(lock[key] ?? {}, system))
  const packages = keys.map((key) => packageComponent(lock, key, keys))
  const named = parts.flatMap((part) => partComponent(part, system))
  const inner = keys
    .filter((key) => key.startsWith('node_modules/@img/sharp'))
    .flatMap((key) => libvipsComponents(inProject(`${key}/versions.json`)))
  const all = [...packages, ...named, ...inner]
  const containerOf = (/** @type {string} */ inside) =>
    all.find(({ name }) => name.toLowerCase() === inside.toLowerCase())
  for (const { name, inside } of parts)
    if (named.some((part) => part.name === name)) containerOf(inside)?.contains.push(refOf(name))
  named.find(({ name }) => name.startsWith('libvips'))?.contains.push(...inner.map(({ ref }) => ref))
  return all.sort((a, b) => (a.ref < b.ref ? -1 : 1))
}

/**
 * @param {Lock} lock
 * @param {string} key
 * @param {readonly string[]} shipped
 * @returns {Component}
 */
function packageComponent(lock, key, shipped) {
  const { version = null, license = null, integrity, dev } = lock[key] ?? {}
  const name = nameOf(key)
  const sha512 = integrity?.startsWith('sha512-') ? integrity.slice(7) : null
  return {
    ...{ ref: key, name, version, licence: license, cpe: null, change: null },
    purl: version === null ? null : npmPurl(name, version),
    hash:
      sha512 === null ? null : { algorithm: 'SHA-512', hex: Buffer.from(sha512, 'base64').toString('hex') },
    place: name === 'electron' ? 'the program itself' : dev ? 'built into out/, as far as it is used' : key,
    contains: dependenciesOf(lock, key).filter((needed) => shipped.includes(needed)),
  }
}

/** @param {Part} part @param {System} system @returns {Component[]} none where the system has no such file */
function partComponent({ name, inside, version, licence, purl, cpe, change, bundled }, { os, cpu }) {
  const file = bundled?.(os, cpu)
  if (file === null) return []
  return [
    {
      ...{ ref: refOf(name), name, version: version ?? null, licence, change: change ?? null },
      purl: purl === undefined || version === undefined ? null : `${purl}@${version}`,
      cpe: cpe === undefined ? null : `cpe:2.3:a:${cpe}:${version}:*:*:*:*:*:*:*`,
      hash: file === undefined ? null : { algorithm: 'SHA-256', hex: file.fileSha256 },
      place: `inside ${inside}`,
      contains: [],
    },
  ]
}

/** The libraries that a package of libvips names with their versions. @param {string} file @returns {Component[]} */
function libvipsComponents(file) {
  const text = readIfThere(file)
  if (text === null) return []
  /** @type {Record<string, string>} */
  const versions = JSON.parse(text.toString('utf8'))
  return Object.entries(versions).map(([name, version]) => ({
    ...{ ref: refOf(`libvips ${name}`), name, version, licence: null, cpe: null, hash: null, change: null },
    ...{ purl: `pkg:generic/${name}@${version}`, place: 'inside libvips', contains: [] },
  }))
}

/** @param {string} name */
const refOf = (name) => `part/${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`

/** SPDX identifiers joined by AND and OR; null: a description in words. @param {string | null} licence */
export const licenceExpression = (licence) =>
  licence !== null && /^\(?[A-Za-z0-9.+-]+( (AND|OR) [A-Za-z0-9.+-]+)*\)?$/.test(licence) ? licence : null

/** A UUID of a content, so that the same content has the same. @param {unknown} content */
function uuidOf(content) {
  const hex = createHash('sha256').update(JSON.stringify(content)).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** The refs that no other component contains. @param {readonly Component[]} components */
function outermostOf(components) {
  const contained = new Set(components.flatMap(({ contains }) => contains))
  return components.map(({ ref }) => ref).filter((ref) => !contained.has(ref))
}

/** @param {Bill} bill */
export function cycloneDx({ name, version, created, components }) {
  const licences = (/** @type {string | null} */ licence) => {
    const expression = licenceExpression(licence)
    if (expression !== null) return { licenses: [{ expression }] }
    return licence === null ? {} : { licenses: [{ license: { name: licence } }] }
  }
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf([name, version, components])}`,
    version: 1,
    metadata: {
      timestamp: created,
      component: {
        ...{ type: 'application', 'bom-ref': rootRef, name, version, purl: `pkg:generic/${name}@${version}` },
        licenses: [{ expression: 'Apache-2.0' }],
      },
    },
    components: components.map((component) => ({
      type: component.name.startsWith('Weights') ? 'machine-learning-model' : 'library',
      'bom-ref': component.ref,
      name: component.name,
      ...(component.version === null ? {} : { version: component.version }),
      ...(component.hash === null
        ? {}
        : { hashes: [{ alg: component.hash.algorithm, content: component.hash.hex }] }),
      ...licences(component.licence),
      ...(component.cpe === null ? {} : { cpe: component.cpe }),
      ...(component.purl === null ? {} : { purl: component.purl }),
      ...(component.change === null ? {} : { pedigree: { notes: component.change } }),
      properties: [{ name: 'lobule:place', value: component.place }],
    })),
    dependencies: [
      { ref: rootRef, dependsOn: outermostOf(components) },
      ...components.map(({ ref, contains }) => ({ ref, dependsOn: contains })),
    ],
  }
}

/** @param {Bill} bill */
export function spdx({ name, version, created, components }) {
  const idOf = (/** @type {string} */ ref) => `SPDXRef-${ref.replaceAll(/[^A-Za-z0-9.-]/g, '-')}`
  const unsaid = { downloadLocation: 'NOASSERTION', filesAnalyzed: false, copyrightText: 'NOASSERTION' }
  const relation = (/** @type {string} */ from, /** @type {string} */ type, /** @type {string} */ to) => ({
    ...{ spdxElementId: idOf(from), relationshipType: type, relatedSpdxElement: idOf(to) },
  })
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: `${name}-${version}`,
    documentNamespace: `https://lobule.invalid/spdx/${name}-${version}-${uuidOf([name, version, components])}`,
    creationInfo: { created, creators: ['Organization: The Lobule authors', 'Tool: npm run sbom'] },
    packages: [
      {
        ...{ SPDXID: idOf(rootRef), name, versionInfo: version, ...unsaid },
        ...{ licenseConcluded: 'Apache-2.0', licenseDeclared: 'Apache-2.0' },
      },
      ...components.map((component) => {
        const { ref, licence, hash, purl, cpe, place, change } = component
        const expression = licenceExpression(licence)
        return {
          ...{ SPDXID: idOf(ref), name: component.name, ...unsaid, licenseConcluded: 'NOASSERTION' },
          ...(component.version === null ? {} : { versionInfo: component.version }),
          licenseDeclared: expression ?? 'NOASSERTION',
          ...(expression === null && licence !== null ? { licenseComments: licence } : {}),
          ...(hash === null
            ? {}
            : { checksums: [{ algorithm: hash.algorithm.replace('-', ''), checksumValue: hash.hex }] }),
          externalRefs: [
            ...(purl === null ? [] : [reference('PACKAGE-MANAGER', 'purl', purl)]),
            ...(cpe === null ? [] : [reference('SECURITY', 'cpe23Type', cpe)]),
          ],
          comment: change === null ? place : `${place}; changed: ${change}`,
        }
      }),
    ],
    relationships: [
      relation('DOCUMENT', 'DESCRIBES', rootRef),
      ...outermostOf(components).map((ref) => relation(rootRef, 'CONTAINS', ref)),
      ...components.flatMap(({ ref, contains }) =>
        contains.map((other) => relation(ref, other.startsWith('part/') ? 'CONTAINS' : 'DEPENDS_ON', other)),
      ),
    ],
  }
}

/** @param {string} category @param {string} type @param {string} locator */
const reference = (category, type, locator) => ({
  ...{ referenceCategory: category, referenceType: type, referenceLocator: locator },
})

/**
 * When the sources are from, so that two builds of a commit say the same: SOURCE_DATE_EPOCH (seconds), else the commit,
 * else now.
 * @param {NodeJS.ProcessEnv} [environment]
 */
export function sourceDate(environment = process.env) {
  const inSeconds = (/** @type {number} */ seconds) =>
    new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z')
  const given = environment['SOURCE_DATE_EPOCH'] ?? ''
  if (/^\d{1,11}$/.test(given)) return inSeconds(Number(given))
  try {
    const log = execFileSync('git', ['log', '-1', '--format=%ct'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return inSeconds(Number(log))
  } catch {
    return inSeconds(Math.floor(Date.now() / 1000))
  }
}

/**
 * Writes the three documents.
 * @param {string} folder
 * @param {System} system
 * @param {(file: string) => string} [inProject]
 */
export function writeSupplyChain(folder, system, inProject = inRoot) {
  const { name, version } = projectPackage()
  const components = shippedComponents(readLock(), importedPackages(), system, inProject)
  const bill = { name, version, created: sourceDate(), components }
  mkdirSync(folder, { recursive: true })
  const write = (/** @type {string} */ file, /** @type {object} */ document) =>
    writeFileSync(path.join(folder, file), `${JSON.stringify(document, null, 1)}\n`)
  write(files.cycloneDx, cycloneDx(bill))
  write(files.spdx, spdx(bill))
  write(files.openVex, openVex(bill))
}
