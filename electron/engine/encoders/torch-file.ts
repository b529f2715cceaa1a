import { readFile } from 'node:fs/promises'
import { asPathError } from '../../base/path-errors.ts'
import { AppError } from '../../contract/errors.ts'
import type { Architecture } from './architecture.ts'
import {
  PickleError,
  readPickle,
  TensorReference,
  type PickleValue,
  type StorageReference,
} from './pickle.ts'
import { readHead } from './weight-files.ts'
import { elementsOf, weightSpecifications, type Weights, type WeightSpecification } from './weights.ts'

/** The first pickle of such a file: the number 0x1950a86a20f9469cfc6c. */
const signature = Buffer.from('80028a0a6cfc9c46f9206aa850192e', 'hex')
const magic = 0x1950a86a20f9469cfc6cn
const protocol = 1001

/** Larger files are refused: those of the networks that Lobule knows have up to 19 MB, and the whole file is read at once. */
const maxTorchBytes = 2 ** 28

/** Whether the file starts like one of `torch.save` in its older format. Errors as in `readHead`. */
export async function isTorchFile(path: string): Promise<boolean> {
  return (await readHead(path, signature.length)).equals(signature)
}

/** PyTorch's names of a layer's arrays. */
const torchNames: Readonly<Record<WeightSpecification['weight'], string>> = {
  kernel: 'weight',
  bias: 'bias',
  gamma: 'weight',
  beta: 'bias',
  moving_mean: 'running_mean',
  moving_variance: 'running_var',
}

/** Tensors that a published file has beside the weights of the convolutions: the classifier, and counters of training. */
const isUnused = (name: string): boolean => /(^_fc\.(weight|bias)|\.num_batches_tracked)$/.test(name)

/**
 * The names and shapes of all tensors of a file, such as `_conv_stem.weight 32x3x3x3`, in file order.
 * @throws AppError `encoder.invalid-file`, `path.not-found`, `path.unreadable`
 */
export async function readTorchLayout(path: string): Promise<string[]> {
  const { tensors } = await readTensors(path)
  return [...tensors].map(([name, { shape }]) => `${name} ${shape.join('x')}`)
}

/** The part of a file's layout that a network needs. */
export function expectedTorchLayout(architecture: Pick<Architecture, 'layers'>): string[] {
  return weightSpecifications(architecture).map(
    (one) => `${one.layer}.${torchNames[one.weight]} ${torchShape(one).join('x')}`,
  )
}

/**
 * Reads the weights of a network from a file that `torch.save` wrote in its older format (before the zip files of
 * PyTorch 1.6): a dictionary of tensors by name. Nothing in the file is executed (pickle.ts). Tensors can be views with any
 * strides. Kernels become rows x columns x input channels x output channels. Returns new buffers.
 * @throws AppError `encoder.invalid-file` with the tensor's name if it is missing, has another shape or type, or is not
 *   finite; `path.not-found`, `path.unreadable`
 */
export async function readTorchWeights(
  path: string,
  architecture: Pick<Architecture, 'layers'>,
): Promise<Weights> {
  const { tensors, storages } = await readTensors(path)
  const weights = new Map<string, Float32Array>()
  for (const specification of weightSpecifications(architecture)) {
    const name = `${specification.layer}.${torchNames[specification.weight]}`
    const tensor = tensors.get(name)
    const wanted = torchShape(specification)
    if (tensor === undefined)
      throw refuse(path, `the tensor ${name} (${wanted.join(' x ')} values) is missing`)
    if (tensor.shape.join() !== wanted.join()) {
      throw refuse(path, `${name} has ${tensor.shape.join(' x ')} values instead of ${wanted.join(' x ')}`)
    }
    const values = valuesOf(tensor, storages.get(tensor.storage.key), specification)
    if (values === null) throw refuse(path, `${name} is not a view of float32 values in the file`)
    if (!values.every(Number.isFinite)) throw refuse(path, `${name} has values that are not numbers`)
    weights.set(specification.key, values)
    tensors.delete(name)
  }
  const extra = [...tensors.keys()].find((name) => !isUnused(name))
  if (extra !== undefined) throw refuse(path, `the tensor ${extra} is not part of the network`)
  return weights
}

/** A kernel's axes in PyTorch: output channels, input channels, rows, columns. */
const torchAxes = [3, 2, 0, 1]

const torchShape = ({ weight, shape }: WeightSpecification): number[] =>
  weight === 'kernel' ? torchAxes.map((axis) => shape[axis] ?? 0) : [...shape]

/** The values of a tensor in the order of the specification; null if it reaches beyond its storage or is not float32. */
function valuesOf(
  { offset, strides, storage }: TensorReference,
  bytes: Buffer | undefined,
  { weight, shape }: WeightSpecification,
): Float32Array | null {
  if (bytes === undefined || storage.type !== 'float32') return null
  const own = weight === 'kernel' ? shape.map((_, axis) => strides[torchAxes.indexOf(axis)] ?? 0) : strides
  const last = shape.reduce((sum, size, axis) => sum + (size - 1) * (own[axis] ?? 0), offset)
  if (!(last < storage.length)) return null
  const values = new Float32Array(elementsOf(shape))
  let to = 0
  const visit = (axis: number, from: number): void => {
    if (axis === shape.length) {
      values[to++] = bytes.readFloatLE(4 * from)
      return
    }
    for (let index = 0; index < (shape[axis] ?? 0); index++) visit(axis + 1, from + index * (own[axis] ?? 0))
  }
  visit(0, offset)
  return values
}

interface TorchContent {
  readonly tensors: Map<string, TensorReference>
  /** The little-endian bytes of each storage. */
  readonly storages: ReadonlyMap<string, Buffer>
}

async function readTensors(path: string): Promise<TorchContent> {
  const head = await readHead(path, signature.length)
  if (!head.equals(signature)) throw refuse(path, 'it is not a file of PyTorch in its older format')
  const bytes = await readFile(path).catch((error: unknown) => {
    throw asPathError(error, path)
  })
  if (bytes.length > maxTorchBytes)
    throw refuse(path, `it has ${bytes.length} bytes; at most ${maxTorchBytes} are read`)
  try {
    return contentOf(bytes)
  } catch (error) {
    if (!(error instanceof PickleError)) throw error
    throw refuse(path, error.message, error)
  }
}

/**
 * Five pickles: a magic number, the version, the byte order, the dictionary, and the keys of all storages. Then the storages in
 * that order, each as the number of its values (int64) and the values.
 */
function contentOf(bytes: Buffer): TorchContent {
  const first = readPickle(bytes, 0)
  const version = readPickle(bytes, first.end)
  const machine = readPickle(bytes, version.end)
  if (first.value !== magic || version.value !== protocol)
    throw new PickleError('it is not a file of PyTorch in its older format')
  if (!(machine.value instanceof Map) || machine.value.get('little_endian') !== true)
    throw new PickleError('its values are not little-endian')
  const content = readPickle(bytes, machine.end)
  const keys = readPickle(bytes, content.end)
  const tensors = tensorsOf(content.value)
  return { tensors, storages: storagesOf(bytes, keys, tensors) }
}

function tensorsOf(content: PickleValue): Map<string, TensorReference> {
  if (!(content instanceof Map)) throw new PickleError('it does not contain a dictionary of tensors')
  const tensors = new Map<string, TensorReference>()
  for (const [name, tensor] of content) {
    if (typeof name !== 'string' || !(tensor instanceof TensorReference))
      throw new PickleError(`its entry ${JSON.stringify(name)} is not a tensor with a name`)
    tensors.set(name, tensor)
  }
  return tensors
}

function storagesOf(
  bytes: Buffer,
  { value: keys, end }: { value: PickleValue; end: number },
  tensors: ReadonlyMap<string, TensorReference>,
): Map<string, Buffer> {
  const known = new Map<PickleValue, StorageReference>()
  for (const { storage } of tensors.values()) {
    const before = known.get(storage.key)
    if (before !== undefined && (before.length !== storage.length || before.type !== storage.type))
      throw new PickleError(`its storage ${storage.key} is described in two ways`)
    known.set(storage.key, storage)
  }
  const found = new Map<string, Buffer>()
  let at = end
  for (const key of Array.isArray(keys) ? keys : []) {
    const storage = known.get(key)
    if (storage === undefined) throw new PickleError('it has a storage that no tensor uses')
    const from = at + 8
    const to = from + storage.length * (storage.type === 'float32' ? 4 : 8)
    if (to > bytes.length) throw new PickleError('it ends too early')
    if (bytes.readBigInt64LE(at) !== BigInt(storage.length))
      throw new PickleError(`its storage ${storage.key} does not have ${storage.length} values`)
    found.set(storage.key, bytes.subarray(from, to))
    at = to
  }
  if (found.size !== known.size) throw new PickleError('it lacks the values of some tensors')
  if (at !== bytes.length) throw new PickleError('it continues after its last values')
  return found
}

function refuse(path: string, reason: string, cause?: unknown): AppError {
  return new AppError('encoder.invalid-file', { path, reason }, { cause })
}
