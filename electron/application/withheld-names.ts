import type { ImageName } from '../store/index.ts'

/** What a text says instead of the name of a withheld image. */
export const withheld = '(withheld)'

/** Names are looked for where a text has their last characters; a shorter name counts only as the whole text. */
const endLength = 4
const isPartOfWord = (character: string | undefined): boolean =>
  character !== undefined && /[\p{L}\p{N}_-]/u.test(character)

/** Replaces the paths and file names of withheld images in any text. */
export class WithheldNames {
  readonly #names: ReadonlySet<string>
  /** Of the names, the longest first, so that a path is replaced as a whole. */
  readonly #lengths: readonly number[]
  readonly #ends: ReadonlySet<string>
  readonly #lastCodes: ReadonlySet<number>
  readonly #known: ReadonlySet<string>

  /**
   * @param known texts that pass as a whole although a withheld image has the same name: those of images that the reader
   *   has decided on, and classes
   */
  constructor(hidden: readonly ImageName[], known: readonly string[]) {
    this.#names = new Set(hidden.flatMap(namesOf))
    const long = [...this.#names].filter((name) => name.length >= endLength)
    this.#lengths = [...new Set(long.map((name) => name.length))].sort((a, b) => b - a)
    this.#ends = new Set(long.map((name) => name.slice(-endLength)))
    this.#lastCodes = new Set(long.map((name) => name.charCodeAt(name.length - 1)))
    this.#known = new Set(known)
  }

  /**
   * The text without these names.
   * @param typed what the reader sent; what it contains is left, since a replacement would tell that a name that they
   *   tried belongs to a withheld image
   */
  in(text: string, typed: readonly string[] = []): string {
    if (this.#known.has(text) || typed.includes(text)) return text
    if (this.#names.has(text)) return withheld
    let result = ''
    let from = 0
    for (let end = endLength; end <= text.length; end++) {
      if (!this.#lastCodes.has(text.charCodeAt(end - 1))) continue
      if (!this.#ends.has(text.slice(end - endLength, end))) continue
      const length = this.#lengthOfNameAt(text, from, end, typed)
      if (length === undefined) continue
      result += text.slice(from, end - length) + withheld
      from = end
    }
    return result + text.slice(from)
  }

  #lengthOfNameAt(text: string, from: number, end: number, typed: readonly string[]): number | undefined {
    if (isPartOfWord(text[end])) return undefined
    return this.#lengths.find((length) => {
      const start = end - length
      if (start < from || isPartOfWord(text[start - 1])) return false
      const name = text.slice(start, end)
      return this.#names.has(name) && !typed.some((part) => part.includes(name))
    })
  }
}

export const namesOf = ({ path, originalPath, fileName }: ImageName): string[] => [
  path,
  originalPath,
  fileName,
]
