import { writeFile } from 'node:fs/promises'

/** A tensor for `torchFile`: its storage, and how the tensor looks at it. */
export interface WrittenTensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly strides: readonly number[]
  readonly offset?: number
  readonly storage: { readonly key: string; readonly values: Float32Array | BigInt64Array }
}

const text = (value: string): Buffer => {
  const bytes = Buffer.from(value, 'utf8')
  const length = Buffer.alloc(4)
  length.writeUInt32LE(bytes.length)
  return Buffer.concat([Buffer.from('X'), length, bytes])
}
const integer = (value: number): Buffer => {
  const bytes = Buffer.alloc(5, 'J')
  bytes.writeInt32LE(value, 1)
  return bytes
}
const raw = (value: string): Buffer => Buffer.from(value, 'latin1')
const tuple = (values: readonly Buffer[]): Buffer => Buffer.concat([raw('('), ...values, raw('t')])
const name = (module: string, member: string): Buffer => raw(`c${module}\n${member}\n`)
const orderedDict = Buffer.concat([name('collections', 'OrderedDict'), raw(')R')])
const pickle = (...parts: readonly Buffer[]): Buffer => Buffer.concat([raw('\x80\x02'), ...parts, raw('.')])

function tensor({ shape, strides, offset = 0, storage }: WrittenTensor): Buffer {
  const { key, values } = storage
  const type = values instanceof Float32Array ? 'FloatStorage' : 'LongStorage'
  const id = tuple([
    text('storage'),
    name('torch', type),
    text(key),
    text('cpu'),
    integer(values.length),
    raw('N'),
  ])
  const view = [
    integer(offset),
    tuple(shape.map(integer)),
    tuple(strides.map(integer)),
    raw('\x89'),
    orderedDict,
  ]
  return Buffer.concat([
    name('torch._utils', '_rebuild_tensor_v2'),
    tuple([Buffer.concat([id, raw('Q')]), ...view]),
    raw('R'),
  ])
}

/** The bytes that `torch.save` of PyTorch 1.5 writes for a state dictionary: the same pickles, without a memo. */
export function torchFile(tensors: readonly WrittenTensor[]): Buffer {
  const storages = new Map(tensors.map(({ storage }) => [storage.key, storage.values]))
  const entries = tensors.map((one) => Buffer.concat([text(one.name), tensor(one)]))
  const metadata = Buffer.concat([raw('}'), text('_metadata'), orderedDict, raw('sb')])
  const counted = [...storages.values()].flatMap((values) => {
    const count = Buffer.alloc(8)
    count.writeBigInt64LE(BigInt(values.length))
    return [count, Buffer.from(values.buffer, values.byteOffset, values.byteLength)]
  })
  return Buffer.concat([
    pickle(raw('\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19')),
    pickle(raw('M\xe9\x03')),
    pickle(raw('}('), text('protocol_version'), integer(1001), text('little_endian'), raw('\x88'), raw('u')),
    pickle(orderedDict, raw('('), ...entries, raw('u'), metadata),
    pickle(raw(']('), ...[...storages.keys()].map(text), raw('e')),
    ...counted,
  ])
}

export const writeTorchFile = (path: string, tensors: readonly WrittenTensor[]): Promise<void> =>
  writeFile(path, torchFile(tensors))
