/** The scalar product of `count` values of each array. Four sums, since a single one waits for each addition. */
export function dot(a: Float64Array, aFrom: number, b: Float64Array, bFrom: number, count: number): number {
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  let i = 0
  for (; i + 3 < count; i += 4) {
    s0 += (a[aFrom + i] ?? 0) * (b[bFrom + i] ?? 0)
    s1 += (a[aFrom + i + 1] ?? 0) * (b[bFrom + i + 1] ?? 0)
    s2 += (a[aFrom + i + 2] ?? 0) * (b[bFrom + i + 2] ?? 0)
    s3 += (a[aFrom + i + 3] ?? 0) * (b[bFrom + i + 3] ?? 0)
  }
  for (; i < count; i++) s0 += (a[aFrom + i] ?? 0) * (b[bFrom + i] ?? 0)
  return s0 + s1 + (s2 + s3)
}

/** Adds `factor` times `count` values of `source` to `target`, in place. */
export function addScaled(
  target: Float64Array,
  targetFrom: number,
  source: Float64Array,
  sourceFrom: number,
  count: number,
  factor: number,
): void {
  for (let i = 0; i < count; i++) {
    target[targetFrom + i] = (target[targetFrom + i] ?? 0) + factor * (source[sourceFrom + i] ?? 0)
  }
}

export const norm = (vector: Float64Array): number => Math.sqrt(dot(vector, 0, vector, 0, vector.length))
