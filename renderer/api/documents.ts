/** A part of a document below one heading. */
export interface DocumentSection {
  title: string
  /** As GitHub makes it from the title. */
  anchor: string
  /** 1 to 3 */
  level: number
  /** Without its heading; rendered at build time from our own documents (electron/setup/documents.mjs). */
  html: string
  /** What the search looks in. */
  text: string
}

/** A document of docs/ that comes with the page. */
export interface GuideDocument {
  name: string
  title: string
  sections: readonly DocumentSection[]
}

/** The guide, and the documents that it links to; null: they were not built. */
export async function loadDocuments(): Promise<readonly GuideDocument[] | null> {
  try {
    const answer = await fetch('documents.json')
    return answer.ok ? ((await answer.json()) as readonly GuideDocument[]) : null
  } catch {
    return null
  }
}
