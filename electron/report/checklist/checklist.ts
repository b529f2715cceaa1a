import {
  itemStates,
  type Checklist,
  type ChecklistAnswers,
  type ChecklistItem,
  type ChecklistName,
  type ItemState,
} from '../../contract/index.ts'
import { counted, fileFormat, type ReportFormat } from '../format.ts'
import { note, paragraph, type FileReport, type Inline, type Section } from '../report-model.ts'
import { claim } from './claim.ts'
import { facts, type Item, type ItemSection } from './item.ts'
import type { EvidenceRecord } from './record.ts'
import { tripodAi } from './tripod-ai.ts'

const checklists: Readonly<
  Record<ChecklistName, { title: string; source: string; sections: readonly ItemSection[] }>
> = {
  'tripod-ai': {
    title: 'TRIPOD+AI',
    source: 'Collins et al., BMJ 2024;385:e078378, doi 10.1136/bmj-2023-078378',
    sections: tripodAi,
  },
  claim: {
    title: 'CLAIM 2024',
    source: 'Tejani et al., Radiol Artif Intell 2024;6(4):e240300, doi 10.1148/ryai.240300',
    sections: claim,
  },
}

export const checklistTitle = (checklist: ChecklistName): string => checklists[checklist].title

/** The numbers of a checklist's items, in order. */
export const itemNumbers = (checklist: ChecklistName): string[] =>
  checklists[checklist].sections.flatMap(({ items }) => items.map(({ number }) => number))

/** A checklist, filled with what the record knows and with what a person answered. */
export function fillChecklist(
  checklist: ChecklistName,
  record: EvidenceRecord,
  answers: ChecklistAnswers,
  madeAt: string,
): Checklist {
  const { title, source, sections } = checklists[checklist]
  const items = sections.flatMap(({ title: section, items: own }) =>
    own.map((item) => fillItem(item, section, record, answers)),
  )
  const countOf = (state: ItemState): number => items.filter((item) => item.state === state).length
  return {
    checklist,
    title,
    source,
    model: record.report.model,
    madeAt,
    items,
    counts: {
      program: countOf('program'),
      person: countOf('person'),
      open: countOf('open'),
      'not-applicable': countOf('not-applicable'),
    },
  }
}

function fillItem(
  item: Item,
  section: string,
  record: EvidenceRecord,
  answers: ChecklistAnswers,
): ChecklistItem {
  const { number, topic } = item
  const answer = answerTo(number, answers)
  const isTested = record.report.testSets.some(({ openings }) => openings.length > 0)
  const excluded =
    item.doesNotApply ??
    (item.isOfTest === true && !isTested ? 'No test set was opened for this model.' : undefined)
  const found = excluded === undefined ? factsOf(item, record) : [excluded]
  // Where the program knows nothing after all, a person has to say it.
  const asked = typeof item.needs === 'function' ? item.needs(record) : item.needs
  const needs =
    excluded !== undefined ? null : (asked ?? (found.length === 0 ? 'Not known to Lobule.' : null))
  const state = stateOf(answer, excluded !== undefined, needs)
  return { number, section, topic, state, facts: found, needs, answer }
}

/** What persons said, by item. */
export const answersOf = ({ items }: Pick<Checklist, 'items'>): ChecklistAnswers =>
  items.flatMap(({ number, answer }) => (answer === null ? [] : { item: number, ...answer }))

function answerTo(number: string, answers: ChecklistAnswers): ChecklistItem['answer'] {
  const found = answers.findLast(({ item }) => item === number)
  if (found === undefined) return null
  const { item: _, ...answer } = found
  return answer
}

function stateOf(answer: ChecklistItem['answer'], isExcluded: boolean, needs: string | null): ItemState {
  if (answer !== null) return answer.isNotApplicable === true ? 'not-applicable' : 'person'
  if (isExcluded) return 'not-applicable'
  return needs === null ? 'program' : 'open'
}

const factsOf = (item: Item, record: EvidenceRecord): string[] =>
  item.facts.flatMap((name) => facts[name](record, fileFormat))

export const stateWords: Readonly<Record<ItemState, string>> = {
  program: 'filled by Lobule',
  person: 'filled by a person',
  open: 'open',
  'not-applicable': 'not applicable',
}

export const wordingNote =
  'Numbers are those of the published checklist. The descriptions are Lobule’s own and shorter: use the published wording when you submit.'

/** "13 filled by Lobule, 0 filled by a person, 36 open, 3 not applicable". */
export const countsSentence = ({ counts }: Pick<Checklist, 'counts'>, { count }: ReportFormat): string =>
  itemStates.map((state) => `${count(counts[state])} ${stateWords[state]}`).join(', ')

/** Who answered, and when, as far as it is stated. A file of answers may have a time in any words. */
function answeredBy({ reader, at }: NonNullable<ChecklistItem['answer']>, { time }: ReportFormat): string {
  const isTime = at !== undefined && /^\d{4}-\d\d-\d\dT/.test(at) && !Number.isNaN(Date.parse(at))
  const words = [reader, isTime ? time(at) : at].filter((word) => word !== undefined).join(', ')
  return words === '' ? '' : ` (${words})`
}

/** What a person said to an item, and what else there is to say: the facts, then what is missing. */
export function itemLines(
  { facts: known, needs, answer }: ChecklistItem,
  format: ReportFormat,
): { said: string[]; rest: string[] } {
  return answer === null
    ? { said: [], rest: needs === null ? known : [...known, `Still open: ${needs}`] }
    : { said: [`${answer.answer}${answeredBy(answer, format)}`], rest: known }
}

/** The items by section, as the HTML file shows them: each with its state, and its lines below. */
function checklistSections({ items }: Pick<Checklist, 'items'>): Section[] {
  return [...Map.groupBy(items, ({ section }) => section)].map(([title, own]) => ({
    title,
    blocks: own.flatMap((item) => {
      const { said, rest } = itemLines(item, fileFormat)
      const head = { kind: 'strong', text: `${item.number} ${item.topic}` } as const
      return [paragraph([head, ' ', stateMark(item.state)]), ...said.map(paragraph), ...rest.map(note)]
    }),
  }))
}

const stateMark = (state: ItemState): Inline =>
  state === 'open' ? { kind: 'mark', text: stateWords.open } : `(${stateWords[state]})`

export function checklistFileReport(checklist: Checklist, writtenBy: string): FileReport {
  const { title, model, source, madeAt } = checklist
  return {
    kind: `Checklist ${title}`,
    title: `Model ${model}`,
    context: null,
    warnings: [],
    lead: [
      `${counted(fileFormat, checklist.items.length, 'item')}: ${countsSentence(checklist, fileFormat)}.`,
      wordingNote,
    ],
    sections: [
      ...checklistSections(checklist),
      { title: 'Source', blocks: [note(source), note(`Written ${madeAt} by ${writtenBy}.`)] },
    ],
  }
}

/** The same as plain text. */
export function checklistText(checklist: Checklist, writtenBy?: string): string {
  const { title, model, source, madeAt, items } = checklist
  const lines = [
    `${title}, model "${model}"`,
    `${counted(fileFormat, items.length, 'item')}: ${countsSentence(checklist, fileFormat)}.`,
    wordingNote,
    source,
  ]
  for (const [section, own] of Map.groupBy(items, (item) => item.section)) {
    lines.push('', section.toUpperCase())
    for (const item of own) {
      lines.push('', `${item.number}  ${item.topic} [${stateWords[item.state]}]`)
      const { said, rest } = itemLines(item, fileFormat)
      lines.push(...[...said, ...rest].map((line) => `    ${line.replaceAll('\n', '\n    ')}`))
    }
  }
  if (writtenBy !== undefined) lines.push('', `Written ${madeAt} by ${writtenBy}.`)
  return `${lines.join('\n')}\n`
}
