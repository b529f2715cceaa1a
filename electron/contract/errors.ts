import { z } from 'zod'

const none = z.object({})
const path = z.object({ path: z.string() })
const reason = z.object({ reason: z.string() })
const pathReason = z.object({ path: z.string(), reason: z.string() })

/** Every expected failure, with the details that its sentence needs. Anything else is a bug. */
export const errorDetails = {
  'internal.unexpected': z.object({ reference: z.string(), message: z.string() }),
  'call.unknown': z.object({ name: z.string() }),
  'call.invalid-input': z.object({ name: z.string(), issues: z.array(z.string()) }),
  'call.foreign-sender': z.object({ sender: z.string() }),
  'call.unauthorised': none,
  'connection.lost': none,

  'path.not-found': path,
  'path.unreadable': pathReason,
  'path.not-writable': pathReason,
  'disk.full': z.object({ path: z.string(), neededBytes: z.number(), freeBytes: z.number() }),

  'workspace.none-open': none,
  'workspace.not-found': path,
  'workspace.exists': path,
  'workspace.newer': z.object({ path: z.string(), found: z.number(), known: z.number() }),
  'workspace.locked': z.object({ path: z.string(), holder: z.string() }),
  'workspace.corrupt': pathReason,
  'classes.invalid': reason,
  'classes.in-use': z.object({ labels: z.number() }),
  'classes.unknown': z.object({ className: z.string(), known: z.array(z.string()) }),

  'image.empty-file': path,
  'image.unsupported-format': pathReason,
  'image.truncated': pathReason,
  'image.too-large': z.object({ path: z.string(), pixels: z.number(), limit: z.number() }),
  /** `pages`: those that can be asked for, from 1. */
  'image.no-page': z.object({ path: z.string(), page: z.number(), pages: z.array(z.number()) }),
  'image.several-pages': z.object({ path: z.string(), pages: z.array(z.string()) }),
  'image.not-found': z.object({ image: z.string() }),
  'image.file-missing': path,
  'image.file-changed': path,
  'image.invalid-raster': reason,
  'image.no-stains': pathReason,
  'crops.other-image': path,
  'image.ambiguous': z.object({ image: z.string(), count: z.number() }),
  'label.nothing-to-undo': z.object({ image: z.string(), reader: z.string() }),
  'label.nothing-to-withdraw': z.object({ reader: z.string() }),
  'reading.nothing-to-adjudicate': z.object({ image: z.string() }),
  /** `asked`: what would show others' labels or suggestions. */
  'reading.blind': z.object({ reader: z.string(), asked: z.string() }),
  'reader.exists': z.object({ name: z.string() }),
  'labels.invalid-table': pathReason,
  'region.not-found': z.object({ region: z.string() }),
  'region.invalid': reason,
  'region.nothing-to-undo': z.object({ image: z.string(), reader: z.string() }),
  'region.changed-since': z.object({ reader: z.string() }),
  'region.unknown-classes': z.object({ classes: z.array(z.string()), known: z.array(z.string()) }),
  'region.invalid-file': z.object({ file: z.string(), reason: z.string() }),
  'region.file-exists': path,
  'drop.refused': reason,
  'cases.invalid-pattern': z.object({ pattern: z.string(), reason: z.string() }),

  'encoder.missing': z.object({ encoders: z.array(z.string()) }),
  'encoder.unknown-file': pathReason,
  'encoder.invalid-file': pathReason,
  'encoder.download-failed': z.object({ url: z.string(), reason: z.string() }),
  'encoder.changed': z.object({ model: z.string(), encoder: z.string() }),
  'encoder.self-test-failed': z.object({ backend: z.string(), cosine: z.number() }),
  'encoder.backend-failed': z.object({ backend: z.string(), reason: z.string() }),

  'descriptors.invalid-file': pathReason,
  'descriptors.no-layout': pathReason,
  'descriptors.other-layout': z.object({ set: z.string() }),
  'descriptors.other-values': z.object({ set: z.string(), path: z.string() }),
  'descriptors.nothing-usable': z.object({ path: z.string(), first: z.string() }),
  'descriptors.no-image': z.object({ name: z.string() }),
  'descriptors.ambiguous-name': z.object({ name: z.string(), count: z.number() }),
  'descriptors.incomplete': z.object({ name: z.string(), missing: z.array(z.string()) }),
  'descriptors.set-missing': z.object({ set: z.string() }),
  'descriptors.none': z.object({ image: z.string(), set: z.string() }),
  'descriptors.not-in-set': z.object({
    set: z.string(),
    missing: z.array(z.string()),
    known: z.array(z.string()),
  }),
  'descriptors.external-model': z.object({ model: z.string(), set: z.string() }),
  'recipe.unknown': z.object({ name: z.string(), known: z.array(z.string()) }),
  'recipe.unknown-setting': z.object({ setting: z.string(), known: z.array(z.string()) }),
  'recipe.invalid': reason,

  'training.too-few-classes': z.object({ found: z.number(), needed: z.number() }),
  'training.too-few-cases': z.object({ className: z.string(), cases: z.number(), folds: z.number() }),
  'training.too-few-images': z.object({ images: z.number(), needed: z.number() }),
  'training.no-cases': none,

  'boosting.failed': reason,
  'boosting.closed': z.object({ handle: z.string() }),
  'boosting.invalid-input': reason,
  'boosting.addon-missing': pathReason,

  'model.none': none,
  'model.not-found': z.object({ model: z.string() }),
  'model.exists': z.object({ model: z.string() }),
  'model.nothing-promoted': none,
  'model.no-report': z.object({ model: z.string() }),
  'model.corrupt': z.object({ model: z.string(), reason: z.string() }),
  /** `entry`: the one that is off; null: the file as a whole. */
  'package.invalid': z.object({ path: z.string(), entry: z.string().nullable(), reason: z.string() }),
  'package.newer': z.object({ path: z.string(), found: z.number(), known: z.number() }),
  'package.too-large': z.object({ path: z.string(), bytes: z.number(), limit: z.number() }),
  'package.other-classes': z.object({ model: z.string(), own: z.string(), workspace: z.string() }),

  'evaluation.invalid-table': reason,
  'explanation.none': z.object({ image: z.string() }),

  'audit.nothing-to-accept': none,
  'case.not-found': z.object({ case: z.string() }),
  'report.no-pdf': path,

  'job.not-found': z.object({ job: z.string() }),
  'job.busy': z.object({ running: z.string() }),
  'job.cancelled': none,
  /** `wanted`: what a job in this state cannot be, e.g. "paused". */
  'job.wrong-state': z.object({ job: z.string(), state: z.string(), wanted: z.string() }),
  'job.not-resumable': z.object({ job: z.string() }),
  'job.nothing-failed': z.object({ job: z.string() }),
  'compute.crashed': reason,
} as const

export type ErrorCode = keyof typeof errorDetails
export type ErrorDetails<C extends ErrorCode> = z.infer<(typeof errorDetails)[C]>

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(bytes < 1e9 ? 3 : 1)} GB`

type Sentences = { [C in ErrorCode]: (details: ErrorDetails<C>) => string }

/** What happened and what to do, one sentence or two for each code; the type makes a missing one an error. */
const sentences: Sentences = {
  'internal.unexpected': (d) => `Something unexpected went wrong (${d.message}). Reference ${d.reference}.`,
  'call.unknown': (d) => `This version does not know the call "${d.name}".`,
  'call.invalid-input': (d) => `"${d.name}" was asked with wrong arguments: ${d.issues.join('; ')}.`,
  'call.foreign-sender': (d) => `A call from ${d.sender} was refused: only Lobule's own page may ask.`,
  'call.unauthorised': () => 'This page has no valid token. Open the address that Lobule printed at start.',
  'connection.lost': () => 'The connection to Lobule is lost. It is being tried again.',

  'path.not-found': (d) => `There is nothing at ${d.path}.`,
  'path.unreadable': (d) => `${d.path} cannot be read: ${d.reason}.`,
  'path.not-writable': (d) => `${d.path} cannot be written: ${d.reason}.`,

  'disk.full': (d) =>
    `There is not enough room at ${d.path}: about ${gigabytes(d.neededBytes)} are needed, ${gigabytes(d.freeBytes)} are free. Make room or choose another disk; nothing was begun.`,

  'workspace.none-open': () => 'No workspace is open. Create one or open one first.',
  'workspace.not-found': (d) => `${d.path} is not a Lobule workspace. Create one there with "lobule init".`,
  'workspace.exists': (d) => `${d.path} already holds a workspace. Open it, or choose another folder.`,
  'workspace.newer': (d) =>
    `The workspace ${d.path} was written by a newer Lobule (format ${d.found}, this one knows ${d.known}). It was left untouched; please update Lobule.`,
  'workspace.locked': (d) => `The workspace ${d.path} is in use by ${d.holder}. Close it there first.`,
  'workspace.corrupt': (d) =>
    `The workspace ${d.path} is damaged: ${d.reason}. Restore it from a backup; nothing was changed.`,
  'classes.invalid': (d) => `The class scheme is not usable: ${d.reason}.`,

  'classes.in-use': (d) =>
    `The classes can no longer be changed: ${d.labels} labels were given with them. Make a new workspace for other classes.`,
  'classes.unknown': (d) => `There is no class "${d.className}". Known: ${d.known.join(', ')}.`,

  'image.empty-file': (d) => `${d.path} is empty (0 bytes).`,
  'image.unsupported-format': (d) => `${d.path} is not an image that Lobule reads: ${d.reason}.`,
  'image.truncated': (d) => `${d.path} is damaged or cut off: ${d.reason}.`,
  'image.too-large': (d) =>
    `${d.path} has ${d.pixels} pixels; at most ${d.limit} can be read, or more in a tiled TIFF of plausible size.`,
  'image.no-page': (d) => `${d.path} has no page ${d.page}. It has: ${d.pages.join(', ')}.`,
  'image.several-pages': (d) =>
    `${d.path} holds ${d.pages.length} pictures (page ${d.pages.join(', ')}). Say which are meant: the first, all, or one by its number (--page).`,
  'image.not-found': (d) => `The workspace has no image ${d.image}.`,
  'image.file-missing': (d) => `The file ${d.path} is no longer there. Put it back or import it again.`,
  'image.file-changed': (d) => `The file ${d.path} has changed since it was imported. Import it again.`,
  'image.invalid-raster': (d) => `The image cannot be used: ${d.reason}.`,
  'image.no-stains': (d) => `${d.path} cannot be the reference of a stain normalisation: ${d.reason}.`,
  'crops.other-image': (d) => `The plan of crops was made for another image than ${d.path}.`,
  'image.ambiguous': (d) => `"${d.image}" names ${d.count} images. Give the number or the whole path.`,
  'label.nothing-to-undo': (d) => `${d.reader} said nothing of image ${d.image} that could be taken back.`,
  'label.nothing-to-withdraw': (d) =>
    `${d.reader} said nothing of these images that could be withdrawn. What others said is theirs.`,
  'reading.nothing-to-adjudicate': (d) =>
    `There is nothing to settle about image ${d.image}: nobody has read it, or it was not adjudicated.`,
  'reading.blind': (d) =>
    `${d.reader} reads blind, and this shows what others say or what is suggested (${d.asked}). End blind reading first.`,
  'reader.exists': (d) => `There is a reader "${d.name}" already.`,
  'drop.refused': (d) => `The dropped file was not taken: ${d.reason}.`,
  'region.not-found': (d) => `There is no region ${d.region}, or it was deleted.`,
  'region.invalid': (d) => `The region is not usable: ${d.reason}.`,
  'region.nothing-to-undo': (d) =>
    `${d.reader} drew or changed no region of image ${d.image} that could be taken back.`,
  'region.changed-since': (d) => `${d.reader} has changed the region since, so that it cannot be taken back.`,
  'region.unknown-classes': (d) =>
    `The regions name classes that this workspace does not know: ${d.classes.join(', ')}. Known: ${d.known.join(', ')}. Nothing was imported.`,
  'region.invalid-file': (d) => `${d.file} is not usable as regions: ${d.reason}.`,
  'region.file-exists': (d) =>
    `${d.path} is there already, and the regions were not written. Choose another name, or replace it.`,
  'labels.invalid-table': (d) => `${d.path} is not a usable table of labels: ${d.reason}.`,
  'cases.invalid-pattern': (d) => `"${d.pattern}" cannot be used as a regular expression: ${d.reason}.`,

  'encoder.missing': (d) =>
    `The encoder ${d.encoders.join(', ')} is not installed. Download it with "lobule encoders fetch", carry the official Keras file in with "lobule encoders import FILE", or install the untrained one for a test with "lobule encoders demo".`,
  'encoder.unknown-file': (d) => `${d.path} is not one of the official weight files: ${d.reason}.`,
  'encoder.invalid-file': (d) => `The weight file ${d.path} is not usable: ${d.reason}.`,
  'encoder.download-failed': (d) => `The download of ${d.url} failed: ${d.reason}.`,
  'encoder.changed': (d) =>
    `The model "${d.model}" was trained on other weights of ${d.encoder} than are installed now. Install those weights again, or train a new model.`,
  'encoder.self-test-failed': (d) =>
    `The back-end ${d.backend} gives wrong results (cosine ${d.cosine}) and was refused.`,
  'encoder.backend-failed': (d) => `The back-end ${d.backend} failed: ${d.reason}.`,

  'descriptors.invalid-file': (d) => `The descriptor file ${d.path} is not usable: ${d.reason}.`,
  'descriptors.no-layout': (d) =>
    `${d.path} is not laid out as published descriptors are: ${d.reason}. Give the folder that holds ResNet-0.5-400 and the others.`,
  'descriptors.other-layout': (d) =>
    `The set "${d.set}" has other encoders or crop sets than this folder. Import the folder under another name.`,
  'descriptors.other-values': (d) =>
    `The set "${d.set}" holds other values of this image already (${d.path}). Import the folder under another name.`,
  'descriptors.nothing-usable': (d) => `Nothing of ${d.path} could be used; the first reason: ${d.first}`,
  'descriptors.no-image': (d) =>
    `No image of the workspace is named "${d.name}". Import the images first; descriptors belong to an image's content.`,
  'descriptors.ambiguous-name': (d) =>
    `${d.count} images of the workspace are named "${d.name}", so it is unclear whose descriptors these are.`,
  'descriptors.incomplete': (d) => `"${d.name}" is not in ${d.missing.join(', ')}.`,
  'descriptors.set-missing': (d) =>
    `This workspace does not have the external descriptors "${d.set}", or other ones under that name. Import them with "lobule descriptors import".`,
  'descriptors.none': (d) =>
    `The external descriptors "${d.set}" have nothing of ${d.image}, and Lobule cannot make them. Import that image's too.`,
  'descriptors.not-in-set': (d) =>
    `The external descriptors "${d.set}" lack ${d.missing.join(', ')}. They have ${d.known.join(', ')}.`,
  'descriptors.external-model': (d) =>
    `The model "${d.model}" was trained on the external descriptors "${d.set}", which only their makers can make of a part of an image. A heat map needs a model on Lobule's own.`,
  'recipe.unknown': (d) => `There is no recipe "${d.name}". Known: ${d.known.join(', ')}.`,
  'recipe.unknown-setting': (d) => `A recipe has no setting "${d.setting}". Known: ${d.known.join(', ')}.`,
  'recipe.invalid': (d) => `The recipe is not usable: ${d.reason}.`,

  'training.too-few-classes': (d) =>
    `Training needs labelled images of at least ${d.needed} classes; there are ${d.found}.`,
  'training.too-few-cases': (d) =>
    `${d.folds} folds were asked, but class ${d.className} has ${d.cases} ${d.cases === 1 ? 'case' : 'cases'}. Label more cases or choose fewer folds.`,
  'training.too-few-images': (d) =>
    `Training needs at least ${d.needed} labelled images; there are ${d.images}.`,
  'training.no-cases': () =>
    'Folds by case were asked, but no labelled image carries a case. Name the cases at import, or ask for folds by image.',

  'boosting.failed': (d) => `LightGBM: ${d.reason}.`,
  'boosting.closed': (d) => `This ${d.handle} was closed already.`,
  'boosting.invalid-input': (d) => `LightGBM was given wrong data: ${d.reason}.`,
  'boosting.addon-missing': (d) =>
    `The LightGBM addon ${d.path} cannot be loaded: ${d.reason}. Run "npm run setup".`,

  'model.none': () => 'This workspace has no model yet. Train one first.',
  'model.not-found': (d) => `This workspace has no model "${d.model}".`,
  'model.exists': (d) => `There is a model "${d.model}" already. Choose another name.`,
  'model.nothing-promoted': () => 'No model was promoted, so there is nothing to go back to.',
  'model.no-report': (d) =>
    `The model "${d.model}" was trained by a version that kept no report. Train it again.`,
  'model.corrupt': (d) => `The model "${d.model}" is damaged: ${d.reason}. Train it again.`,
  'package.invalid': (d) =>
    `${d.path} is not a sound model package: ${d.entry === null ? '' : `${d.entry}: `}${d.reason}. Nothing was imported.`,
  'package.newer': (d) =>
    `${d.path} was written by a newer Lobule (format ${d.found}, this one knows ${d.known}). Nothing was imported; please update Lobule.`,
  'package.too-large': (d) =>
    `The model does not fit into a package: ${d.path} would have ${gigabytes(d.bytes)} or more, and ${gigabytes(d.limit)} is the most.`,
  'package.other-classes': (d) =>
    `The model "${d.model}" tells ${d.own} apart; this workspace has ${d.workspace} (a star marks carcinoma). Nothing was imported. Make a workspace with the model's classes: lobule init --classes "${d.own}".`,

  'explanation.none': (d) => `No heat map of ${d.image} was made by this model yet. Make it first.`,

  'evaluation.invalid-table': (d) => `The table of predictions is not usable: ${d.reason}.`,

  'audit.nothing-to-accept': () =>
    'There is nothing to accept: this computer has seen no newer state of this audit trail.',
  'case.not-found': (d) => `The workspace has no case "${d.case}".`,
  'report.no-pdf': (d) =>
    `${d.path} was not written: only the window makes PDF files. Write an .html file; a browser prints it to PDF.`,

  'job.not-found': (d) => `There is no job ${d.job}.`,
  'job.busy': (d) => `"${d.running}" is still running. Wait for it or cancel it.`,
  'job.cancelled': () => 'Cancelled.',
  'job.wrong-state': (d) => `"${d.job}" is ${d.state} and cannot be ${d.wanted}.`,
  'job.not-resumable': (d) => `"${d.job}" cannot be paused and taken up again. Start it anew.`,
  'job.nothing-failed': (d) => `"${d.job}" left no failures that could be tried again.`,
  'compute.crashed': (d) => `The compute process stopped (${d.reason}). Finished work is kept; start again.`,
}

/** An expected failure. `details` fit `code`; the sentence for the user is `message`. */
export class AppError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'AppError'
  readonly code: C
  readonly details: ErrorDetails<C>

  constructor(code: C, details: ErrorDetails<C>, options?: { cause?: unknown }) {
    super(sentences[code](details), options)
    this.code = code
    this.details = details
  }
}

/** Whether a thrown value is an AppError of one of these codes. */
export const hasCode = (error: unknown, ...codes: readonly ErrorCode[]): error is AppError =>
  error instanceof AppError && codes.includes((error as AppError).code)

export const errorCodeSchema = z.enum(Object.keys(errorDetails) as [ErrorCode, ...ErrorCode[]])

/** How an error travels through a door. */
export const errorViewSchema = z.object({
  code: errorCodeSchema,
  message: z.string(),
  details: z.record(z.string(), z.unknown()),
})
export type ErrorView = z.infer<typeof errorViewSchema>

/** The view of any thrown value; what is not an AppError becomes `internal.unexpected`. */
export function toErrorView(error: unknown, reference = 'none'): ErrorView {
  const known: AppError =
    error instanceof AppError
      ? (error as AppError)
      : new AppError('internal.unexpected', {
          reference,
          message: error instanceof Error ? error.message : String(error),
        })
  return { code: known.code, message: known.message, details: known.details }
}

/** The AppError that a view stands for, on the other side of a door. */
export function fromErrorView(view: ErrorView): AppError {
  const details = errorDetails[view.code].safeParse(view.details)
  return details.success
    ? new AppError(view.code, details.data)
    : new AppError('internal.unexpected', { reference: 'none', message: view.message })
}
