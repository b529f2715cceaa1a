import { explanationOf } from './explanations.ts'
import type { SvgElement } from './plots/svg.ts'

/** Text that a renderer may show in its own way: a class with its colour, a case as a link, a fingerprint in mono. */
export type Inline =
  | string
  | { kind: 'class'; name: string }
  | { kind: 'case'; name: string }
  | { kind: 'code'; text: string }
  | { kind: 'strong'; text: string }
  /** A word of warning, such as UNTRAINED. */
  | { kind: 'mark'; text: string }
export type Text = Inline | readonly Inline[]

export interface Column {
  title: Text
  /** Words of `explanations.ts`, where the title is not the name of a figure. */
  figure?: string
  /** Numbers are aligned to the right. */
  isNumber?: boolean
}

export interface Row {
  cells: readonly Text[]
  /** The row that the others lead to, such as a total. */
  isStrong?: boolean
}

export interface Table {
  kind: 'table'
  /** Names the table for screen readers. */
  label: string
  caption?: string
  columns: readonly Column[]
  rows: readonly Row[]
  /** Whether the first cell of a row names it. */
  hasRowHeads: boolean
  testId?: string
}

export interface Bar {
  name: string
  /** 0 to 1. */
  share: number
  /** The share in words. */
  text: string
  isStrong: boolean
}

export interface PlotFigure {
  title: string
  plot: SvgElement
  /** What the marks mean. */
  key: readonly string[]
  /** The same figures in tables. */
  blocks: readonly Block[]
}

/** What sections consist of, in files and in the page. */
export type Block =
  | { kind: 'paragraph'; text: Text; isNote?: boolean }
  | { kind: 'facts'; facts: readonly (readonly [name: string, value: Text])[] }
  | Table
  | { kind: 'bars'; label: string; bars: readonly Bar[] }
  | { kind: 'plots'; plots: readonly PlotFigure[] }
  | { kind: 'details'; summary: string; blocks: readonly Block[] }

/** What only files show: the page has interactive views in their place. */
export type FileBlock =
  | Block
  | { kind: 'heading'; text: string }
  | { kind: 'list'; items: readonly string[] }
  /** Rows truth, columns suggested class; a cell is as dark as its share of the row. */
  | { kind: 'confusion'; classes: readonly string[]; confusion: readonly (readonly number[])[] }
  /** Pictures with a caption of a few lines; `key` finds the bytes. */
  | { kind: 'pictures'; pictures: readonly { key: string; lines: readonly string[] }[] }
  /** A picture and what is known of it; kept on one page of paper. */
  | {
      kind: 'article'
      key: string
      fileName: string
      title: string
      note: string
      blocks: readonly FileBlock[]
    }

export interface Section<B = Block> {
  title: string
  blocks: readonly B[]
  testId?: string
}

/** A report as a file shows it. */
export interface FileReport {
  /** Such as "Case report". */
  kind: string
  title: string
  /** Added to the title in the name of the browser's window; null: nothing is. */
  context: string | null
  /** What limits the results, each in a box of its own. */
  warnings: readonly string[]
  /** Plain sentences below the title. */
  lead: readonly string[]
  sections: readonly Section<FileBlock>[]
}

export const paragraph = (text: Text): Block => ({ kind: 'paragraph', text })
export const note = (text: Text): Block => ({ kind: 'paragraph', text, isNote: true })
export const numberColumn = (title: Text): Column => ({ title, isNumber: true })
export const textColumn = (title: Text): Column => ({ title })
/** What a column means; null: its title says it. */
export const meaningOf = ({ title, figure }: Column): string | null =>
  figure !== undefined ? explanationOf(figure) : typeof title === 'string' ? explanationOf(title) : null

/** The words under which a block shows figures, those of its own blocks included. */
export function figuresIn(block: FileBlock): string[] {
  switch (block.kind) {
    case 'table':
      return block.columns.flatMap(({ title, figure }) => figure ?? (typeof title === 'string' ? title : []))
    case 'facts':
      return block.facts.map(([name]) => name)
    case 'plots':
      return block.plots.flatMap(({ title, blocks }) => [title, ...blocks.flatMap(figuresIn)])
    case 'details':
    case 'article':
      return block.blocks.flatMap(figuresIn)
    default:
      return []
  }
}

/** What a cell without a value shows. */
export const noValue = '–'
