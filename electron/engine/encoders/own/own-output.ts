import type { EncoderManifest } from '../../../contract/index.ts'
import type { FeatureMap } from '../backend.ts'
import { fromFloat16 } from '../float16.ts'

/** What a network gave, before anything is believed about it. */
export interface RawOutput {
  readonly type: string
  readonly dims: readonly number[]
  readonly data: unknown
}

/** An output that is not what its manifest says. The message is for a person, without a full stop. */
export class OutputError extends Error {}

type Output = EncoderManifest['output']

/** The descriptor of one image. @throws OutputError */
export function pooledOutput(output: Output, raw: RawOutput): Float32Array {
  const { kind, pooling, length } = output
  const values = floatsOf(raw)
  const found =
    kind === 'vector'
      ? vectorOf(raw.dims, values)
      : kind === 'tokens'
        ? pooledTokens(output, raw.dims, values)
        : pooledMap(mapOf(output, raw.dims, values), pooling === 'norm3')
  if (found.length !== length)
    throw new OutputError(`its descriptor has ${found.length} numbers; the manifest says ${length}`)
  if (!found.every((value) => Number.isFinite(value))) throw new OutputError('a value is not a finite number')
  if (output.nonNegative && !found.every((value) => value >= 0))
    throw new OutputError('a value is below 0, although the manifest says "nonNegative"')
  return found
}

/**
 * The patches of an image as a map: one cell for each patch token, or the cells of a map.
 * @param rows, columns of patches, which tokens do not say themselves
 * @throws OutputError
 */
export function patchMap(
  output: Output,
  raw: RawOutput,
  patches: { readonly rows: number; readonly columns: number },
): FeatureMap {
  const values = floatsOf(raw)
  if (output.kind === 'map') return mapOf(output, raw.dims, values)
  const { tokens, width } = tokensOf(raw.dims)
  const { rows, columns } = patches
  const count = rows * columns
  if (tokens - output.prefixTokens !== count)
    throw new OutputError(
      `it gives ${tokens} tokens; ${output.prefixTokens} and ${rows} x ${columns} are due`,
    )
  const data = new Float32Array(count * width)
  for (let cell = 0; cell < count; cell++) {
    const from = (output.prefixTokens + cell) * width
    for (let channel = 0; channel < width; channel++)
      data[channel * count + cell] = values[from + channel] ?? 0
  }
  return { channels: width, rows, columns, data }
}

/** float32 from what ONNX Runtime gives. */
function floatsOf({ type, data, dims }: RawOutput): Float32Array {
  const count = dims.reduce((product, size) => product * size, 1)
  const values =
    type === 'float32' && data instanceof Float32Array
      ? data
      : type === 'float16' && ArrayBuffer.isView(data)
        ? fromFloat16(new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2))
        : null
  if (values === null)
    throw new OutputError(`its output is of the type ${type}; float32 and float16 are read`)
  if (values.length !== count) throw new OutputError('its output has another size than it says')
  return values
}

/** [1, length], also with axes of length 1 behind it. */
function vectorOf(dims: readonly number[], values: Float32Array): Float32Array {
  const [batch, , ...others] = dims
  if (dims.length < 2 || batch !== 1 || others.some((size) => size !== 1))
    throw wrongShape(dims, '[1, length]')
  return Float32Array.from(values)
}

function tokensOf(dims: readonly number[]): { tokens: number; width: number } {
  const [batch, tokens = 0, width = 0] = dims
  if (dims.length !== 3 || batch !== 1) throw wrongShape(dims, '[1, tokens, length]')
  return { tokens, width }
}

function pooledTokens(
  { pooling, prefixTokens }: Output,
  dims: readonly number[],
  values: Float32Array,
): Float32Array {
  const { tokens, width } = tokensOf(dims)
  const patches = tokens - prefixTokens
  if (patches < 1)
    throw new OutputError(`it gives ${tokens} tokens, of them ${prefixTokens} before the patches`)
  const sums = new Float64Array(width)
  for (let token = prefixTokens; token < tokens; token++) {
    for (let channel = 0; channel < width; channel++)
      sums[channel] = (sums[channel] ?? 0) + (values[token * width + channel] ?? 0)
  }
  const mean = Float32Array.from(sums, (sum) => sum / patches)
  const cls = values.slice(0, width)
  if (pooling === 'cls') return cls
  return pooling === 'mean' ? mean : Float32Array.from([...cls, ...mean])
}

function mapOf({ layout }: Output, dims: readonly number[], values: Float32Array): FeatureMap {
  if (dims.length !== 4 || dims[0] !== 1) throw wrongShape(dims, 'four axes, the first of length 1')
  const [, a = 0, b = 0, c = 0] = dims
  if (a * b * c === 0) throw wrongShape(dims, 'at least one cell')
  if (layout === 'NCHW') return { channels: a, rows: b, columns: c, data: values }
  const cells = a * b
  const data = new Float32Array(values.length)
  for (let cell = 0; cell < cells; cell++) {
    for (let channel = 0; channel < c; channel++)
      data[channel * cells + cell] = values[cell * c + channel] ?? 0
  }
  return { channels: c, rows: a, columns: b, data }
}

function pooledMap({ channels, rows, columns, data }: FeatureMap, isNorm3: boolean): Float32Array {
  const cells = rows * columns
  return Float32Array.from({ length: channels }, (_, channel) => {
    let sum = 0
    for (let cell = 0; cell < cells; cell++) {
      const value = data[channel * cells + cell] ?? 0
      sum += isNorm3 ? value ** 3 : value
    }
    return isNorm3 ? Math.cbrt(sum / cells) : sum / cells
  })
}

const wrongShape = (dims: readonly number[], due: string): OutputError =>
  new OutputError(`its output has the shape [${dims.join(', ')}]; the manifest asks for ${due}`)
