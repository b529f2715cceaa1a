import protobuf from 'protobufjs/light.js'

/** The part of ONNX's onnx.proto (IR version 8) that our graphs use, with the field numbers of the format. */
/** Fields of a message, by type and number. */
export const field = (type: string, id: number): protobuf.IField => ({ type, id })
export const list = (type: string, id: number): protobuf.IField => ({ rule: 'repeated', type, id })

const root = protobuf.Root.fromJSON({
  nested: {
    Model: {
      fields: {
        irVersion: field('int64', 1),
        producerName: field('string', 2),
        graph: field('Graph', 7),
        opsetImport: list('OperatorSet', 8),
        metadataProps: list('Entry', 14),
      },
    },
    OperatorSet: { fields: { domain: field('string', 1), version: field('int64', 2) } },
    Entry: { fields: { key: field('string', 1), value: field('string', 2) } },
    Graph: {
      fields: {
        node: list('Node', 1),
        name: field('string', 2),
        initializer: list('Tensor', 5),
        input: list('Value', 11),
        output: list('Value', 12),
      },
    },
    Node: {
      fields: {
        input: list('string', 1),
        output: list('string', 2),
        name: field('string', 3),
        opType: field('string', 4),
        attribute: list('Attribute', 5),
      },
    },
    Attribute: {
      fields: {
        name: field('string', 1),
        i: field('int64', 3),
        s: field('bytes', 4),
        ints: { ...list('int64', 8), options: { packed: false } },
        type: field('int32', 20),
      },
    },
    Tensor: {
      fields: {
        dims: { ...list('int64', 1), options: { packed: false } },
        dataType: field('int32', 2),
        name: field('string', 8),
        rawData: field('bytes', 9),
      },
    },
    Value: { fields: { name: field('string', 1), type: field('Type', 2) } },
    Type: { fields: { tensorType: field('TensorType', 1) } },
    TensorType: { fields: { elemType: field('int32', 1), shape: field('Shape', 2) } },
    Shape: { fields: { dim: list('Dimension', 1) } },
    Dimension: { fields: { dimValue: field('int64', 1), dimParam: field('string', 2) } },
  },
})
const model = root.lookupType('Model')

/** ONNX's numbers for element types. */
export const elementType = { float: 1, uint8: 2, int64: 7, float16: 10 } as const
export type ElementType = keyof typeof elementType

export interface OnnxAttribute {
  readonly name: string
  readonly type: number
  readonly i?: number
  readonly s?: Uint8Array
  readonly ints?: readonly number[]
}
export interface OnnxNode {
  readonly opType: string
  readonly name: string
  readonly input: readonly string[]
  readonly output: readonly string[]
  readonly attribute: readonly OnnxAttribute[]
}
export interface OnnxTensor {
  readonly name: string
  readonly dataType: number
  readonly dims: readonly number[]
  readonly rawData: Uint8Array
}
export interface OnnxValue {
  readonly name: string
  readonly type: {
    readonly tensorType: {
      readonly elemType: number
      readonly shape: { readonly dim: readonly ({ dimValue: number } | { dimParam: string })[] }
    }
  }
}
export interface OnnxGraph {
  readonly name: string
  readonly node: readonly OnnxNode[]
  readonly initializer: readonly OnnxTensor[]
  readonly input: readonly OnnxValue[]
  readonly output: readonly OnnxValue[]
}

export type AttributeValue = number | string | readonly number[]

/** An integer attribute (`AttributeProto.INT` 2), a text (`STRING` 3) or a list of integers (`INTS` 7). */
export function attribute(name: string, value: AttributeValue): OnnxAttribute {
  if (typeof value === 'string') return { name, type: 3, s: new TextEncoder().encode(value) }
  return typeof value === 'number' ? { name, type: 2, i: value } : { name, type: 7, ints: value }
}

/** A graph's input or output. A name instead of a number is a dimension of variable size. */
export function value(name: string, type: ElementType, shape: readonly (number | string)[]): OnnxValue {
  const dim = shape.map((size) => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }))
  return { name, type: { tensorType: { elemType: elementType[type], shape: { dim } } } }
}

/** The values of a tensor; float16 values as their bits. */
export type TensorData = Float32Array | BigInt64Array | Uint16Array

export function tensor(
  name: string,
  type: ElementType,
  dims: readonly number[],
  data: TensorData,
): OnnxTensor {
  const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return { name, dataType: elementType[type], dims, rawData }
}

/** The bytes of a ModelProto: IR version 8, operator set 17, producer `lobule`, with the given metadata. */
export function encodeModel(graph: OnnxGraph, metadata: Readonly<Record<string, string>>): Uint8Array {
  const metadataProps = Object.entries(metadata).map(([key, text]) => ({ key, value: text }))
  const opsetImport = [{ domain: '', version: 17 }]
  return model.encode({ irVersion: 8, producerName: 'lobule', graph, opsetImport, metadataProps }).finish()
}
