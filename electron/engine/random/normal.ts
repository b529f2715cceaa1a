/**
 * Standard normals that are the same bits in every language and on every machine.
 *
 * IEEE 754 fixes the result of + - * / and sqrt to the last bit, but not that of log, exp or cos: each C
 * library and each JavaScript engine rounds those in its own way. So a normal is made by the inverse of the
 * distribution function as a rational approximation, and the logarithm that its tails need is our own, built
 * from the exact operations alone. Polynomials are evaluated by Horner's rule without fused multiply-add.
 */

const sqrtHalf = 0.7071067811865476
/** ln 2 in two parts; the high one has 32 significant bits, so that its product with an exponent is exact. */
const ln2High = 0.6931471803691238
const ln2Low = 1.9082149292705877e-10

const doubleBits = new Float64Array(1)
/** Word 1 is the high one: every machine that runs this program is little-endian. */
const words = new Uint32Array(doubleBits.buffer)

/**
 * The natural logarithm of a positive, normal, finite double, within 2 units in the last place.
 * x = 2^e m with m in [sqrt 1/2, sqrt 2); ln m = 2 artanh(s), s = (m - 1) / (m + 1), by its series to s^21
 * (|s| < 0.172, so the next term is below 2e-18).
 */
export function portableLog(x: number): number {
  doubleBits[0] = x
  const high = words[1] ?? 0
  let exponent = (high >>> 20) - 1022
  words[1] = (high & 0x000fffff) | 0x3fe00000
  let mantissa = doubleBits[0]
  if (mantissa < sqrtHalf) {
    mantissa *= 2
    exponent -= 1
  }
  const s = (mantissa - 1) / (mantissa + 1)
  const t = s * s
  let series = 1 / 21
  series = series * t + 1 / 19
  series = series * t + 1 / 17
  series = series * t + 1 / 15
  series = series * t + 1 / 13
  series = series * t + 1 / 11
  series = series * t + 1 / 9
  series = series * t + 1 / 7
  series = series * t + 1 / 5
  series = series * t + 1 / 3
  series = series * t + 1
  return exponent * ln2High + (2 * s * series + exponent * ln2Low)
}

/**
 * The value below which a standard normal lies with probability p, 0 < p < 1; about 16 digits.
 * Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37
 * (1988), routine PPND16.
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q
    let above = 2509.0809287301227
    above = above * r + 33430.57558358813
    above = above * r + 67265.7709270087
    above = above * r + 45921.95393154987
    above = above * r + 13731.69376550946
    above = above * r + 1971.5909503065513
    above = above * r + 133.14166789178438
    above = above * r + 3.3871328727963665
    let below = 5226.495278852854
    below = below * r + 28729.085735721943
    below = below * r + 39307.89580009271
    below = below * r + 21213.794301586597
    below = below * r + 5394.196021424751
    below = below * r + 687.1870074920579
    below = below * r + 42.31333070160091
    below = below * r + 1
    return (q * above) / below
  }
  const tail = Math.sqrt(-portableLog(q < 0 ? p : 1 - p))
  const size = tail <= 5 ? nearTail(tail - 1.6) : farTail(tail - 5)
  return q < 0 ? -size : size
}

function nearTail(r: number): number {
  let above = 7.745450142783414e-4
  above = above * r + 0.022723844989269184
  above = above * r + 0.2417807251774506
  above = above * r + 1.2704582524523684
  above = above * r + 3.6478483247632045
  above = above * r + 5.769497221460691
  above = above * r + 4.630337846156546
  above = above * r + 1.4234371107496835
  let below = 1.0507500716444169e-9
  below = below * r + 5.475938084995345e-4
  below = below * r + 0.015198666563616457
  below = below * r + 0.14810397642748008
  below = below * r + 0.6897673349851
  below = below * r + 1.6763848301838038
  below = below * r + 2.053191626637759
  below = below * r + 1
  return above / below
}

function farTail(r: number): number {
  let above = 2.0103343992922881e-7
  above = above * r + 2.7115555687434876e-5
  above = above * r + 0.0012426609473880784
  above = above * r + 0.026532189526576124
  above = above * r + 0.29656057182850487
  above = above * r + 1.7848265399172913
  above = above * r + 5.463784911164114
  above = above * r + 6.657904643501103
  let below = 2.0442631033899397e-15
  below = below * r + 1.421511758316446e-7
  below = below * r + 1.8463183175100548e-5
  below = below * r + 7.868691311456133e-4
  below = below * r + 0.014875361290850615
  below = below * r + 0.1369298809227358
  below = below * r + 0.599832206555888
  below = below * r + 1
  return above / below
}
