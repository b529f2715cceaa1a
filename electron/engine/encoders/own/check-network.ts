import type { EncoderManifest } from '../../../contract/index.ts'
import {
  readModel,
  type ReadGraph,
  type ReadModel,
  type ReadNode,
  type ReadTensor,
  type ReadValue,
} from './onnx-reader.ts'

/** Why an encoder is refused. The message is for a person, without a full stop. */
export class RefusedEncoder extends Error {}

const refuse = (reason: string): never => {
  throw new RefusedEncoder(reason)
}

const maxNodes = 100_000
/** Graphs within graphs, such as the two sides of a condition. */
const maxDepth = 8
const maxAxes = 16
/** Versions of the format that this ONNX Runtime reads. */
const maxIrVersion = 13

/** ONNX's numbers of element types -> their names. Complex numbers and texts are not among them. */
const elementTypes: Readonly<Record<number, string>> = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  12: 'uint32',
  13: 'uint64',
  16: 'bfloat16',
}

/** `ai.onnx` is another name of ONNX's own operators. */
const isStandard = (domain = ''): boolean => domain === '' || domain === 'ai.onnx'

/** A file of weights beside the network. */
interface ExternalFile {
  readonly file: string
  readonly bytes: number
}

/**
 * Reads what an ONNX file would do before any runtime does it, and compares it with its manifest. Refused are operators and
 * functions that are not ONNX's own, more than one input, types that are not known, and weights in files that the manifest does
 * not list.
 * @throws RefusedEncoder
 */
export function checkNetwork(
  bytes: Uint8Array,
  manifest: EncoderManifest,
  external: readonly ExternalFile[],
): void {
  const model = readModel(bytes) ?? refuse(`${manifest.network.file} is not an ONNX file, or it is damaged`)
  const graph = model.graph ?? refuse(`${manifest.network.file} has no graph`)
  checkVersions(model, manifest.network.opset)
  checkGraph(graph, external, { depth: 1, nodes: 0 })
  checkInput(graph, manifest.input)
  checkOutput(graph, manifest.output)
}

function checkVersions(
  { irVersion = 0, opsetImport = [], functions = [], trainingInfo = [] }: ReadModel,
  opset: number,
) {
  if (irVersion < 3 || irVersion > maxIrVersion)
    refuse(`its format has version ${irVersion}; versions 3 to ${maxIrVersion} are read`)
  const custom = opsetImport.find(({ domain }) => !isStandard(domain))
  if (custom !== undefined)
    refuse(`it has operators of the domain ${shown(custom.domain)}; only those of ONNX itself are run`)
  if (functions.length > 0) refuse('it defines functions of its own; only operators of ONNX itself are run')
  if (trainingInfo.length > 0) refuse('it holds a training; only inference is run')
  const [own, ...others] = opsetImport
  if (own === undefined || others.length > 0) refuse('it does not name one operator set')
  else if (own.version !== opset)
    refuse(`it is of operator set ${own.version ?? 0}; the manifest says ${opset}`)
}

interface Count {
  readonly depth: number
  nodes: number
}

function checkGraph(graph: ReadGraph, external: readonly ExternalFile[], count: Count): void {
  if (count.depth > maxDepth) refuse(`its graphs are nested more than ${maxDepth} deep`)
  if ((graph.sparseInitializer ?? []).length > 0) refuse('it has sparse weights')
  for (const tensor of graph.initializer ?? []) checkTensor(tensor, external)
  for (const node of graph.node ?? []) {
    count.nodes += 1
    if (count.nodes > maxNodes) refuse(`it has more than ${maxNodes} operators`)
    checkNode(node, external, count)
  }
}

function checkNode(
  { opType = '', domain, attribute = [] }: ReadNode,
  external: readonly ExternalFile[],
  count: Count,
): void {
  if (!isStandard(domain))
    refuse(
      `its operator ${shown(opType)} is of the domain ${shown(domain)}; only those of ONNX itself are run`,
    )
  for (const { t, g, tensors = [], graphs = [], sparseTensor, sparseTensors = [] } of attribute) {
    if (sparseTensor !== undefined || sparseTensors.length > 0)
      refuse(`its operator ${shown(opType)} has sparse weights`)
    for (const tensor of t === undefined ? tensors : [t, ...tensors]) checkTensor(tensor, external)
    for (const graph of g === undefined ? graphs : [g, ...graphs]) {
      const below = { depth: count.depth + 1, nodes: count.nodes }
      checkGraph(graph, external, below)
      count.nodes = below.nodes
    }
  }
}

function checkTensor(
  { dims = [], dataType = 0, name = '', externalData = [], dataLocation = 0 }: ReadTensor,
  external: readonly ExternalFile[],
): void {
  const type = elementTypes[dataType]
  if (type === undefined) refuse(`its weights ${shown(name)} are of the unknown type ${dataType}`)
  if (dims.length > maxAxes || dims.some((size) => size < 0))
    refuse(`its weights ${shown(name)} have no possible shape`)
  if (dataLocation !== 0 && dataLocation !== 1) refuse(`its weights ${shown(name)} are in an unknown place`)
  if (dataLocation === 0 && externalData.length === 0) return
  const entry = (key: string): string | undefined => externalData.find((one) => one.key === key)?.value
  const location = entry('location') ?? ''
  const file = external.find((one) => one.file === location)
  if (file === undefined)
    return refuse(
      `its weights ${shown(name)} are in the file ${shown(location)}, which the manifest does not list`,
    )
  const [offset, length] = [Number(entry('offset') ?? 0), Number(entry('length') ?? 0)]
  const isInside =
    Number.isSafeInteger(offset) &&
    Number.isSafeInteger(length) &&
    offset >= 0 &&
    length >= 0 &&
    offset + length <= file.bytes
  if (!isInside) refuse(`its weights ${shown(name)} lie outside the file ${location}`)
}

/** Weights that older files list among the inputs are not inputs. */
function checkInput(graph: ReadGraph, input: EncoderManifest['input']): void {
  const weights = new Set((graph.initializer ?? []).map(({ name }) => name))
  const inputs = (graph.input ?? []).filter(({ name }) => !weights.has(name))
  const [only, ...others] = inputs
  if (only === undefined || others.length > 0)
    return refuse(`it has ${inputs.length} inputs; an encoder has one`)
  if (only.name !== input.name)
    refuse(`its input is called ${shown(only.name)}; the manifest says ${input.name}`)
  requireType(only, input.dtype, 'input')
  const shape = shapeOf(only)
  const edge = 'fixedPx' in input.size ? input.size.fixedPx : null
  const due = input.layout === 'NCHW' ? [1, 3, edge, edge] : [1, edge, edge, 3]
  const fits =
    shape !== null &&
    shape.length === 4 &&
    due.every((size, axis) => {
      const found = shape[axis]
      if (found === null || found === undefined) return axis === 0 ? input.batch === 'any' : size !== 3
      if (size === null) return false
      return found === size
    })
  if (fits) return
  const words = (sizes: readonly (number | null)[]): string =>
    `[${sizes.map((size) => size ?? '?').join(', ')}]`
  const dueWords = words([input.batch === 1 ? 1 : null, ...due.slice(1)])
  refuse(
    `its input has the shape ${shape === null ? 'unknown' : words(shape)}; the manifest says ${dueWords}`,
  )
}

function checkOutput(graph: ReadGraph, { name, kind }: EncoderManifest['output']): void {
  const found = (graph.output ?? []).find((one) => one.name === name)
  if (found === undefined) return refuse(`it has no output ${name}`)
  const type = elementTypes[found.type?.tensorType?.elemType ?? 0]
  if (type !== 'float32' && type !== 'float16')
    refuse(`its output is of the type ${type ?? 'unknown'}; float32 and float16 are read`)
  const axes = shapeOf(found)?.length
  if (axes === undefined) return
  const fits = { vector: axes >= 2, tokens: axes === 3, map: axes === 4 }[kind]
  if (!fits) refuse(`its output has ${axes} axes, which is no ${kind}`)
}

function requireType(value: ReadValue, due: string, what: string): void {
  const type = elementTypes[value.type?.tensorType?.elemType ?? 0]
  if (type !== due) refuse(`its ${what} is of the type ${type ?? 'unknown'}; the manifest says ${due}`)
}

/** null: an axis of any length; null for a value without a shape. */
function shapeOf({ type }: ReadValue): (number | null)[] | null {
  const shape = type?.tensorType?.shape
  if (shape === undefined) return null
  return (shape.dim ?? []).map(({ dimValue }) => (dimValue === undefined || dimValue === 0 ? null : dimValue))
}

/** A text from a file, safe to show. */
export const shown = (text = ''): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text)
