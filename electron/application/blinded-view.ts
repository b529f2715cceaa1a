import type { IsHidden } from '../features/labels/blinded-reading.ts'
import { listClasses, listImageNames, type ImageName, type Readable } from '../store/index.ts'
import { namesOf, WithheldNames } from './withheld-names.ts'

/** Above every row of a database: 2 ** 52. */
const firstAlias = 4_503_599_627_370_496
/** 48 bits of the content hash; the last 4 bits of an alias tell images apart that share them. */
const hashDigits = 12
const aliasesPerHash = 16

/** In text that names a withheld image: what it is called instead. */
export const neutralName = ({ sha256 }: { sha256: string }): string => `image ${sha256.slice(0, 8)}`

/** What a blinded reader may see of the open workspace. */
export class BlindedView {
  readonly reader: string
  readonly isHidden: IsHidden
  readonly database: Readable
  #images: readonly ImageName[] | null = null
  #byId: Map<number, ImageName> | null = null
  #names: WithheldNames | null = null
  #aliases: { byId: Map<number, number>; ids: Map<number, number> } | null = null

  constructor(database: Readable, reader: string, isHidden: IsHidden) {
    this.database = database
    this.reader = reader
    this.isHidden = isHidden
  }

  /** All images, in the order of import. */
  get images(): readonly ImageName[] {
    return (this.#images ??= listImageNames(this.database))
  }

  /** Makes what every answer needs, so that it is not made in the same moment as a long answer. */
  prepare(): void {
    this.#allNames()
    this.#allAliases()
  }

  image(imageId: number): ImageName | undefined {
    this.#byId ??= new Map(this.images.map((image) => [image.id, image]))
    return this.#byId.get(imageId)
  }

  get names(): WithheldNames {
    return this.#allNames()
  }

  #allNames(): WithheldNames {
    if (this.#names === null) {
      const hidden = this.images.filter(({ id }) => this.isHidden(id))
      const seen = this.images.filter(({ id }) => !this.isHidden(id))
      const classes = listClasses(this.database).map(({ name }) => name)
      this.#names = new WithheldNames(hidden, [...seen.flatMap(namesOf), ...classes])
    }
    return this.#names
  }

  /**
   * The id of an image for a blinded reader. Rows are numbered in the order of import, folder by folder, so that their
   * numbers would tell which images come from one folder. This id is made from the content alone, in the order of the
   * hashes. It is no row's number, and an image keeps it, so that a label can never reach another image.
   */
  aliasOf(imageId: number): number {
    return this.#allAliases().byId.get(imageId) ?? imageId
  }

  /** The image behind such an id; null: there is none. */
  imageBehind(alias: number): number | null {
    return this.#allAliases().ids.get(alias) ?? null
  }

  #allAliases(): { byId: Map<number, number>; ids: Map<number, number> } {
    if (this.#aliases !== null) return this.#aliases
    const byId = new Map<number, number>()
    const ids = new Map<number, number>()
    for (const { id, sha256 } of this.images) {
      let alias = firstAlias + Number.parseInt(sha256.slice(0, hashDigits), 16) * aliasesPerHash
      while (ids.has(alias)) alias++
      byId.set(id, alias)
      ids.set(alias, id)
    }
    return (this.#aliases = { byId, ids })
  }
}
