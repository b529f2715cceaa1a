import { createHash } from 'node:crypto'
import { normalQuantile } from './normal.ts'
import { philoxBlock } from './philox.ts'

/** What a generator is keyed by: an explicit list, such as a label, a seed, a content hash, an index. */
export type KeyParts = readonly (string | number)[]

const twoTo21 = 2 ** 21
const twoTo26 = 2 ** 26
const twoTo32 = 2 ** 32

/**
 * The first 128 bits of the SHA-256 of the parts: words 0 and 1 are the Philox key, words 2 and 3 the upper
 * half of its counter. A string is written as 's', its UTF-8 length (uint32, little-endian) and its bytes, a
 * number as 'n' and its float64 (little-endian, -0 as 0), so that no two lists are written alike.
 */
function keyWords(parts: KeyParts): [number, number, number, number] {
  const hash = createHash('sha256')
  for (const part of parts) {
    if (typeof part === 'string') {
      const text = Buffer.from(part, 'utf8')
      const length = Buffer.alloc(5, 's')
      length.writeUInt32LE(text.length, 1)
      hash.update(length).update(text)
    } else {
      if (!Number.isFinite(part)) throw new RangeError(`a key part must be finite, not ${part}`)
      const number = Buffer.alloc(9, 'n')
      number.writeDoubleLE(part + 0, 1)
      hash.update(number)
    }
  }
  const digest = hash.digest()
  return [digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8), digest.readUInt32LE(12)]
}

/**
 * A stream of draws that depends on its key and on nothing else: not on the machine, the order in which
 * images are worked on, or what else is in the batch. Philox4x32-10 over a 64-bit block number.
 */
export class KeyedGenerator {
  readonly #key: [number, number, number, number]
  readonly #block = new Uint32Array(4)
  #nextBlock = 0
  #used = 4

  constructor(parts: KeyParts) {
    this.#key = keyWords(parts)
  }

  /** An integer in 0..2^32 - 1, all alike likely. One word; every other draw is made of these. */
  nextUint32(): number {
    if (this.#used === 4) {
      const [key0, key1, counter2, counter3] = this.#key
      const high = Math.floor(this.#nextBlock / twoTo32)
      philoxBlock(this.#nextBlock, high, counter2, counter3, key0, key1, this.#block)
      this.#nextBlock += 1
      this.#used = 0
    }
    return this.#block[this.#used++] ?? 0
  }

  /** A float in [0, 1), a multiple of 2^-53. Two words. */
  nextFloat(): number {
    const high = this.nextUint32() >>> 5
    const low = this.nextUint32() >>> 6
    return (high * twoTo26 + low) / (twoTo21 * twoTo32)
  }

  /** An integer in 0..bound - 1, exactly uniform (words past the last whole multiple are drawn again). */
  nextInteger(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > twoTo32) {
      throw new RangeError(`a bound must be an integer in 1..2^32, not ${bound}`)
    }
    const limit = twoTo32 - (twoTo32 % bound)
    let word = this.nextUint32()
    while (word >= limit) word = this.nextUint32()
    return word % bound
  }

  /** A float in [low, high). Two words. */
  nextUniform(low: number, high: number): number {
    return low + (high - low) * this.nextFloat()
  }

  /** True with probability 1/2. One word. */
  nextBoolean(): boolean {
    return this.nextUint32() >= 0x80000000
  }

  /** A standard normal by the inverse of its distribution, from 52 bits. Two words. */
  nextNormal(): number {
    const high = this.nextUint32() >>> 6
    const low = this.nextUint32() >>> 6
    return normalQuantile((high * twoTo26 + low + 0.5) / (twoTo26 * twoTo26))
  }

  /** A shuffled copy (Fisher-Yates, from the end). The input stays as it is. */
  shuffle<T>(items: readonly T[]): T[] {
    const shuffled = [...items]
    for (let last = shuffled.length - 1; last > 0; last--) {
      const other = this.nextInteger(last + 1)
      const held = shuffled[last] as T
      shuffled[last] = shuffled[other] as T
      shuffled[other] = held
    }
    return shuffled
  }
}

/** A generator keyed by the SHA-256 of the parts. RangeError where a number is not finite. */
export function keyedGenerator(...parts: KeyParts): KeyedGenerator {
  return new KeyedGenerator(parts)
}

/**
 * Fills `out` in place with `scale` times standard normals, rounded to float32. Value i depends on the key,
 * the scale and i alone: it is word i mod 4 of Philox block floor(i / 4), w, as quantile (w + 1/2) / 2^32.
 * 32 bits reach 6.3 standard deviations, which is enough for weights. The same bits in any language
 * (test/references/random/philox_normal.py).
 */
export function fillNormalFloat32(key: KeyParts, out: Float32Array, scale = 1): void {
  const [key0, key1, counter2, counter3] = keyWords(key)
  const block = new Uint32Array(4)
  for (let start = 0; start < out.length; start += 4) {
    const number = start / 4
    philoxBlock(number, Math.floor(number / twoTo32), counter2, counter3, key0, key1, block)
    const end = Math.min(4, out.length - start)
    for (let word = 0; word < end; word++) {
      out[start + word] = scale * normalQuantile(((block[word] ?? 0) + 0.5) / twoTo32)
    }
  }
}
