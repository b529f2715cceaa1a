import {
  labelOf,
  noReadings,
  type ActionView,
  type AuditVerification,
  type CallName,
  type CallOutput,
  type Calls,
  type ImageView,
  type Readings,
  type WorkspaceView,
} from '../contract/index.ts'
import { countLabelEntries, countVerdicts, readReadings } from '../store/index.ts'
import { neutralName, type BlindedView } from './blinded-view.ts'
import { redactJob } from './redact-jobs.ts'
import { withheld } from './withheld-names.ts'

type RedactedCall = {
  [N in CallName]: Calls[N]['blinded'] extends 'redacted' ? N : never
}[CallName]

/** A function for each call whose record says `redacted`; one that is missing or superfluous does not compile. */
export const redactions: {
  readonly [N in RedactedCall]: (output: CallOutput<N>, view: BlindedView) => CallOutput<N>
} = {
  // Files differ from folder to folder; a blind reader has no use for their list.
  'directory.list': (list) => ({
    ...list,
    entries: list.entries.filter(({ kind }) => kind !== 'image'),
    unreadable: [],
  }),
  'image.list': (images, view) => redactImages(images, view).toSorted((a, b) => a.id - b.id),
  'image.get': redactImage,
  'image.label': redactImages,
  'image.verdicts': withoutHidden,
  'label.list': withoutHidden,
  'label.undo': redactImages,
  'workspace.current': (workspace, view) => (workspace === null ? null : redactWorkspace(workspace, view)),
  'workspace.open': redactWorkspace,
  'label.comment': redactImage,
  'undo.state': ({ undo, redo }, view) => ({
    undo: undo === null ? null : redactAction(undo, view),
    redo: redo === null ? null : redactAction(redo, view),
  }),
  'undo.undo': redactStep,
  'undo.redo': redactStep,
  'workspace.info': (info, view) => {
    const seen = readingsSeen(view)
    const labels = seen.map((readings) => labelOf(readings))
    const entries = countLabelEntries(view.database, imagesSeen(view))
    return {
      ...info,
      labelEntries: entries.all,
      classEntries: entries.all,
      verdicts: countVerdicts(view.database, imagesSeen(view)),
      readers: info.readers.map((reader) => ({ ...reader, entries: entries.byReader.get(reader.name) ?? 0 })),
      labelled: labels.filter((label) => label !== null).length,
      disputed: seen.filter(({ isDisputed }) => isDisputed).length,
      unsure: seen.filter(
        (readings, index) => labels[index] === null && readings.all.some(({ isUnsure }) => isUnsure),
      ).length,
      classes: info.classes.map((entry) => ({
        ...entry,
        images: labels.filter((label) => label?.className === entry.name).length,
      })),
    }
  },
  // Computed from the labels of the training, which may be of images that they have not decided on.
  'model.list': (models) => models.map(({ isBetterThanGuessing: _, ...model }) => model),
  'model.verdicts': withoutHidden,
  'job.list': (jobs, view) => jobs.map((job) => redactJob(job, view)),
  'job.get': redactJob,
  'reader.list': (readers, view) => {
    const seen = readingsSeen(view).flatMap(({ all }) => all)
    const { byReader } = countLabelEntries(view.database, imagesSeen(view))
    return readers.map((reader) => {
      const own = seen.filter((reading) => reading.reader === reader.name)
      const unsure = own.filter(({ isUnsure }) => isUnsure).length
      return { ...reader, entries: byReader.get(reader.name) ?? 0, read: own.length, unsure }
    })
  },
  // Their own alone: others' would tell how many images those have read. In an order that is not that of the import.
  'assignment.list': (assignments, view) =>
    assignments
      .filter(({ reader }) => reader === view.reader)
      .map(({ imageIds, ...assignment }) => ({
        ...assignment,
        imageIds: imageIds.toSorted((a, b) => view.aliasOf(a) - view.aliasOf(b)),
      })),
  'backup.rescue': (report) => ({ ...report, missing: report.missing.map(() => withheld) }),
  'audit.verify': redactAuditState,
  'audit.accept': redactAuditState,
  'audit.state': (state, view) => (state === null ? null : redactAuditState(state, view)),
}

/** The images that the reader has decided on. */
const imagesSeen = ({ images, isHidden }: BlindedView): number[] =>
  images.flatMap(({ id }) => (isHidden(id) ? [] : id))

/** The labels of these images. */
const readingsSeen = (view: BlindedView): Readings[] => [
  ...readReadings(view.database, imagesSeen(view)).values(),
]

export function redactWorkspace(workspace: WorkspaceView, view: BlindedView): WorkspaceView {
  return {
    ...workspace,
    labelledCount: readingsSeen(view).filter((readings) => labelOf(readings) !== null).length,
  }
}

/** A problem says which label or model differs, and how. */
export function redactAuditState(state: AuditVerification, _: BlindedView): AuditVerification {
  if (state.whole) return state
  const message = 'What was found is shown when blind reading ends.'
  // Not even how many there are: each may be a label.
  const kinds = [...new Set(state.problems.map(({ kind }) => kind))]
  const problems = kinds.map((kind) => ({ kind, eventId: null, message }))
  return { ...state, problems, sentence: `The audit trail is broken. ${message}` }
}

function withoutHidden<T extends { imageId: number }>(items: T[], { isHidden }: BlindedView): T[] {
  return items.filter(({ imageId }) => !isHidden(imageId))
}

function redactImages(images: ImageView[], view: BlindedView): ImageView[] {
  return images.map((image) => redactImage(image, view))
}

/** What the reader wrote without a label shows them nothing. */
function ownNotes({ notes = [] }: Readings, { reader }: BlindedView): Pick<Readings, 'notes'> {
  const own = notes.filter((note) => note.reader === reader)
  return own.length === 0 ? {} : { notes: own }
}

/** A hidden image keeps only what it is by itself. Its name is made from its content hash, which reveals nothing. */
function redactImage({ assignedTo, ...all }: ImageView, view: BlindedView): ImageView {
  const isOwn = assignedTo?.includes(view.reader) === true
  const image = { ...all, ...(isOwn ? { assignedTo: [view.reader] } : {}) }
  const id = view.aliasOf(image.id)
  if (!view.isHidden(image.id)) return { ...image, id }
  const name = neutralName(image)
  return {
    ...image,
    id,
    fileName: name,
    path: name,
    originalPath: name,
    label: null,
    readings: { ...noReadings, isWithheld: true, ...ownNotes(all.readings, view) },
    verdict: null,
    slide: null,
    testSet: null,
    copied: false,
    importedAt: null,
  }
}

function redactStep({ action, images }: CallOutput<'undo.undo'>, view: BlindedView): CallOutput<'undo.undo'> {
  return { action: redactAction(action, view), images: redactImages(images, view) }
}

/** A hidden image has no file name, and an adjudication of it no class, not even the reader's own. */
function redactAction(action: ActionView, view: BlindedView): ActionView {
  const { image, kind } = action
  const named = image === null ? undefined : view.image(image.imageId)
  if (image === null || named === undefined || !view.isHidden(image.imageId)) return action
  const isWithheld = kind !== 'region'
  return {
    ...action,
    image: { ...image, name: neutralName(named) },
    className: isWithheld ? null : action.className,
    isUnsure: action.isUnsure && !isWithheld,
    isWithheld,
  }
}
