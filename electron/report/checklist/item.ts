import { dataFacts } from './data-facts.ts'
import { modelFacts } from './model-facts.ts'
import type { EvidenceRecord } from './record.ts'

export const facts = { ...dataFacts, ...modelFacts }
export type FactName = keyof typeof facts

/** An item of a published checklist. */
export interface Item {
  number: string
  /** What it is about, in our own words: the published wording is not copied. */
  topic: string
  facts: readonly FactName[]
  /** What only a person can add; null: the facts answer it. It may depend on what is known. */
  needs: string | null | ((record: EvidenceRecord) => string | null)
  /** It applies only where a test set was opened for the model. */
  isOfTest?: boolean
  /** Why it applies to no study with Lobule; the facts are then not needed. */
  doesNotApply?: string
}

export interface ItemSection {
  title: string
  items: readonly Item[]
}

/** What the program knows in full. */
export const known = (number: string, topic: string, ...names: readonly FactName[]): Item => ({
  number,
  topic,
  facts: names,
  needs: null,
})

/** What a person must add to what the program knows. */
export const asked = (
  number: string,
  topic: string,
  needs: NonNullable<Item['needs']>,
  ...names: readonly FactName[]
): Item => ({
  number,
  topic,
  facts: names,
  needs,
})

/** Only the person who chose the operating point knows why, unless they recorded it. */
export const thresholdNeeds = ({ report, pointChosen }: EvidenceRecord): string | null =>
  report.evaluation.positive.length === 0 || (pointChosen?.reason ?? null) !== null
    ? null
    : 'Why this operating point.'

/** Lobule knows how labels were given in it, and not how those from elsewhere were. */
export const blindingNeeds = ({ images: { bySource } }: EvidenceRecord): string | null =>
  bySource.reader > 0 && bySource.folder + bySource.table + bySource.synthetic === 0
    ? null
    : 'Whether labels from outside Lobule were given blind.'
