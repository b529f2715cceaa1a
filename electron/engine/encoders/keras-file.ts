import type { Dataset, Group } from 'h5wasm/node'
import { AppError } from '../../contract/errors.ts'
import type { Architecture } from './architecture.ts'
import { readHead } from './weight-files.ts'
import { elementsOf, weightSpecifications, type Weights } from './weights.ts'

type Hdf5 = (typeof import('h5wasm/node'))['default']

/** How often the library had to be left behind (`letGo`). */
let left = 0
/** Loaded when it is needed: it starts a WebAssembly module, which takes a tenth of the start of a process. A new one after `letGo`. */
async function loadHdf5(): Promise<Hdf5> {
  if (left === 0) return (await import('h5wasm/node')).default
  const url = new URL(import.meta.resolve('h5wasm/node'))
  url.search = String(left)
  const { default: hdf5 } = (await import(url.href)) as typeof import('h5wasm/node')
  return hdf5
}

const hdf5Signature = Buffer.from('\x89HDF\r\n\x1a\n', 'latin1')

/** One array of the file, such as `conv1_conv: conv1_conv/kernel:0`. */
interface StoredArray {
  readonly layer: string
  readonly name: string
  readonly shape: readonly number[]
  readonly dataset: Dataset
}

/**
 * Whether the file starts with the HDF5 signature.
 * @throws AppError as `readHead`
 */
export async function isHdf5(path: string): Promise<boolean> {
  return (await readHead(path, hdf5Signature.length)).equals(hdf5Signature)
}

/**
 * The shapes of all arrays in a file of Keras 2's HDF5 layout, in file order. The shapes distinguish the networks.
 * @throws AppError `encoder.invalid-file`, `path.not-found`, `path.unreadable`
 */
export function readKerasLayout(path: string): Promise<string[]> {
  return withArrays(path, (arrays) => arrays.map(({ shape }) => shape.join('x')))
}

/** The result of `readKerasLayout` for a file that fits the network. */
export function expectedLayout(architecture: Pick<Architecture, 'layers'>): string[] {
  return weightSpecifications(architecture).map(({ shape }) => shape.join('x'))
}

/**
 * Reads the weights of a network from a file of Keras 2's HDF5 layout. The attributes `layer_names` of the file and
 * `weight_names` of each layer's group give the order. Arrays are matched by position, like in Keras, because the
 * names differ between files. Returns new buffers.
 * @throws AppError `encoder.invalid-file` with the layer's name if an array is missing, has another shape or type, or is
 *   not finite; `path.not-found`, `path.unreadable`
 */
export function readKerasWeights(path: string, architecture: Pick<Architecture, 'layers'>): Promise<Weights> {
  const expected = weightSpecifications(architecture)
  return withArrays(path, (arrays) => {
    const weights = new Map<string, Float32Array>()
    expected.forEach(({ key, layer, weight, shape }, index) => {
      const stored = arrays[index]
      const wanted = `${shape.join(' x ')} values`
      if (stored === undefined) throw refuse(path, `layer ${layer} has no ${weight} (${wanted} are missing)`)
      if (stored.shape.join() !== shape.join()) {
        const found = `${stored.shape.join(' x ')} in ${stored.name}`
        throw refuse(path, `layer ${layer} needs ${wanted} as its ${weight}, but the file has ${found}`)
      }
      weights.set(key, valuesOf(path, stored, elementsOf(shape)))
    })
    const extra = arrays[expected.length]
    if (extra) throw refuse(path, `layer ${extra.layer} (${extra.name}) is not part of the network`)
    return weights
  })
}

function valuesOf(path: string, { layer, name, dataset }: StoredArray, count: number): Float32Array {
  const { value } = dataset
  if (!(value instanceof Float32Array) || value.length !== count) {
    throw refuse(path, `layer ${layer}: ${name} is not an array of ${count} float32 values`)
  }
  if (!value.every(Number.isFinite)) {
    throw refuse(path, `layer ${layer}: ${name} has values that are not numbers`)
  }
  return value
}

async function withArrays<T>(path: string, use: (arrays: StoredArray[]) => T): Promise<T> {
  if (!(await isHdf5(path))) throw refuse(path, 'it is not an HDF5 file')
  const hdf5 = await loadHdf5()
  const file = await openHdf5(path, hdf5)
  try {
    return use(listArrays(path, file, hdf5))
  } catch (error) {
    if (error instanceof AppError) throw error
    throw refuse(path, 'it is damaged: the HDF5 library cannot read it', error)
  } finally {
    closeHdf5(file, path, await hdf5.ready)
  }
}

/** A damaged file may not even close; it has been read or refused by then. */
function closeHdf5(file: { close: () => unknown }, path: string, library: { FS: unknown }): void {
  try {
    file.close()
  } catch {
    // Nothing was written.
  }
  letGo(path, library)
}

/** Emscripten's, as far as it is needed here; h5wasm does not describe `streams`. */
interface FileSystem {
  readonly streams: readonly ({ readonly path: string } | null | undefined)[]
  readonly close: (stream: { readonly path: string }) => void
}

/**
 * The library keeps a damaged file open, so that on Windows it could not be replaced or removed until the process ends, and takes what
 * is written to its place later for that file.
 */
function letGo(path: string, library: { FS: unknown }): void {
  const { streams, close } = library.FS as FileSystem
  const kept = streams.flatMap((stream) => (stream?.path === path ? stream : []))
  for (const stream of kept) close(stream)
  if (kept.length > 0) left++
}

async function openHdf5(path: string, hdf5: Hdf5) {
  const library = await hdf5.ready
  try {
    // A library that a damaged file has stopped refuses this too.
    library.activate_throwing_error_handler()
    return new hdf5.File(path, 'r')
  } catch (error) {
    letGo(path, library)
    throw refuse(path, 'it is incomplete or damaged', error)
  }
}

function listArrays(path: string, file: Group, hdf5: Hdf5): StoredArray[] {
  return textsOf(path, file, 'layer_names', 'the file').flatMap((layer) => {
    const group = file.get(layer)
    if (!(group instanceof hdf5.Group)) throw refuse(path, `layer ${layer} is not in the file`)
    return textsOf(path, group, 'weight_names', `layer ${layer}`).map((name) => {
      const dataset = group.get(name)
      if (!(dataset instanceof hdf5.Dataset)) throw refuse(path, `layer ${layer}: ${name} is missing`)
      return { layer, name, shape: dataset.shape ?? [], dataset }
    })
  })
}

function textsOf(path: string, group: Group, attribute: string, where: string): string[] {
  const found = group.attrs[attribute]
  if (found === undefined) {
    throw refuse(
      path,
      `${where} has no attribute ${attribute}, so it was not written by Keras 2's save_weights`,
    )
  }
  // Keras writes the empty list of a layer without weights as an empty float64 array.
  const texts: unknown = found.value
  if (Array.isArray(texts) && texts.every((text) => typeof text === 'string')) return texts
  if (found.shape?.[0] === 0) return []
  throw refuse(path, `${where}: attribute ${attribute} is not a list of names`)
}

function refuse(path: string, reason: string, cause?: unknown): AppError {
  return new AppError('encoder.invalid-file', { path, reason }, { cause })
}
