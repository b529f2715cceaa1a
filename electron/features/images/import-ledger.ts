import type { Contradiction, FileOutcome, ImportAccount, LabelChange } from '../../contract/index.ts'
import type { ImportPlan } from './import-plan.ts'

/** The better ones first: what becomes of several is the worst of them. */
const rowOutcomes = ['present', 'added', 'changed', 'removed', 'contradicting', 'failed'] as const
export type RowOutcome = (typeof rowOutcomes)[number]

/** Counts what becomes of each file and each row that was offered to an import. */
export class ImportLedger {
  readonly contradictions: Contradiction[] = []
  readonly changes: LabelChange[] = []
  readonly notes: ImportAccount['notes'] = []
  readonly files: { path: string; outcome: FileOutcome }[]
  readonly #plan: ImportPlan
  /** null: its file is still to come. Rows that give nothing are missing. */
  readonly #rows = new Map<number, RowOutcome | null>()

  constructor(plan: ImportPlan) {
    this.#plan = plan
    this.files = plan.failed.map(({ path }) => ({ path, outcome: 'failed' }))
    for (const { caseRows, labels } of plan.files)
      for (const row of [...caseRows, ...labels.flatMap(({ rows }) => rows)]) this.#rows.set(row, null)
    this.addRows(plan.table?.problemRows ?? [], 'failed')
  }

  addRows(rows: readonly number[], outcome: RowOutcome): void {
    for (const row of rows) {
      const known = this.#rows.get(row) ?? 'present'
      const isWorse = rowOutcomes.indexOf(outcome) > rowOutcomes.indexOf(known)
      this.#rows.set(row, isWorse ? outcome : known)
    }
  }

  account(): ImportAccount {
    const { table, parts, hidden } = this.#plan
    const { contradictions, changes, notes, files } = this
    const filesOf = (wanted: FileOutcome): number => files.filter(({ outcome }) => outcome === wanted).length
    const rows = [...this.#rows.values()].map((outcome) => outcome ?? 'failed')
    const rowsOf = (wanted: RowOutcome): number => rows.filter((outcome) => outcome === wanted).length
    const removed = (count: number): { removed?: number } => (count === 0 ? {} : { removed: count })
    return {
      files: {
        offered: this.#plan.failed.length + this.#plan.files.length,
        imported: filesOf('imported'),
        present: filesOf('present'),
        ...removed(filesOf('removed')),
        contradicting: filesOf('contradicting'),
        failed: filesOf('failed'),
      },
      rows:
        table === null
          ? null
          : {
              offered: table.rows,
              added: rowsOf('added'),
              changed: rowsOf('changed'),
              present: rowsOf('present'),
              empty: table.rows - rows.length,
              ...removed(rowsOf('removed')),
              contradicting: rowsOf('contradicting'),
              failed: rowsOf('failed'),
            },
      parts,
      hidden,
      contradictions,
      changes,
      notes,
    }
  }
}
