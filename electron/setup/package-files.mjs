// @ts-check
/**
 * Verifies every file of a packaged layout: each must come from the build, from a package that the lock file pins for
 * the target, or from the list of files beside the archive; with the bytes that it has there, in the format of the
 * target.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import path from 'node:path'

/** @typedef {import('./package-targets.mjs').Target} Target */
/** @typedef {{ os: string, cpu: string, libc: string | null }} System */
/** @typedef {{ path: string, bytes: Buffer, isPacked: boolean }} LayoutFile `path` with slashes; `isPacked`: inside the archive */
/** @typedef {{ os?: string[], cpu?: string[], libc?: string[], dev?: boolean, devOptional?: boolean, optional?: boolean }} LockEntry */

/**
 * The files of an archive (asar): a size of the head as two pickled numbers, the head as JSON, and the files one after
 * another. Each file is compared with the hash that the head has of it.
 * @param {Buffer} archive
 * @param {string} unpacked the folder beside it with the files that are not in it
 * @returns {LayoutFile[]}
 */
export function readArchive(archive, unpacked) {
  const headBytes = archive.readUInt32LE(4)
  const head = JSON.parse(archive.toString('utf8', 16, 16 + archive.readUInt32LE(12)))
  /** @type {LayoutFile[]} */
  const files = []
  /** @param {{ files: Record<string, any> }} folder @param {string} at */
  const add = (folder, at) => {
    for (const [name, entry] of Object.entries(folder.files)) {
      const own = at === '' ? name : `${at}/${name}`
      if (entry.files !== undefined) {
        add(entry, own)
        continue
      }
      const isPacked = entry.unpacked !== true
      const offset = 8 + headBytes + Number(entry.offset)
      const bytes = isPacked
        ? archive.subarray(offset, offset + entry.size)
        : readFileSync(path.join(unpacked, own))
      if (entry.integrity !== undefined && sha256(bytes) !== entry.integrity.hash)
        throw new Error(`${own} differs from its hash in the archive.`)
      files.push({ path: own, bytes, isPacked })
    }
  }
  add(head, '')
  return files
}

/** @param {Buffer} bytes */
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex')

/** The files below a folder, as paths from there. @param {string} folder @returns {string[]} */
export const filesBelow = (folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(path.join(folder, name)).isFile(),
  )

/** @param {string} folder @returns {LayoutFile[]} */
export const readFolder = (folder) =>
  filesBelow(folder).map((name) => ({
    path: name.split(path.sep).join('/'),
    bytes: readFileSync(path.join(folder, name)),
    isPacked: false,
  }))

/**
 * The lock's paths of the packages that may be packed for a target, and those that must be: an optional one only where
 * it is for a system and a processor, and these are the target's.
 * @param {Record<string, LockEntry>} lock the `packages` of package-lock.json
 * @param {Pick<Target, 'os' | 'cpu' | 'libc'>} target
 */
export function packagesOf(lock, target) {
  const own = Object.entries(lock)
    .filter(
      ([key, { dev, devOptional }]) =>
        key.startsWith('node_modules/') && dev !== true && devOptional !== true,
    )
    .filter(([, entry]) => isForTarget(entry, target))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const isNeeded = (/** @type {LockEntry} */ entry) =>
    entry.optional !== true || (entry.os !== undefined && entry.cpu !== undefined)
  return {
    all: own.map(([key]) => key),
    needed: own.filter(([, entry]) => isNeeded(entry)).map(([key]) => key),
  }
}

/**
 * Whether a package is for a system.
 * @param {Pick<LockEntry, 'os' | 'cpu' | 'libc'>} entry
 * @param {System} target
 */
export function isForTarget(entry, { os, cpu, libc }) {
  /** @param {string[] | undefined} allowed @param {string | null} own */
  const fits = (allowed, own) => allowed === undefined || (own !== null && allowed.includes(own))
  return fits(entry.os, os) && fits(entry.cpu, cpu) && (libc === null || fits(entry.libc, libc))
}

/** The packages that a bill of materials (CycloneDX) lists, by their folders. @param {Buffer} bill @returns {string[]} */
export const listedIn = (bill) =>
  JSON.parse(bill.toString('utf8')).components.map(
    (/** @type {{ 'bom-ref': string }} */ one) => one['bom-ref'],
  )

/** Files beside the archive; the optional ones only where the set-up could have them. */
const beside = [
  /^lobule-native\.node$/,
  /^LICENSE\.lobule\.txt$/,
  /^THIRD-PARTY-NOTICES\.txt$/,
  /^bundled-encoders\/(LICENSE\.txt|[\w.-]+\.pth)$/,
  /^openslide\/(libopenslide[\w.-]+|licences\/.+)$/,
  /^tensorflow\/([\w-]+\.node|package-index\.json)$/,
  /^supply-chain\/lobule\.(cdx|spdx|openvex)\.json$/,
]
const neededBeside = [
  'lobule-native.node',
  'LICENSE.lobule.txt',
  'THIRD-PARTY-NOTICES.txt',
  'supply-chain/lobule.cdx.json',
  'supply-chain/lobule.spdx.json',
  'supply-chain/lobule.openvex.json',
]

/**
 * Where a Windows executable or library has its PE header; null: it is no such file.
 * @param {Buffer} bytes
 * @returns {number | null}
 */
export function peHeaderOf(bytes) {
  if (bytes.length < 64 || bytes.toString('latin1', 0, 2) !== 'MZ') return null
  const at = bytes.readUInt32LE(60)
  return bytes.toString('latin1', at, at + 4) === 'PE\0\0' ? at : null
}

/**
 * The system and processor of a native file, by its first bytes; null: it is none.
 * @param {Buffer} bytes
 * @returns {string | null}
 */
export function formatOf(bytes) {
  if (bytes.length < 64) return null
  const first = bytes.readUInt32BE(0)
  if (first === 0x7f454c46) return `elf ${bytes.readUInt16LE(18) === 62 ? 'x64' : 'other'}`
  if ([0xcffaedfe, 0xcafebabe, 0xfeedfacf].includes(first)) return 'mach-o'
  const head = peHeaderOf(bytes)
  if (head === null || head + 6 > bytes.length) return null
  return `pe ${bytes.readUInt16LE(head + 4) === 0x8664 ? 'x64' : 'other'}`
}

/**
 * What is wrong with a layout, a sentence each.
 * @param {object} layout
 * @param {readonly LayoutFile[]} layout.program the archive, with its unpacked files
 * @param {readonly LayoutFile[]} layout.besideIt the other files of its folder
 * @param {{ all: readonly string[], needed: readonly string[] }} layout.packages from `packagesOf`
 * @param {readonly string[]} layout.listed from `listedIn`
 * @param {(file: string) => Buffer | null} layout.sourceOf the bytes of a file where it was packed from; null: there is none
 * @param {Pick<Target, 'format' | 'cpu'>} target
 * @returns {string[]}
 */
export function problemsOf({ program, besideIt, packages, listed, sourceOf }, target) {
  /** @type {string[]} */
  const problems = []
  const found = new Set()
  for (const { path: file, bytes, isPacked } of program) {
    const owner = ownerOf(file, packages.all)
    if (owner === null) problems.push(`${file} belongs to no package of the lock file and not to the build`)
    else found.add(owner)
    const source = sourceOf(file)
    if (source === null) problems.push(`${file} has no source`)
    // electron-builder leaves out of them what only npm reads.
    else if (/(^|\/)package\.json$/.test(file) ? !isSamePackage(bytes, source) : !bytes.equals(source))
      problems.push(`${file} differs from its source`)
    if (isPacked && formatOf(bytes) !== null) problems.push(`${file} is native and inside the archive`)
  }
  for (const name of packages.all)
    if (found.has(name) && !listed.includes(name)) problems.push(`${name} is not in the bill of materials`)
  for (const name of packages.needed) if (!found.has(name)) problems.push(`${name} is missing`)
  for (const name of ['out/main/index.js', 'out/main/compute.js', 'out/renderer/index.html'])
    if (!program.some((file) => file.path === name)) problems.push(`${name} is missing`)
  for (const { path: file } of besideIt)
    if (!beside.some((pattern) => pattern.test(file)))
      problems.push(`${file} is not on the list of files beside the archive`)
  for (const name of neededBeside)
    if (!besideIt.some((file) => file.path === name)) problems.push(`${name} is missing`)
  for (const { path: file, bytes } of [...program, ...besideIt]) {
    const format = formatOf(bytes)
    if (format !== null && format !== `${target.format} ${target.cpu}`)
      problems.push(`${file} is ${format}, for another system`)
  }
  return problems
}

/**
 * @param {string} file
 * @param {readonly string[]} packages
 * @returns {string | null}
 */
function ownerOf(file, packages) {
  if (!file.startsWith('node_modules/'))
    return /^(out\/(main|preload|renderer|icons)|resources\/encoders)\/|^(package\.json|LICENSE|resources\/backends\.json)$/.test(
      file,
    )
      ? 'build'
      : null
  // The innermost package: one may be inside another.
  const owners = packages.filter((name) => file.startsWith(`${name}/`))
  return owners.toSorted((a, b) => b.length - a.length)[0] ?? null
}

/** @param {Buffer} one @param {Buffer} other */
function isSamePackage(one, other) {
  const [a, b] = [one, other].map((bytes) => JSON.parse(bytes.toString('utf8')))
  return ['name', 'version', 'main', 'type'].every((field) => a[field] === b[field])
}

/**
 * The states of Electron's fuses in an executable, one character each, in the order of @electron/fuses.
 * @param {Buffer} executable
 * @param {string} sentinel
 */
export function fusesOf(executable, sentinel) {
  const at = executable.indexOf(sentinel)
  if (at < 0) return ''
  const wire = at + sentinel.length
  return executable.toString('latin1', wire + 2, wire + 2 + (executable[wire + 1] ?? 0))
}

/** No Node, cookies' key, NODE_OPTIONS or inspector; integrity, only the archive; no other snapshot, no file rights. */
export const wantedFuses = '00001100'

/** @param {string} file */
export const readIfThere = (file) => (existsSync(file) && statSync(file).isFile() ? readFileSync(file) : null)
