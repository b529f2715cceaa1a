// @ts-check
/**
 * Builds what connects Node with TensorFlow (native/tensorflow), for `lobule backends install tensorflow`: the binding of
 * @tensorflow/tfjs-node-gpu, compiled from its own sources. TensorFlow itself is not needed, only 14 of its C headers (155 KB), which
 * are read out of the pinned wheel of resources/backends.json. Optional: where it cannot be built, everything else works.
 *
 *     node electron/setup/tensorflow-binding.mjs    -> native/build/tensorflow/
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { inflateRawSync } from 'node:zlib'
import { buildInputs, buildModules, outputOf } from './cmake-modules.mjs'
import { findProgram, hashOf, inRoot, logToStderr, root, runScript, stamp } from './shared.mjs'

/** The folder of a build. @param {string} [target] a toolchain of Zig; the default is this machine's compiler */
export const tensorFlowOf = (target) => inRoot('native', 'build', target ?? '', 'tensorflow')
const headersFolder = inRoot('native', 'build', 'tensorflow-headers')
const modules = ['binding.node', 'loader.node']
/** The address of the Python package index, as this machine's pip has it. The program downloads from there. */
const indexFile = 'package-index.json'

/** The wheel of TensorFlow for the processor, as the program would install it. */
const { project, file: wheel } = processorWheel()
/** Below tensorflow/include/ of the wheel; where its packed bytes are in it. @type {ReadonlyArray<[name: string, offset: number, bytes: number, sha256: string]>} */
const headers = [
  [
    'tensorflow/c/c_api.h',
    237200090,
    18282,
    '4ccd0a99a0832bffac33eeb2a26a900710d50c212549ef8e66be3f906d5bdac5',
  ],
  [
    'tensorflow/c/c_api_macros.h',
    237166029,
    776,
    '22212de30dca6bc80cf903b5b02f8e240b89ccae4d273d86b3cd232038de6a2d',
  ],
  [
    'tensorflow/c/eager/c_api.h',
    237306827,
    5883,
    '3c5f0b114a9e6b0e6274cbaea3d272465eae52083a5dd9fbf0cc0d27fd36cb13',
  ],
  [
    'tensorflow/c/tf_attrtype.h',
    237173873,
    603,
    '01bf629a52b523c070864ce11d31d33aa33fc2eb559552feb986fc90f512ef0e',
  ],
  [
    'tensorflow/c/tf_buffer.h',
    237172844,
    954,
    '007f280677fc16fe49a153b1e41c6cd9e347ea45a59a2f88b85946bbd9bd7d56',
  ],
  [
    'tensorflow/c/tf_datatype.h',
    237166880,
    1235,
    'f8ed4d7870776569ceb09fd090cce8f060e4348ee841c1400f5c3f29af7544e7',
  ],
  [
    'tensorflow/c/tf_status.h',
    237162397,
    1594,
    '2f581cefe989344f91598ddd15e3f1433e07748904ae66d3414f210ffc4f879c',
  ],
  [
    'tensorflow/c/tf_tensor.h',
    237180682,
    2344,
    'a2b0e05a9f72bd87b03525c22bd334ac7f58626361f8c79857998e361620cfb5',
  ],
  [
    'tensorflow/c/tf_tstring.h',
    237183100,
    675,
    'da17f6c6ae6e717ecaa2996bbfa913899eb66d2deab731cea5f6ad14f896d706',
  ],
  [
    'tensorflow/core/platform/ctstring.h',
    234635313,
    465,
    '02d05f99d6e4425f0389bce4e087e33db05270beb6f15cad2848ec42663e7cf9',
  ],
  [
    'tensorflow/core/platform/ctstring_internal.h',
    234590534,
    476,
    'ae991518679aea5d789138199d42a08fe43b4375ce3eea31d72ddb37a0ab0c3d',
  ],
  [
    'tsl/platform/ctstring.h',
    226741709,
    2299,
    '76ab53902b04090aaaeff4541437286c87dd9dd94ba18ee8d098ffafbf3d121a',
  ],
  [
    'tsl/platform/ctstring_internal.h',
    226683240,
    3676,
    'fbc2e2c64c36f13d6b8f8bc90b4d36db6c735839c5bd6d0fd43139df42ecf0b4',
  ],
  [
    'xla/tsl/c/tsl_status.h',
    238872821,
    1455,
    '73b058cff55c6347f31138a50f298051e6edc7b7b3eee33021642008b891920c',
  ],
]

function processorWheel() {
  /** @type {{ sets: { name: string, device: string, wheels: { project: string, file: string }[] }[] }} */
  const { sets } = JSON.parse(readFileSync(inRoot('resources', 'backends.json'), 'utf8'))
  const found = sets.find(({ name, device }) => name === 'tensorflow' && device === 'processor')?.wheels[0]
  if (found === undefined) throw new Error('resources/backends.json has no TensorFlow for the processor.')
  return found
}

/** What the two modules are made from. @param {string} [target] */
const inputs = (target) =>
  hashOf(root, [
    ...buildInputs(target),
    'native/tensorflow',
    'electron/setup/tensorflow-binding.mjs',
    'resources/backends.json',
    'node_modules/@tensorflow/tfjs-node-gpu/binding',
  ])

/**
 * Builds the binding unless it is there. A failure is one line, and remembered, so that the next start loses no time;
 * `npm run setup` forgets it.
 * @param {import('./shared.mjs').Log} log
 * @returns {Promise<boolean>} whether it is there
 */
export async function ensureTensorFlowBinding(log) {
  // Other systems have no TensorFlow with this interface (docs/backends.md).
  if (process.platform !== 'linux' || process.arch !== 'x64') return false
  const refused = stamp(inRoot('node_modules', '.lobule-refused-tensorflow'))
  const wanted = inputs()
  if (refused.isFresh(wanted) && !isThere(wanted)) return false
  try {
    await buildTensorFlowBinding(log)
    return true
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    log(
      `Lobule works without TensorFlow, whose binding cannot be built here: ${reason} "npm run setup" tries again.`,
    )
    refused.write(wanted)
    return false
  }
}

/**
 * Builds it unless it is there.
 * @param {import('./shared.mjs').Log} log
 * @param {string} [target] a toolchain of Zig
 * @throws {Error} why it cannot be built
 */
export async function buildTensorFlowBinding(log, target) {
  const wanted = inputs(target)
  if (isThere(wanted, target)) return
  log("Building the binding of TensorFlow (@tensorflow/tfjs-node-gpu's sources)")
  const folder = tensorFlowOf(target)
  mkdirSync(folder, { recursive: true })
  const index = await packageIndex()
  await fetchHeaders(index)
  await compile(folder, target, log)
  writeFileSync(path.join(folder, indexFile), `${JSON.stringify({ packageIndex: index })}\n`)
  builtStamp(target).write(wanted)
}

/** @param {string} [target] */
const builtStamp = (target) => stamp(path.join(tensorFlowOf(target), '.stamp'))

/** @param {string} wanted what `inputs` answers @param {string} [target] */
const isThere = (wanted, target) =>
  builtStamp(target).isFresh(wanted) &&
  modules.every((name) => existsSync(path.join(tensorFlowOf(target), name)))

/** @param {string} folder @param {string | undefined} target @param {import('./shared.mjs').Log} log */
const compile = (folder, target, log) =>
  buildModules(
    {
      source: inRoot('native', 'tensorflow'),
      work: inRoot('native', 'build', target ?? '', 'tensorflow-objects'),
      definitions: {
        BINDING_DIR: inRoot('node_modules', '@tensorflow', 'tfjs-node-gpu'),
        TENSORFLOW_HEADERS_DIR: headersFolder,
      },
      target,
      modules: Object.fromEntries(modules.map((name) => [name, path.join(folder, name)])),
    },
    log,
  )

/** The address that pip is configured with; its help shows it. */
async function packageIndex() {
  const python = findProgram(['python3', 'python'])
  if (python === null) throw new Error('Python 3 with pip is needed to find the Python package index.')
  const help = await outputOf(python, ['-m', 'pip', 'download', '--help'])
  const found = /--index-url[^(]*\(default\s+(https?:\/\/[^)\s]+)/.exec(help)?.[1]
  if (found === undefined) throw new Error('pip does not say which package index it uses.')
  return found.replace(/\/$/, '')
}

/** @param {string} index */
async function fetchHeaders(index) {
  if (headers.every(([name, , , sha256]) => isWhole(path.join(headersFolder, name), sha256))) return
  const url = await addressOf(index)
  for (const [name, offset, bytes, sha256] of headers) {
    const response = await fetch(url, {
      headers: { range: `bytes=${offset}-${offset + bytes - 1}` },
      signal: AbortSignal.timeout(30_000),
    })
    if (response.status !== 206)
      throw new Error(`The package index answered ${response.status} for a part of ${wheel}.`)
    const text = inflateRawSync(Buffer.from(await response.arrayBuffer()))
    if (sha256Of(text) !== sha256) throw new Error(`${name} of ${wheel} has another sha256 than is pinned.`)
    const file = path.join(headersFolder, name)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
}

/**
 * Where the index has the wheel (PEP 691).
 * @param {string} index
 * @returns {Promise<string>}
 */
async function addressOf(index) {
  const page = `${index}/${project}/`
  const response = await fetch(page, {
    headers: { accept: 'application/vnd.pypi.simple.v1+json' },
    signal: AbortSignal.timeout(30_000),
  })
  if (!response.ok) throw new Error(`The package index answered ${response.status}.`)
  const { files = [] } = /** @type {{ files?: { filename: string, url: string }[] }} */ (
    await response.json()
  )
  const found = files.find(({ filename }) => filename === wheel)
  if (found === undefined) throw new Error(`The package index does not have ${wheel}.`)
  return new URL(found.url, page).href
}

/** @param {string} file @param {string} sha256 */
const isWhole = (file, sha256) => existsSync(file) && sha256Of(readFileSync(file)) === sha256

/** @param {Buffer} bytes */
const sha256Of = (bytes) => createHash('sha256').update(bytes).digest('hex')

if (process.argv[1] && path.resolve(process.argv[1]) === import.meta.filename) {
  await runScript(async () => ((await ensureTensorFlowBinding(logToStderr)) ? 0 : 1))
}
