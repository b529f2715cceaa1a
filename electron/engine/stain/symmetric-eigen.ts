export type Vector3 = readonly [number, number, number]
/** Rows of a 3x3 matrix. */
export type Matrix3 = readonly [Vector3, Vector3, Vector3]

export interface EigenPair {
  value: number
  /** Of unit length; its sign is arbitrary. */
  vector: Vector3
}

/**
 * Eigenvalues and eigenvectors of a symmetric 3x3 matrix, largest value first, by Jacobi's rotations
 * (Golub and Van Loan, "Matrix Computations", section 8.5): each turns one off-diagonal element to zero, and
 * for 3x3 a handful of sweeps reach the last bit. The vectors are orthogonal to rounding.
 */
export function symmetricEigen(matrix: Matrix3): [EigenPair, EigenPair, EigenPair] {
  const a = matrix.map((row) => [...row]) as [number[], number[], number[]]
  const v = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ] as [number[], number[], number[]]
  const at = (m: number[][], row: number, column: number): number => m[row]?.[column] ?? 0
  const put = (m: number[][], row: number, column: number, value: number): void => {
    const line = m[row]
    if (line !== undefined) line[column] = value
  }
  for (let sweep = 0; sweep < 20; sweep++) {
    const off = Math.abs(at(a, 0, 1)) + Math.abs(at(a, 0, 2)) + Math.abs(at(a, 1, 2))
    if (off === 0) break
    for (const [p, q] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const) {
      const apq = at(a, p, q)
      if (apq === 0) continue
      const theta = (at(a, q, q) - at(a, p, p)) / (2 * apq)
      const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
      const cosine = 1 / Math.sqrt(t * t + 1)
      const sine = t * cosine
      for (let k = 0; k < 3; k++) {
        const akp = at(a, k, p)
        const akq = at(a, k, q)
        put(a, k, p, cosine * akp - sine * akq)
        put(a, k, q, sine * akp + cosine * akq)
      }
      for (let k = 0; k < 3; k++) {
        const apk = at(a, p, k)
        const aqk = at(a, q, k)
        put(a, p, k, cosine * apk - sine * aqk)
        put(a, q, k, sine * apk + cosine * aqk)
        const vkp = at(v, k, p)
        const vkq = at(v, k, q)
        put(v, k, p, cosine * vkp - sine * vkq)
        put(v, k, q, sine * vkp + cosine * vkq)
      }
    }
  }
  const pairs = [0, 1, 2].map((column): EigenPair => ({
    value: at(a, column, column),
    vector: [at(v, 0, column), at(v, 1, column), at(v, 2, column)],
  }))
  return pairs.sort((left, right) => right.value - left.value) as [EigenPair, EigenPair, EigenPair]
}
