import { originOf, type AuditEventView, type LabelSource } from '../../../electron/contract/index.ts'
import { auditStrings } from '../../words/audit.ts'

const text = auditStrings.audit.said

/** A label before or after an event, as far as the event has it. */
interface Entry {
  /** Text for the label; null: no label. */
  word: string | null
  comment: string | null
  reader: string | null
  /** Where it comes from, in words, if it is no reader's; else null. */
  origin: string | null
  isAdjudication: boolean
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)
const valuesOf = (value: unknown): Readonly<Record<string, unknown>> =>
  value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {}

const isForeign = (source: unknown): source is LabelSource =>
  source === 'folder' || source === 'table' || source === 'synthetic'

function entryOf(value: unknown): Entry {
  const values = valuesOf(value)
  return {
    word: values['unsure'] === true ? text.unsure : textOf(values['class']),
    comment: textOf(values['comment']),
    reader: textOf(values['reader']),
    origin: isForeign(values['source'])
      ? originOf({ reader: null, source: values['source'], table: textOf(values['table']) })
      : null,
    isAdjudication: values['adjudication'] === true,
  }
}

/**
 * What a reader did, in one line. Older events give as the label before the newest one of the image, whichever
 * reader set it: if it is another reader's, the text names that reader.
 */
export function labelChangeOf({ kind, reader, before, after }: AuditEventView): string {
  const [was, is] = [entryOf(before), entryOf(after)]
  const values = valuesOf(after)
  if (kind === 'undo') {
    const taken = was.word ?? text.noClass
    return is.word === null ? text.takenBackWhole(taken) : text.takenBack(taken, is.word)
  }
  if (kind === 'redo') return text.redone(is.word ?? text.noClass)
  if (kind === 'adjudication') {
    if (is.word === null) return text.adjudicationGone(was.word ?? text.noClass)
    // Without an earlier adjudication, the readers' labels still count.
    return text.adjudicated(before === null ? is.word : changeOf(was, is, was.isAdjudication, is.word))
  }
  const isOwn = was.reader === reader || was.origin !== null
  if (is.word === null) return isOwn && was.word !== null ? text.withdrawn(was.word) : text.withdrawnNothing
  const change = changeOf(before === null ? null : was, is, isOwn, is.word)
  const words = values['source'] === 'import' || is.origin !== null ? text.imported(change) : change
  return [words, ...besideOf(values)].join(', ')
}

/** What a reader did to the comment on a label, in one line. */
export function commentChangeOf({ kind, after }: AuditEventView): string {
  const comment = textOf(valuesOf(after)['comment'])
  if (kind === 'undo') return text.commentUndone(comment)
  if (kind === 'redo') return text.commentRedone(comment)
  return comment === null ? text.commentRemoved : text.commentSet(comment)
}

function changeOf(was: Entry | null, is: Entry, takesItsPlace: boolean, word: string): string {
  if (was === null) return text.first(word)
  const stood = was.word ?? text.noClass
  if (was.origin !== null) return text.afterImport(word, stood, was.origin)
  if (!takesItsPlace) return text.afterOther(word, stood, was.reader ?? '–')
  if (stood !== word) return text.changed(stood, word)
  return was.comment === is.comment ? text.again(word) : text.commented(word)
}

/** What the reader saw besides the image. */
function besideOf(after: Readonly<Record<string, unknown>>): string[] {
  if (after['blind'] === true) return [text.blind]
  const suggested = textOf(after['suggested'])
  if (suggested === null) return []
  return [suggested === after['class'] ? text.asSuggested : text.suggested(suggested)]
}
