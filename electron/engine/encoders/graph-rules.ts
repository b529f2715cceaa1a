import type { NativeGraphLayer, NativeMapPart } from './native-encoding.ts'

/** A layer of a graph without its weights. Only pooling has `average`. */
export type GraphShape = Omit<NativeGraphLayer, 'kernel' | 'bias'>

/** Channels that lie together in a map. */
const block = 16
const pictureChannels = 3
const [mostMaps, mostChannels, mostKernel, mostStride, pictureStride] = [4096, 2 ** 16, 7, 2, 2]

/**
 * Whether `NativeEncoding.openGraph` opens layers of these shapes: the rules of native/encoding/open_graph.cc, so that a network is known
 * to run before its weights are read (test/native/graph-rules.test.ts compares both).
 *
 * @param channels of each map @param taps maps
 */
export function isOpened(
  layers: readonly GraphShape[],
  channels: readonly number[],
  taps: readonly number[],
): boolean {
  const areMaps = channels.every((count, map) =>
    map === 0 ? count === pictureChannels : isWithin(count, 1, mostChannels) && count % block === 0,
  )
  const areCounts =
    isWithin(channels.length, 2, mostMaps) &&
    isWithin(layers.length, 1, mostMaps) &&
    isWithin(taps.length, 1, mostMaps)
  if (!areMaps || !areCounts) return false
  const maps = new WrittenMaps(channels)
  return (
    layers.every((layer, index) => isLayer(layer, index === 0, maps)) &&
    taps.every((tap) => maps.read({ map: tap, channel: 0 }, channels[tap] ?? 0))
  )
}

const isWithin = (count: number, least: number, most: number): boolean =>
  Number.isInteger(count) && count >= least && count <= most

/** Whether a layer can be computed after those above it. Its results count as written then. */
function isLayer(layer: GraphShape, isFirst: boolean, maps: WrittenMaps): boolean {
  const { from, to, inputs, outputs, rows, columns, stride, marginRows, marginColumns, sum, average } = layer
  const isPooling = average !== undefined
  const isShape =
    isWithin(rows, 1, mostKernel) &&
    isWithin(columns, 1, mostKernel) &&
    isWithin(stride, 1, mostStride) &&
    isWithin(marginRows, 0, Math.floor(rows / 2)) &&
    isWithin(marginColumns, 0, Math.floor(columns / 2))
  const isWindow = rows === columns && marginRows === marginColumns && inputs === outputs
  if (!isShape || (isPooling && !isWindow)) return false
  if (isFirst !== (from.map === 0) || to.map === from.map) return false
  const isInput = isFirst
    ? !isPooling && inputs === pictureChannels && stride === pictureStride
    : maps.read(from, inputs)
  const isSum = sum === undefined || (!isFirst && !isPooling && sum.map !== to.map && maps.read(sum, outputs))
  return isInput && isSum && maps.write(to, outputs)
}

/** Which channels of each map, in blocks, are there. The picture, map 0, is neither read nor written here. */
class WrittenMaps {
  readonly #written: readonly Uint8Array[]

  constructor(channels: readonly number[]) {
    this.#written = channels.map((count, map) => new Uint8Array(map === 0 ? 0 : count / block))
  }

  /** Whether all of a part is there. */
  read(part: NativeMapPart, channels: number): boolean {
    return this.#part(part, channels)?.every((isThere) => isThere === 1) === true
  }

  /** Whether nothing of a part was there; it is now. */
  write(part: NativeMapPart, channels: number): boolean {
    const blocks = this.#part(part, channels)
    if (blocks?.every((isThere) => isThere === 0) !== true) return false
    blocks.fill(1)
    return true
  }

  /** null: no part of a map. */
  #part({ map, channel }: NativeMapPart, channels: number): Uint8Array | null {
    const blocks = this.#written[map]
    const isPart = channels > 0 && channels % block === 0 && channel >= 0 && channel % block === 0
    const [first, end] = [channel / block, (channel + channels) / block]
    return blocks !== undefined && isPart && end <= blocks.length ? blocks.subarray(first, end) : null
  }
}
