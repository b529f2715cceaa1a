/**
 * The pooled descriptor of an image's crops, as its encoder needs it: by the recipe's norm, or by the mean where values may be
 * below 0. Throws as both do.
 */
export const poolFor = (
  isSigned: boolean,
  descriptors: readonly Float32Array[],
  norm: number,
): Float32Array => (isSigned ? averageDescriptors(descriptors) : poolDescriptors(descriptors, norm))

/**
 * The mean of descriptors, element by element, with the sums in float64. Returns a new array.
 * @throws RangeError if there are no descriptors, lengths differ, or an element is not finite
 */
function averageDescriptors(descriptors: readonly Float32Array[]): Float32Array {
  const length = descriptors[0]?.length
  if (length === undefined) throw new RangeError('there are no descriptors to average')
  const sums = new Float64Array(length)
  for (const descriptor of descriptors) {
    if (descriptor.length !== length) {
      throw new RangeError(`descriptors of ${length} and of ${descriptor.length} elements`)
    }
    for (let element = 0; element < length; element++) {
      const value = descriptor[element] ?? 0
      if (!Number.isFinite(value)) throw new RangeError(`element ${element} of a descriptor is ${value}`)
      sums[element] = (sums[element] ?? 0) + value
    }
  }
  return Float32Array.from(sums, (sum) => sum / descriptors.length)
}

/**
 * Pools descriptors into one, element by element: ((1/N) sum d_i^norm)^(1/norm) (docs/pipeline.md, section 7; paper
 * section 2.4). Sums are float64, in the given order, and rounded once. Returns a new array.
 * @throws RangeError if there are no descriptors, lengths differ, or an element is not a number >= 0 (the root of a
 *   negative number is not real)
 */
export function poolDescriptors(descriptors: readonly Float32Array[], norm: number): Float32Array {
  const length = descriptors[0]?.length
  if (length === undefined) throw new RangeError('there are no descriptors to pool')
  if (!(norm > 0)) throw new RangeError(`a pooling norm must be positive, not ${norm}`)
  const sums = new Float64Array(length)
  for (const descriptor of descriptors) {
    if (descriptor.length !== length) {
      throw new RangeError(`descriptors of ${length} and of ${descriptor.length} elements`)
    }
    addPowers(sums, descriptor, norm)
  }
  const pooled = new Float32Array(length)
  for (let element = 0; element < length; element++) {
    const mean = (sums[element] ?? 0) / descriptors.length
    pooled[element] = norm === 3 ? Math.cbrt(mean) : mean ** (1 / norm)
  }
  return pooled
}

/** Adds the descriptor's elements, each to the power of `norm`. */
function addPowers(sums: Float64Array, descriptor: Float32Array, norm: number): void {
  for (let element = 0; element < sums.length; element++) {
    const value = descriptor[element] ?? 0
    if (!(value >= 0 && value < Infinity)) {
      throw new RangeError(`element ${element} of a descriptor is ${value}, not a number >= 0`)
    }
    sums[element] = (sums[element] ?? 0) + (norm === 3 ? value * value * value : value ** norm)
  }
}
