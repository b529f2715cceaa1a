import protobuf from 'protobufjs/light.js'
import { field, list } from '../onnx-schema.ts'

/**
 * The part of ONNX's onnx.proto that says what a file would make ONNX Runtime do, with the field numbers of the format.
 * Everything else, such as the numbers of its weights, is stepped over.
 */
const root = protobuf.Root.fromJSON({
  nested: {
    Model: {
      fields: {
        irVersion: field('int64', 1),
        graph: field('Graph', 7),
        opsetImport: list('OperatorSet', 8),
        trainingInfo: list('Anything', 20),
        functions: list('Anything', 25),
      },
    },
    Anything: { fields: {} },
    OperatorSet: { fields: { domain: field('string', 1), version: field('int64', 2) } },
    Entry: { fields: { key: field('string', 1), value: field('string', 2) } },
    Graph: {
      fields: {
        node: list('Node', 1),
        initializer: list('Tensor', 5),
        input: list('Value', 11),
        output: list('Value', 12),
        sparseInitializer: list('SparseTensor', 15),
      },
    },
    Node: {
      fields: {
        opType: field('string', 4),
        attribute: list('Attribute', 5),
        domain: field('string', 7),
      },
    },
    Attribute: {
      fields: {
        t: field('Tensor', 5),
        g: field('Graph', 6),
        tensors: list('Tensor', 10),
        graphs: list('Graph', 11),
        sparseTensor: field('SparseTensor', 22),
        sparseTensors: list('SparseTensor', 23),
      },
    },
    Tensor: {
      fields: {
        dims: list('int64', 1),
        dataType: field('int32', 2),
        name: field('string', 8),
        externalData: list('Entry', 13),
        dataLocation: field('int32', 14),
      },
    },
    SparseTensor: { fields: { values: field('Tensor', 1), indices: field('Tensor', 2) } },
    Value: { fields: { name: field('string', 1), type: field('Type', 2) } },
    Type: { fields: { tensorType: field('TensorType', 1) } },
    TensorType: { fields: { elemType: field('int32', 1), shape: field('Shape', 2) } },
    Shape: { fields: { dim: list('Dimension', 1) } },
    Dimension: { fields: { dimValue: field('int64', 1), dimParam: field('string', 2) } },
  },
})
const model = root.lookupType('Model')

/** Fields that a file leaves out are absent: a file from outside has any of them, or none. */
export interface ReadTensor {
  readonly dims?: readonly number[]
  readonly dataType?: number
  readonly name?: string
  readonly externalData?: readonly { readonly key?: string; readonly value?: string }[]
  readonly dataLocation?: number
}
interface ReadSparse {
  readonly values?: ReadTensor
  readonly indices?: ReadTensor
}
export interface ReadValue {
  readonly name?: string
  readonly type?: {
    readonly tensorType?: {
      readonly elemType?: number
      readonly shape?: {
        readonly dim?: readonly { readonly dimValue?: number; readonly dimParam?: string }[]
      }
    }
  }
}
export interface ReadNode {
  readonly opType?: string
  readonly domain?: string
  readonly attribute?: readonly {
    readonly t?: ReadTensor
    readonly g?: ReadGraph
    readonly tensors?: readonly ReadTensor[]
    readonly graphs?: readonly ReadGraph[]
    readonly sparseTensor?: ReadSparse
    readonly sparseTensors?: readonly ReadSparse[]
  }[]
}
export interface ReadGraph {
  readonly node?: readonly ReadNode[]
  readonly initializer?: readonly ReadTensor[]
  readonly input?: readonly ReadValue[]
  readonly output?: readonly ReadValue[]
  readonly sparseInitializer?: readonly ReadSparse[]
}
export interface ReadModel {
  readonly irVersion?: number
  readonly graph?: ReadGraph
  readonly opsetImport?: readonly { readonly domain?: string; readonly version?: number }[]
  readonly trainingInfo?: readonly unknown[]
  readonly functions?: readonly unknown[]
}

/**
 * The structure of an ONNX file; null if the bytes are none. Numbers of 64 bits beyond 2^53 are rounded, which no size that is
 * accepted reaches.
 */
export function readModel(bytes: Uint8Array): ReadModel | null {
  try {
    const message = model.decode(bytes)
    return model.toObject(message, { longs: Number, arrays: false, defaults: false })
  } catch {
    // Cut off, not in this format, or nested so deeply that the stack ends.
    return null
  }
}
