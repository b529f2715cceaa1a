// @ts-check
/**
 * What is in the head of a library for macOS (Mach-O, 64 bits, one processor; Apple's mach-o/loader.h and nlist.h): no tool for
 * such files is needed, and none is on other systems.
 */

/**
 * @typedef {object} MachO
 * @property {'arm64' | 'x64' | 'other'} processor
 * @property {boolean} isLibrary what -dynamiclib makes
 * @property {string | null} oldestMacOs version; null: it does not say
 * @property {readonly string[]} libraries that it loads
 * @property {readonly string[]} offered names that it gives, without C's underscore
 * @property {readonly string[]} fromHost names that the program which loads it must have
 */

const processors = new Map([
  [0x0100000c, /** @type {const} */ ('arm64')],
  [0x01000007, /** @type {const} */ ('x64')],
])
const [loadDylib, loadWeakDylib, symbolTable, oldestVersion, buildVersion] = [0xc, 0x80000018, 2, 0x24, 0x32]
/** Of nlist_64's n_type: a symbol of a debugger, an external one, and whether its section is defined. */
const [debugging, external, kind] = [0xe0, 0x01, 0x0e]
/** The library of a symbol that is looked up in the whole process, as Apple's linker and as Zig's writes it. */
const dynamicLookup = [0xfe, 0]

/**
 * @param {Buffer} file
 * @returns {MachO}
 * @throws {Error} where it is no such file
 */
export function readMachO(file) {
  if (file.length < 32 || file.readUInt32LE(0) !== 0xfeedfacf)
    throw new Error('This is no library for macOS of 64 bits.')
  /** @type {string[]} */
  const libraries = []
  /** @type {string | null} */
  let oldestMacOs = null
  /** @type {{ offered: string[], fromHost: string[] }} */
  let symbols = { offered: [], fromHost: [] }
  let at = 32
  for (let left = file.readUInt32LE(16); left > 0; left--) {
    const [command, bytes] = [file.readUInt32LE(at), file.readUInt32LE(at + 4)]
    if (command === loadDylib || command === loadWeakDylib)
      libraries.push(textAt(file, at + file.readUInt32LE(at + 8)))
    if (command === symbolTable) symbols = symbolsIn(file, at)
    if (command === buildVersion) oldestMacOs = versionOf(file.readUInt32LE(at + 12))
    if (command === oldestVersion) oldestMacOs = versionOf(file.readUInt32LE(at + 8))
    if (bytes < 8) throw new Error('A load command of this library has no length.')
    at += bytes
  }
  return {
    processor: processors.get(file.readUInt32LE(4)) ?? 'other',
    isLibrary: file.readUInt32LE(12) === 6,
    oldestMacOs,
    libraries,
    ...symbols,
  }
}

/** @param {Buffer} file @param {number} command where LC_SYMTAB is */
function symbolsIn(file, command) {
  const [first, count, names] = [8, 12, 16].map((offset) => file.readUInt32LE(command + offset))
  /** @type {string[]} */
  const offered = []
  /** @type {string[]} */
  const fromHost = []
  for (let index = 0; index < (count ?? 0); index++) {
    const at = (first ?? 0) + index * 16
    const type = file.readUInt8(at + 4)
    if ((type & debugging) !== 0 || (type & external) === 0) continue
    const name = textAt(file, (names ?? 0) + file.readUInt32LE(at)).replace(/^_/, '')
    if ((type & kind) !== 0) offered.push(name)
    else if (dynamicLookup.includes(file.readUInt16LE(at + 6) >> 8)) fromHost.push(name)
  }
  return { offered, fromHost }
}

/** A version in its packed form, such as 0x000c0000 for 12.0. @param {number} packed */
const versionOf = (packed) => `${packed >> 16}.${(packed >> 8) & 0xff}`

/** @param {Buffer} file @param {number} at */
const textAt = (file, at) => file.toString('utf8', at, file.indexOf(0, at))
