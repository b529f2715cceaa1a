import { mirrorMask } from './local-hash.ts'
import type { PicturePrint } from './picture-print.ts'

/** Hashes that differ in more bits are of different places. */
const maxDistance = 17
/** Tables, each over other bits: two hashes meet if they agree in all bits of one table. */
const tableCount = 8
/** Entries of a bucket that are looked at, the newest first: a place that looks like so many others says nothing. */
const maxBucket = 400

/** A place of an image and the place of an earlier image that looks like it. */
export interface PlaceMatch {
  place: number
  other: number
  isMirrored: boolean
}

/** Entries with the same key: the newest of each key, and for each entry the one before it; -1: none. */
interface Table {
  newest: Int32Array
  before: Int32Array
}

/** Finds the places of earlier images that look like those of an image. */
export class HashIndex {
  readonly #prints: readonly PicturePrint[]
  readonly #bits: number
  readonly #tables: readonly Table[]
  /** Of each entry: its image, its place there, and its hash. */
  readonly #owners: Int32Array
  readonly #places: Int32Array
  readonly #hashes: Uint32Array
  #count = 0

  /** @param prints all that will be added, so that the tables have the right size */
  constructor(prints: readonly PicturePrint[]) {
    const total = prints.reduce((sum, { hashes }) => sum + hashes.length / 2, 0)
    this.#prints = prints
    this.#bits = Math.min(20, Math.max(10, Math.ceil(Math.log2(Math.max(1, total))) - 3))
    this.#tables = Array.from({ length: tableCount }, () => ({
      newest: new Int32Array(2 ** this.#bits).fill(-1),
      before: new Int32Array(total).fill(-1),
    }))
    this.#owners = new Int32Array(total)
    this.#places = new Int32Array(total)
    this.#hashes = new Uint32Array(2 * total)
  }

  add(image: number): void {
    const hashes = this.#hashesOf(image)
    for (let place = 0; place < hashes.length / 2; place++) {
      const entry = this.#count++
      const [low, high] = [hashes[2 * place] ?? 0, hashes[2 * place + 1] ?? 0]
      this.#owners[entry] = image
      this.#places[entry] = place
      this.#hashes[2 * entry] = low
      this.#hashes[2 * entry + 1] = high
      for (const [table, { newest, before }] of this.#tables.entries()) {
        const key = this.#keyOf(low, high, table)
        before[entry] = newest[key] ?? -1
        newest[key] = entry
      }
    }
  }

  /** For each added image the places that look alike, as they are or mirrored. */
  matchesOf(image: number): Map<number, PlaceMatch[]> {
    const hashes = this.#hashesOf(image)
    const found = new Map<number, PlaceMatch[]>()
    for (let place = 0; place < hashes.length / 2; place++) {
      const [low, high] = [hashes[2 * place] ?? 0, hashes[2 * place + 1] ?? 0]
      for (const entry of this.#similar(low, high)) this.#put(found, entry, place, false)
      const [mirroredLow, mirroredHigh] = [(low ^ mirrorMask[0]) >>> 0, (high ^ mirrorMask[1]) >>> 0]
      for (const entry of this.#similar(mirroredLow, mirroredHigh)) this.#put(found, entry, place, true)
    }
    return found
  }

  #put(found: Map<number, PlaceMatch[]>, entry: number, place: number, isMirrored: boolean): void {
    const owner = this.#owners[entry] ?? 0
    const match = { place, other: this.#places[entry] ?? 0, isMirrored }
    const matches = found.get(owner)
    if (matches === undefined) found.set(owner, [match])
    else matches.push(match)
  }

  /** Entries whose hashes differ in few bits. */
  #similar(low: number, high: number): Set<number> {
    const similar = new Set<number>()
    for (const [table, { newest, before }] of this.#tables.entries()) {
      let entry = newest[this.#keyOf(low, high, table)] ?? -1
      for (let step = 0; entry >= 0 && step < maxBucket; step++) {
        const distance =
          countBits(low ^ (this.#hashes[2 * entry] ?? 0)) +
          countBits(high ^ (this.#hashes[2 * entry + 1] ?? 0))
        if (distance <= maxDistance) similar.add(entry)
        entry = before[entry] ?? -1
      }
    }
    return similar
  }

  #hashesOf(image: number): Uint32Array {
    const print = this.#prints[image]
    if (print === undefined) throw new RangeError(`there is no print ${image}`)
    return print.hashes
  }

  /** Bits of the hash from all over it, others for each table. */
  #keyOf(low: number, high: number, table: number): number {
    let key = 0
    for (let at = 0; at < this.#bits; at++) {
      const bit = (at * 5 + table * 11) % 64
      key = (key << 1) | (((bit < 32 ? low : high) >>> (bit & 31)) & 1)
    }
    return key
  }
}

function countBits(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
