import { dirname } from 'node:path'
import { AppError, fromErrorView, toErrorView, type ErrorCode, type ErrorView } from '../contract/index.ts'
import { neutralName, type BlindedView } from './blinded-view.ts'
import { namesOf, withheld } from './withheld-names.ts'

/**
 * What a blinded reader gets of an error. A new code does not compile without it.
 *
 * - `named`: its sentence, without what names a withheld image or another reader. Its details can hold nothing else
 *   about images: no class, no count.
 * - `refused`: `reading.blind` in its place.
 */
export const blindedErrors: Readonly<Record<ErrorCode, 'named' | 'refused'>> = {
  'internal.unexpected': 'named',
  'call.unknown': 'named',
  'call.invalid-input': 'named',
  'call.superseded': 'named',
  'call.foreign-sender': 'named',
  'call.unauthorised': 'named',
  'connection.lost': 'named',
  'policy.invalid': 'named',
  'policy.forbids': 'named',
  'update.refused': 'named',
  'path.not-found': 'named',
  'path.unreadable': 'named',
  'path.not-writable': 'named',
  'path.exists': 'named',
  'path.protected': 'named',
  'shard.invalid': 'named',
  'shard.invalid-plan': 'named',
  'shard.folder-in-use': 'named',
  'shard.several-files': 'named',
  'shard.other-plan': 'named',
  'shard.mixed': 'refused',
  'path.not-utf8': 'named',
  'disk.full': 'named',
  'workspace.none-open': 'named',
  'workspace.not-found': 'named',
  'workspace.exists': 'named',
  'workspace.newer': 'named',
  'workspace.locked': 'named',
  'workspace.network-share': 'named',
  'workspace.corrupt': 'named',
  'workspace.disk-full': 'named',
  'workspace.read-only': 'named',
  'workspace.disk-error': 'named',
  'workspace.replaced': 'named',
  'workspace.foreign-schema': 'named',
  'workspace.nothing-to-mend': 'named',
  'workspace.handed-over': 'named',
  'backup.folder-exists': 'named',
  'backup.nothing-to-rescue': 'named',
  'backup.invalid': 'named',
  'backup.newer': 'named',
  'readings.invalid': 'named',
  'readings.newer': 'named',
  'classes.invalid': 'named',
  'classes.in-use': 'refused',
  'classes.name-taken': 'named',
  'classes.unknown': 'named',
  'image.empty-file': 'named',
  'image.unsupported-format': 'named',
  'image.truncated': 'named',
  'image.too-large': 'named',
  'image.implausible': 'named',
  'image.no-page': 'named',
  'image.several-pages': 'named',
  'image.several-files': 'named',
  'image.not-found': 'named',
  'image.removed': 'named',
  'image.file-missing': 'named',
  'image.file-changed': 'named',
  'image.invalid-raster': 'named',
  'image.no-stains': 'named',
  'crops.other-image': 'named',
  'image.ambiguous': 'refused',
  'label.nothing-to-undo': 'named',
  'label.nothing-to-withdraw': 'named',
  'label.nothing-to-comment': 'named',
  'label.blind-withdrawal': 'named',
  'undo.nothing': 'named',
  'undo.not-next': 'named',
  'undo.changed-since': 'named',
  'undo.fixed-since': 'named',
  'reading.nothing-to-adjudicate': 'refused',
  'reading.blind': 'named',
  'reading.other-reader': 'named',
  'reader.exists': 'named',
  'reader.looks-alike': 'named',
  'user.signed-out': 'named',
  'user.not-allowed': 'named',
  'user.other-reader': 'named',
  'user.labels-of-others': 'refused',
  'user.unknown': 'named',
  'user.exists': 'named',
  'user.wrong-pin': 'named',
  'user.wait': 'named',
  'user.other-account': 'named',
  'user.one-sign-in': 'named',
  'user.weak-pin': 'named',
  'user.first-administrator': 'named',
  'user.last-administrator': 'named',
  'user.only-account': 'named',
  'user.own-pin': 'named',
  'user.no-pin': 'named',
  'labels.invalid-table': 'named',
  'checklist.invalid-answers': 'named',
  'checklist.unknown-item': 'named',
  'test-set.no-such-value': 'refused',
  'test-set.case-on-both-sides': 'refused',
  'region.not-found': 'named',
  'region.invalid': 'named',
  'region.nothing-to-undo': 'named',
  'region.unknown-classes': 'named',
  'region.invalid-file': 'named',
  'drop.refused': 'named',
  'cases.invalid-pattern': 'named',
  'encoder.missing': 'named',
  'encoder.no-comparison': 'named',
  'encoder.unknown-file': 'named',
  'encoder.unofficial-file': 'named',
  'encoder.invalid-file': 'named',
  'encoder.refused': 'named',
  'encoder.not-own': 'named',
  'encoder.download-failed': 'named',
  'encoder.not-included': 'named',
  'encoder.changed': 'named',
  'encoder.self-test-failed': 'named',
  'encoder.backend-failed': 'named',
  'backend.not-here': 'named',
  'backend.refused': 'named',
  'backend.not-installed': 'named',
  'backend.busy': 'named',
  'descriptors.invalid-file': 'named',
  'descriptors.no-layout': 'named',
  'descriptors.other-layout': 'named',
  'descriptors.other-values': 'refused',
  'descriptors.nothing-usable': 'named',
  'descriptors.no-image': 'refused',
  'descriptors.ambiguous-name': 'refused',
  'descriptors.incomplete': 'refused',
  'descriptors.set-missing': 'named',
  'descriptors.none': 'named',
  'descriptors.not-in-set': 'named',
  'descriptors.external-model': 'named',
  'recipe.unknown': 'named',
  'recipe.unknown-setting': 'named',
  'recipe.invalid': 'named',
  'training.too-few-classes': 'refused',
  'training.images-missing': 'refused',
  'training.too-few-cases': 'refused',
  'training.too-few-images': 'refused',
  'training.no-cases': 'refused',
  'training.regions-external': 'named',
  'boosting.failed': 'named',
  'boosting.closed': 'named',
  'boosting.invalid-input': 'named',
  'boosting.addon-missing': 'named',
  'model.none': 'named',
  'model.none-in-use': 'named',
  'model.not-found': 'named',
  'model.exists': 'named',
  'model.in-use': 'named',
  'model.nothing-promoted': 'named',
  'model.no-report': 'named',
  'model.corrupt': 'named',
  'package.invalid': 'named',
  'package.newer': 'named',
  'package.too-large': 'named',
  'package.other-classes': 'named',
  'learning-curve.too-few-cases': 'refused',
  'test-set.not-found': 'refused',
  'test-set.exists': 'refused',
  'test-set.overlaps': 'refused',
  'test-set.nothing-to-lock': 'refused',
  'test-set.not-collecting': 'refused',
  'test-set.released': 'refused',
  'test-set.opened-before': 'refused',
  'test-set.nothing-to-open': 'refused',
  'test-set.no-opening': 'refused',
  'test-set.locked': 'refused',
  'test-set.case-locked': 'refused',
  'test-set.image-locked': 'refused',
  'test-set.locked-meanwhile': 'refused',
  'evaluation.invalid-table': 'refused',
  'slide.pixel-size-unknown': 'named',
  'slide.too-many-places': 'named',
  'slide.no-analysis': 'named',
  'slide.threshold-two-classes': 'named',
  'slide.threshold-too-few': 'refused',
  'slide.threshold-inseparable': 'refused',
  'slide.map-damaged': 'named',
  'explanation.none': 'named',
  'audit.nothing-to-accept': 'named',
  'case.not-found': 'named',
  'report.no-pdf': 'named',
  'job.not-found': 'named',
  'job.busy': 'named',
  'job.cancelled': 'named',
  'job.wrong-state': 'named',
  'job.not-resumable': 'named',
  'job.nothing-failed': 'named',
  'compute.crashed': 'named',
}

/** What the reader sent, and which images it was about. */
export interface Asked {
  /** Every text in it. */
  readonly typed: readonly string[]
  readonly imageIds: readonly number[]
}

/** An error as a blinded reader gets it; what is not an AppError keeps only its text. */
export function redactError(error: unknown, asked: Asked, view: BlindedView): unknown {
  if (error instanceof AppError) {
    const known = error as AppError
    if (blindedErrors[known.code] === 'refused') {
      return new AppError('reading.blind', { reader: view.reader, asked: known.code }, { cause: error })
    }
    const details = redactDetails(known.details, asked, view)
    return new AppError(known.code, details as typeof known.details, { cause: error })
  }
  const message = error instanceof Error ? error.message : String(error)
  return new Error(redactText(message, asked, view), { cause: error })
}

/** The error of a job. Its reader may have named any file when it was started, so no path is shown at all. */
export function redactJobError({ code, details }: ErrorView, view: BlindedView): ErrorView {
  const withoutFiles = Object.entries(details).map(([key, value]): [string, unknown] => [
    key,
    isFile(key) ? withheld : value,
  ])
  const asked: Asked = { typed: [], imageIds: [] }
  const error = fromErrorView({ code, message: withheld, details: Object.fromEntries<unknown>(withoutFiles) })
  return toErrorView(redactError(error, asked, view))
}

const isFile = (key: string): boolean => ['path', 'file', 'image', 'name', 'message', 'first'].includes(key)

function redactDetails(details: object, asked: Asked, view: BlindedView): object {
  const redacted = Object.entries(details).map(([key, value]: [string, unknown]) => {
    if (key === 'reader' && typeof value === 'string') return [key, redactReader(value, asked, view)]
    if (key === 'image' && typeof value === 'string') return [key, redactImageNumber(value, asked, view)]
    if (typeof value === 'string') return [key, redactText(value, asked, view)]
    if (!Array.isArray(value)) return [key, value]
    const items = value.map((item: unknown) =>
      typeof item === 'string' ? redactText(item, asked, view) : item,
    )
    return [key, items]
  })
  return Object.fromEntries(redacted) as object
}

const redactReader = (name: string, { typed }: Asked, view: BlindedView): string =>
  name === view.reader || typed.includes(name) ? name : 'another reader'

/** The row of an image would tell when it was imported. */
function redactImageNumber(image: string, asked: Asked, view: BlindedView): string {
  const named = view.images.find(({ id }) => String(id) === image)
  return named === undefined ? redactText(image, asked, view) : named.sha256.slice(0, 8)
}

function redactText(text: string, { typed, imageIds }: Asked, view: BlindedView): string {
  const asked = view.images.filter(({ id }) => imageIds.includes(id) && view.isHidden(id))
  const isTyped = (name: string): boolean => typed.some((part) => part.includes(name))
  const named = asked.reduce((changed, image) => {
    const withoutFile = namesOf(image).reduce(
      (part, name) => (isTyped(name) ? part : part.replaceAll(name, neutralName(image))),
      changed,
    )
    return [dirname(image.path), dirname(image.originalPath)].reduce(
      (part, folder) => (folder.length < 2 || isTyped(folder) ? part : part.replaceAll(folder, withheld)),
      withoutFile,
    )
  }, text)
  return view.names.in(named, typed)
}
