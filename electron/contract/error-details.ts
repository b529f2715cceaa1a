import { z } from 'zod'
import { roles } from './roles.ts'
import { thresholdSlidesSchema } from './slide-threshold.ts'

const none = z.object({})
const path = z.object({ path: z.string() })
const reason = z.object({ reason: z.string() })
const undoDirection = z.enum(['undo', 'redo'])
const pathReason = z.object({ path: z.string(), reason: z.string() })

/** Every expected failure, with the details that its sentence needs. Anything else is a bug. */
export const errorDetails = {
  'internal.unexpected': z.object({ reference: z.string(), message: z.string() }),
  'call.unknown': z.object({ name: z.string() }),
  'call.invalid-input': z.object({ name: z.string(), issues: z.array(z.string()) }),
  'call.superseded': none,
  'call.foreign-sender': z.object({ sender: z.string() }),
  'call.unauthorised': none,
  'connection.lost': none,

  /** The policy of the computer has a fault, and nothing may start with half of it. */
  'policy.invalid': pathReason,
  /** `what`: what the policy of the computer does not allow. */
  'policy.forbids': z.object({ what: z.string() }),
  /** A file that is not one of a signed release, or of an older one. */
  'update.refused': reason,

  'path.not-found': path,
  'path.unreadable': pathReason,
  'path.not-writable': pathReason,
  /** A file that would be written exists already and must not be replaced. */
  'path.exists': path,
  /** A file of a workspace or of Lobule itself, or an image, which no export may replace. */
  'path.protected': pathReason,
  /** A name that is not text in UTF-8, as Node cannot pass it on. */
  'path.not-utf8': path,
  /** `shard`: what was given; empty: nothing, and no scheduler has set it. */
  'shard.invalid': z.object({ shard: z.string() }),
  'shard.invalid-plan': pathReason,
  'shard.folder-in-use': path,
  'shard.several-files': path,
  /** A folder of results that another plan has. */
  'shard.other-plan': path,
  'shard.mixed': z.object({ makers: z.array(z.string()) }),
  'disk.full': z.object({ path: z.string(), neededBytes: z.number(), freeBytes: z.number() }),

  'workspace.none-open': none,
  'workspace.not-found': path,
  'workspace.exists': path,
  'workspace.newer': z.object({ path: z.string(), found: z.number(), known: z.number() }),
  'workspace.locked': z.object({ path: z.string(), holder: z.string() }),
  /** SQLite cannot keep a database whole over a network. */
  'workspace.network-share': z.object({ path: z.string(), fileSystem: z.string() }),
  'workspace.corrupt': pathReason,
  /** The disk that holds the workspace is full. */
  'workspace.disk-full': path,
  /** The folder or its database may only be read. */
  'workspace.read-only': path,
  /** The disk, or the way to it, failed. */
  'workspace.disk-error': pathReason,
  /** The database was deleted or replaced while it was open. */
  'workspace.replaced': path,
  'workspace.foreign-schema': z.object({ path: z.string(), differences: z.array(z.string()) }),
  'workspace.nothing-to-mend': path,
  'workspace.handed-over': z.object({ path: z.string(), to: z.string(), isBlind: z.boolean() }),
  'backup.folder-exists': path,
  'backup.invalid': pathReason,
  'backup.nothing-to-rescue': path,
  'backup.newer': z.object({ path: z.string(), found: z.number(), known: z.number() }),
  'readings.invalid': pathReason,
  'readings.newer': z.object({ path: z.string(), found: z.number(), known: z.number() }),
  'classes.invalid': reason,
  'classes.in-use': z.object({ labels: z.number() }),
  /** `owner`: the class that has or had the name; null: a class of a model here, which this workspace does not have. */
  'classes.name-taken': z.object({ name: z.string(), owner: z.string().nullable() }),
  'classes.unknown': z.object({
    className: z.string(),
    known: z.array(z.string()),
    why: z.string().optional(),
  }),

  'image.empty-file': path,
  'image.unsupported-format': pathReason,
  'image.truncated': pathReason,
  'image.too-large': z.object({ path: z.string(), pixels: z.number(), limit: z.number() }),
  /** More pixels than a file of this size holds, as in files that are made to exhaust the memory. */
  'image.implausible': z.object({ path: z.string(), pixels: z.number(), bytes: z.number() }),
  /** `pages`: the available ones, from 1. */
  'image.no-page': z.object({ path: z.string(), page: z.number(), pages: z.array(z.number()) }),
  'image.several-pages': z.object({ path: z.string(), pages: z.array(z.string()) }),
  /** Such a slide is not copied. */
  'image.several-files': path,
  'image.not-found': z.object({ image: z.string() }),
  'image.removed': z.object({ image: z.string() }),
  'image.file-missing': path,
  'image.file-changed': path,
  'image.invalid-raster': reason,
  'image.no-stains': pathReason,
  'crops.other-image': path,
  'image.ambiguous': z.object({ image: z.string(), count: z.number() }),
  'label.nothing-to-undo': z.object({ image: z.string(), reader: z.string() }),
  'label.nothing-to-withdraw': z.object({ reader: z.string() }),
  'label.nothing-to-comment': z.object({ image: z.string(), reader: z.string() }),
  /** `images`: those whose label was given blind. */
  'label.blind-withdrawal': z.object({ images: z.number() }),
  'undo.nothing': z.object({ reader: z.string(), direction: undoDirection }),
  'undo.not-next': z.object({ direction: undoDirection }),
  /** `reader`: who made the later change; null: not told to a blind reader, or an import. */
  'undo.changed-since': z.object({
    direction: undoDirection,
    what: z.enum(['label', 'adjudication', 'region', 'case', 'pixel size', 'removal']),
    reader: z.string().nullable(),
  }),
  /** `locked`: the case or the image, by a locked test set. `used`: the pixel size, by what was computed with it. */
  'undo.fixed-since': z.object({ direction: undoDirection, because: z.enum(['locked', 'used']) }),
  'reading.nothing-to-adjudicate': z.object({ image: z.string() }),
  /** `asked`: what would show others' labels or suggestions. */
  'reading.blind': z.object({ reader: z.string(), asked: z.string() }),
  /** `other`: the reader that the call was to act for. */
  'reading.other-reader': z.object({ reader: z.string(), other: z.string() }),
  'reader.exists': z.object({ name: z.string() }),
  'reader.looks-alike': z.object({ name: z.string(), known: z.string() }),
  'user.signed-out': none,
  /** `role`: what the user has; `needed`: the lowest role that may make the call. */
  'user.not-allowed': z.object({ name: z.string(), role: z.enum(roles), needed: z.enum(roles) }),
  /** `other`: the reader that the call was to act for. */
  'user.other-reader': z.object({ name: z.string(), other: z.string() }),
  /** `other`: a reader whose label a table has, or null for an adjudication; `needed`: the lowest role that may import it. */
  'user.labels-of-others': z.object({
    name: z.string(),
    role: z.enum(roles),
    needed: z.enum(roles),
    other: z.string().nullable(),
  }),
  'user.unknown': z.object({ name: z.string() }),
  'user.exists': z.object({ name: z.string() }),
  /** `waitSeconds`: until the next attempt is heard; 0: now. */
  'user.wrong-pin': z.object({ name: z.string(), waitSeconds: z.number() }),
  'user.wait': z.object({ name: z.string(), waitSeconds: z.number() }),
  /** `account`: that of the operating system which runs Lobule. */
  'user.other-account': z.object({ name: z.string(), account: z.string() }),
  'user.one-sign-in': none,
  'user.weak-pin': z.object({ why: z.enum(['short', 'repeats', 'row']) }),
  'user.first-administrator': none,
  /** `account`: that of the operating system which runs Lobule. */
  'user.only-account': z.object({ name: z.string(), wanted: z.string(), account: z.string() }),
  'user.last-administrator': z.object({ name: z.string() }),
  'user.own-pin': z.object({ name: z.string() }),
  'user.no-pin': z.object({ name: z.string() }),
  'labels.invalid-table': pathReason,
  'checklist.invalid-answers': pathReason,
  'test-set.no-such-value': z.object({ column: z.string(), value: z.string(), known: z.array(z.string()) }),
  /** `case`: the first of so many `cases` with images outside; `other`: the value of such an image. */
  'test-set.case-on-both-sides': z.object({
    case: z.string(),
    cases: z.number(),
    column: z.string(),
    value: z.string(),
    other: z.string().nullable(),
  }),
  'checklist.unknown-item': z.object({ checklist: z.string(), item: z.string(), known: z.array(z.string()) }),
  'region.not-found': z.object({ region: z.string() }),
  'region.invalid': reason,
  'region.nothing-to-undo': z.object({ image: z.string(), reader: z.string() }),
  'region.unknown-classes': z.object({ classes: z.array(z.string()), known: z.array(z.string()) }),
  'region.invalid-file': z.object({ file: z.string(), reason: z.string() }),
  'drop.refused': reason,
  'cases.invalid-pattern': z.object({ pattern: z.string(), reason: z.string() }),

  'encoder.missing': z.object({ encoders: z.array(z.string()) }),
  'encoder.no-comparison': none,
  'encoder.unknown-file': pathReason,
  /** It could be used, and is not the official file. `md5`: what it is, and what it should be. */
  'encoder.unofficial-file': z.object({
    path: z.string(),
    title: z.string(),
    md5: z.string(),
    official: z.string(),
  }),
  'encoder.invalid-file': pathReason,
  /** An encoder of one's own. */
  'encoder.refused': pathReason,
  'encoder.not-own': z.object({ encoder: z.string() }),
  'encoder.download-failed': z.object({ url: z.string(), reason: z.string() }),
  'encoder.not-included': z.object({ title: z.string(), file: z.string() }),
  'encoder.changed': z.object({ model: z.string(), encoder: z.string() }),
  'encoder.self-test-failed': z.object({ backend: z.string(), cosine: z.number() }),
  'encoder.backend-failed': z.object({ backend: z.string(), reason: z.string() }),
  /** A back-end to be installed (installable-backends.ts). */
  'backend.not-here': z.object({ title: z.string(), reason: z.string() }),
  'backend.refused': z.object({ title: z.string(), reason: z.string() }),
  'backend.not-installed': z.object({ name: z.string() }),
  'backend.busy': z.object({ holder: z.string() }),

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
  'training.images-missing': z.object({ className: z.string(), images: z.number() }),
  'training.too-few-images': z.object({ images: z.number(), needed: z.number() }),
  'training.no-cases': none,
  'training.regions-external': z.object({ set: z.string() }),

  'boosting.failed': reason,
  'boosting.closed': z.object({ handle: z.string() }),
  'boosting.invalid-input': reason,
  'boosting.addon-missing': pathReason,

  'model.none': none,
  'model.none-in-use': none,
  'model.not-found': z.object({ model: z.string() }),
  'model.exists': z.object({ model: z.string() }),
  'model.in-use': z.object({ model: z.string() }),
  'model.nothing-promoted': none,
  'model.no-report': z.object({ model: z.string() }),
  'model.corrupt': z.object({ model: z.string(), reason: z.string() }),
  /** `entry`: the one that is off; null: the file as a whole. */
  'package.invalid': z.object({ path: z.string(), entry: z.string().nullable(), reason: z.string() }),
  'package.newer': z.object({ path: z.string(), found: z.number(), known: z.number() }),
  'package.too-large': z.object({ path: z.string(), bytes: z.number(), limit: z.number() }),
  'package.other-classes': z.object({ model: z.string(), own: z.string(), workspace: z.string() }),

  'learning-curve.too-few-cases': z.object({ cases: z.number() }),

  'test-set.not-found': z.object({ testSet: z.string() }),
  'test-set.exists': z.object({ testSet: z.string() }),
  /** `testSet`: the one that holds some of the images already. */
  'test-set.overlaps': z.object({ testSet: z.string(), images: z.number() }),
  'test-set.nothing-to-lock': none,
  'test-set.not-collecting': z.object({ testSet: z.string() }),
  'test-set.released': z.object({ testSet: z.string() }),
  'test-set.opened-before': z.object({ testSet: z.string(), model: z.string(), at: z.string() }),
  'test-set.nothing-to-open': z.object({
    testSet: z.string(),
    model: z.string(),
    unlabelled: z.number(),
    trained: z.number(),
    failed: z.number(),
  }),
  'test-set.no-opening': z.object({ opening: z.string() }),
  /** Images of a locked test set were given by name. */
  'test-set.locked': z.object({ testSet: z.string(), images: z.number() }),
  /** The case of images of a locked test set cannot be changed. */
  'test-set.case-locked': z.object({ testSet: z.string(), images: z.number() }),
  'test-set.image-locked': z.object({ testSet: z.string(), images: z.number() }),
  /** Images became part of a test set while a model was trained on them. */
  'test-set.locked-meanwhile': z.object({ images: z.number() }),

  'evaluation.invalid-table': reason,
  /** A slide is analysed in micrometres. */
  'slide.pixel-size-unknown': path,
  /** The grid of places would have more cells than a map may have. */
  'slide.too-many-places': z.object({ places: z.number(), limit: z.number() }),
  'slide.no-analysis': z.object({ analysis: z.string() }),
  'slide.threshold-two-classes': z.object({ model: z.string() }),
  'slide.threshold-too-few': thresholdSlidesSchema.extend({ model: z.string(), needed: z.number() }),
  'slide.threshold-inseparable': z.object({ model: z.string(), slides: z.number() }),
  /** The file with the places of an analysis is missing or damaged. */
  'slide.map-damaged': pathReason,
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

/** The sentence of each code whose first part is one of these nouns. */
export type SentencesOf<Noun extends string> = {
  readonly [C in Extract<ErrorCode, `${Noun}.${string}`>]: (details: ErrorDetails<C>) => string
}
