import {
  auditKinds,
  originOf,
  roles,
  type AuditEventView,
  type AuditKind,
} from '../../../electron/contract/index.ts'
import { formatNumber } from '../../words/format.ts'
import { auditStrings } from '../../words/audit.ts'
import { usersStrings } from '../../words/users.ts'
import { commentChangeOf, labelChangeOf } from './label-text.ts'

const text = auditStrings.audit

export const kindName = (kind: string): string =>
  (auditKinds as readonly string[]).includes(kind) ? text.kinds[kind as AuditKind] : kind

/** The object of an event, for display. */
export function objectName({ object: { type, id, name } }: AuditEventView): string {
  const numbered = id === null ? type : `${type} ${id}`
  return name === null ? numbered : type === 'file' ? fileNameOf(name) : name
}

/** The reader of an event; of a label that is no reader's, where it comes from. Who could not sign in is unknown. */
export function whoOf({ kind, reader, labelSource }: AuditEventView): string {
  if (labelSource !== undefined) return originOf({ reader, ...labelSource })
  return reader ?? (kind === 'sign-in' ? text.unknown : text.program)
}

/** The same, with the reader who imported the label. */
export const whoInFull = (event: AuditEventView): string =>
  event.reader !== null && event.labelSource !== undefined && event.labelSource.source !== 'reader'
    ? text.importedBy(whoOf(event), event.reader)
    : whoOf(event)

/** What the events of one row changed, if it is the same for all. */
export function changeOfAll(events: readonly AuditEventView[]): string {
  const changes = new Set(events.map(changeOf))
  return changes.size === 1 ? ([...changes][0] ?? '') : text.several
}

/** The kinds of the events of one row. */
export const kindsOfAll = (events: readonly AuditEventView[]): string =>
  [...new Set(events.map(({ kind }) => kindName(kind)))].join(', ')

/** The images of the events of one row. */
export const imagesOfAll = (events: readonly AuditEventView[]): number =>
  new Set(events.map(({ object }) => object.id)).size

const fileNameOf = (path: string): string => path.split(/[\\/]/).at(-1) ?? path

type Values = Readonly<Record<string, unknown>>
const valuesOf = (value: unknown): Values =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Values) : {}

/** One line that says what changed. */
export function changeOf(event: AuditEventView): string {
  const { kind, before, after } = event
  const [was, is] = [valuesOf(before), valuesOf(after)]
  switch (kind) {
    case 'label':
    case 'override':
    case 'undo':
    case 'redo':
    case 'comment':
    case 'adjudication':
      if (typeof is['commentEntry'] === 'number' || is['alone'] === true) return commentChangeOf(event)
      // A damaged trail may contain anything.
      return is['class'] === null || typeof is['class'] === 'string'
        ? labelChangeOf(event)
        : lineOf(before, after)
    case 'promotion':
    case 'rollback':
      return `${textOf(was['inUse'])} → ${textOf(is['inUse'])}`
    case 'operating-point':
      return `${textOf(was['threshold'])} → ${textOf(is['threshold'])}`
    case 'classes':
    case 'image':
    case 'model-change':
      return settingChangeOf(was, is) ?? lineOf(before, after)
    case 'sign-in':
      if (typeof is['accepted'] !== 'boolean') return lineOf(before, after)
      return is['accepted'] ? text.signedIn : text.refused
    case 'user':
      return userChangeOf(was, is) ?? lineOf(before, after)
    case 'training':
    case 'model':
      return modelLineOf(is) ?? lineOf(before, after)
    case 'migration':
      return typeof is['format'] === 'number' ? text.format(is['format']) : lineOf(before, after)
    default:
      return jobLineOf(event, is) ?? lineOf(before, after)
  }
}

const { job: jobText } = text
const isJobState = (state: unknown): state is keyof typeof jobText.states =>
  typeof state === 'string' && Object.hasOwn(jobText.states, state)

/** What became of a job, and what its report counts, in words; null: another event. The details show it as stored. */
function jobLineOf({ object }: AuditEventView, is: Values): string | null {
  const { state } = is
  if (object.type !== 'job' || !isJobState(state)) return null
  const report = valuesOf(is['report'])
  const name = report['model'] ?? report['modelName']
  return [jobText.states[state], ...(typeof name === 'string' ? [name] : []), ...figuresOf(report)].join(', ')
}

/** What the event of a model reports about its training; null: it has no figures. The details have all of it. */
function modelLineOf(is: Values): string | null {
  const figures = figuresOf(is)
  return figures.length === 0 ? null : figures.join(', ')
}

/** The figures of a report or model, in words. */
function figuresOf(report: Values): string[] {
  const counts = Object.entries(jobText.counts).flatMap(([field, say]) => {
    // The list of an import also has those that were there already.
    const count = field === 'images' && 'imported' in report ? 0 : report[field]
    return typeof count === 'number' && count > 0 ? say(count) : []
  })
  const share = report['accuracy']
  return [...counts, ...(typeof share === 'number' ? [jobText.accuracy(share)] : [])]
}

/** A case, pixel size or name that was set, or a removal, in words; null: none of them. */
function settingChangeOf(was: Values, is: Values): string | null {
  const change = (name: string): string => `${textOf(was[name])} → ${textOf(is[name])}`
  if (typeof is['removed'] === 'boolean') return is['removed'] ? text.removed : text.restored
  if ('case' in is) return text.caseChange(change('case'))
  if ('pixelSizeUm' in is) return text.pixelSizeChange(change('pixelSizeUm'))
  return 'name' in is ? change('name') : null
}

/** How a user was added, changed or removed, in words; null: none of them. After a removal the event has no user. */
function userChangeOf(was: Values, is: Values): string | null {
  const { role, account } = is
  if (was['role'] !== undefined && role === undefined) return text.user.removed
  const known = roles.find((name) => name === role)
  const parts = [
    ...(known !== undefined && known !== was['role']
      ? [text.user.role(usersStrings.users.roles[known])]
      : []),
    ...(typeof account === 'string' && account !== was['account'] ? [text.user.account(account)] : []),
    ...(is['pin'] === 'new' ? [text.user.newPin] : []),
  ]
  return parts.length === 0 ? null : parts.join(', ')
}

function lineOf(before: unknown, after: unknown): string {
  if (before !== null && typeof before !== 'object') return `${textOf(before)} → ${textOf(after)}`
  return factsOf(after)
    .filter(([, value]) => value.length < 50 && value !== text.nothing && value !== textOf(null))
    .slice(0, 4)
    .map(([name, value]) => (name === '' ? value : `${name} ${value}`))
    .join(', ')
}

/** Any JSON as names and values; a nested value is named by its path. */
export function factsOf(value: unknown, path = ''): [name: string, value: string][] {
  if (value === null || typeof value !== 'object') return [[path, textOf(value)]]
  const members = Object.entries(value)
  if (members.length === 0) return [[path, text.nothing]]
  if (Array.isArray(value) && value.every((member) => member === null || typeof member !== 'object')) {
    return [[path, value.map(textOf).join(', ')]]
  }
  return members.flatMap(([name, member]) => {
    const named = Array.isArray(value) ? String(Number(name) + 1) : name
    return factsOf(member, path === '' ? named : `${path} ${named}`)
  })
}

/** A single value as text. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–'
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : formatNumber(value)
  return typeof value === 'string' ? value : JSON.stringify(value)
}
