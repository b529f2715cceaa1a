import { loadDocuments, type DocumentSection, type GuideDocument } from '../api/documents.ts'

export interface FoundSection {
  document: GuideDocument
  section: DocumentSection
}

const maxFound = 50

/** The guide as the page shows it: one document, or the sections of all documents that a search found. */
export class Guide {
  readonly #load: () => Promise<readonly GuideDocument[] | null>
  #documents = $state.raw<readonly GuideDocument[] | null>(null)
  #hasFailed = $state(false)
  #name = $state('guide')
  query = $state('')

  constructor(load: () => Promise<readonly GuideDocument[] | null> = loadDocuments) {
    this.#load = load
  }

  get documents(): readonly GuideDocument[] {
    return this.#documents ?? []
  }

  get hasFailed(): boolean {
    return this.#hasFailed
  }

  /** The shown one; undefined: not loaded yet. */
  get document(): GuideDocument | undefined {
    return this.documents.find(({ name }) => name === this.#name) ?? this.documents[0]
  }

  /** The sections with every word of the search, those with all in the title first; null: nothing is searched. */
  readonly found: readonly FoundSection[] | null = $derived.by(() => {
    const words = this.query.toLowerCase().split(/\s+/).filter(Boolean)
    if (words.length === 0) return null
    const has = (text: string): boolean => words.every((word) => text.toLowerCase().includes(word))
    return this.documents
      .flatMap((document) => document.sections.map((section) => ({ document, section })))
      .filter(({ section: { title, text } }) => has(`${title} ${text}`))
      .toSorted((a, b) => Number(has(b.section.title)) - Number(has(a.section.title)))
      .slice(0, maxFound)
  })

  async load(): Promise<void> {
    if (this.#documents !== null) return
    this.#documents = await this.#load()
    this.#hasFailed = this.#documents === null
  }

  /** Shows a document; the search ends. @param name empty: the shown one */
  open(name: string): void {
    if (name !== '') this.#name = name
    this.query = ''
  }
}
