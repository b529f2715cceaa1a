import type { Contradiction, LabelChange } from '../../contract/index.ts'
import type { FileLabel } from '../../engine/tables/label-table.ts'
import type { RowOutcome } from './import-ledger.ts'
import type { PlannedFile } from './import-plan.ts'
import { decideLabel, labelText, type KnownImage, type KnownLabel } from './known-image.ts'

/** A label that is to be stored. */
export interface DecidedLabel {
  label: FileLabel
  /** Its reader, or who imports it. */
  by: string
}

/** What an import does with the labels and the case that a file offers. */
export interface FileDecisions {
  recorded: DecidedLabel[]
  /** The labels of the image afterwards. */
  labels: KnownLabel[]
  contradictions: Contradiction[]
  changes: LabelChange[]
  /** `isRecent`: this import gave it, before it was interrupted. */
  rows: { rows: readonly number[]; outcome: RowOutcome; isRecent: boolean }[]
}

/**
 * Decides; stores nothing.
 * @param importedBy the reader at this machine
 * @param nameOf the spelling of a reader's name in the workspace
 */
export function decideFile(
  file: PlannedFile,
  image: KnownImage,
  importedBy: string,
  nameOf: (reader: string) => string,
): FileDecisions {
  const path = file.dropped ?? file.path
  const decisions: FileDecisions = {
    recorded: [],
    labels: [...image.labels],
    contradictions: [],
    changes: [],
    rows: [],
  }
  for (const label of file.labels) decideOne(label, decisions, path, image.path, importedBy, nameOf)
  const { caseName, caseRows } = file
  if (caseName !== null) {
    const isOther = image.caseName !== null && image.caseName.normalize('NFC') !== caseName
    const outcome = isOther ? 'contradicting' : image.caseName === null ? 'added' : 'present'
    decisions.rows.push({ rows: caseRows, outcome, isRecent: false })
    if (isOther)
      decisions.contradictions.push({
        path,
        row: caseRows[0] ?? null,
        what: 'case',
        reader: null,
        offered: caseName,
        present: image.caseName ?? '',
        image: image.path,
      })
  }
  return decisions
}

function decideOne(
  label: FileLabel,
  decisions: FileDecisions,
  path: string,
  imagePath: string,
  importedBy: string,
  nameOf: (reader: string) => string,
): void {
  const by = nameOf(label.reader ?? importedBy)
  const { className, rows, isAdjudication = false } = label
  const reader = label.reader === null ? null : by
  const offered = { className, reader, by, isAdjudication, isFromTable: label.table !== null }
  const decision = decideLabel(decisions.labels, offered)
  const isRecent = decision.outcome === 'present' && decision.isRecent
  decisions.rows.push({ rows, outcome: decision.outcome, isRecent })
  const row = rows[0] ?? null
  if (decision.outcome === 'contradicting') {
    const { present } = decision
    const names = { offered: labelText(offered), present, image: imagePath }
    decisions.contradictions.push({ path, row, what: 'label', reader, ...names })
  }
  if (decision.outcome === 'changed') {
    const { replaced } = decision
    decisions.labels = decisions.labels.filter((known) => known !== replaced)
    decisions.changes.push({ path, row, reader, before: labelText(replaced), after: labelText(offered) })
  }
  if (decision.outcome === 'added' || decision.outcome === 'changed') {
    decisions.recorded.push({ label, by })
    decisions.labels.push({ ...offered, isWithdrawn: false, isRecent: true })
  }
}
