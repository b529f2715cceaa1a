import {
  AppError,
  noReadings,
  parseTilePath,
  type AnyEvent,
  type CallName,
  type CallOutput,
  type Failure,
  type Handlers,
  type ImageView,
  type JobView,
  type TileRequest,
} from '../contract/index.ts'
import { listImages } from '../store/index.ts'
import { readsBlind, withheldFrom } from './blind.ts'
import type { ServiceContext } from './context.ts'

/** Calls whose answers say nothing of an image's labels or suggestions, or only what the asker just did. */
const open: readonly CallName[] = [
  'app.info',
  'app.acknowledge',
  'app.doctor',
  'dialog.choose',
  'directory.list',
  'workspace.current',
  'workspace.recent',
  'workspace.create',
  'workspace.open',
  'workspace.close',
  'workspace.check',
  'workspace.relink',
  'reader.list',
  'reader.add',
  'reader.set',
  'reader.setBlind',
  'demo.create',
  'image.import',
  'image.preview',
  'image.label',
  'label.undo',
  'classes.set',
  'encoder.list',
  'encoder.demo',
  'encoder.fetch',
  'encoder.import',
  'recipe.list',
  'model.list',
  'model.train',
  'model.promote',
  'model.rollback',
  'model.promotions',
  'model.setOperatingPoint',
  'model.estimate',
  'model.classify',
  'descriptors.encode',
  'descriptors.describe',
  'descriptors.import',
  'descriptors.sets',
  'evaluation.table',
  'picture.resample',
  'stain.normalize',
  'stain.augment',
  'crops.plan',
  'crops.cut',
  'quality.assess',
  // Numbers of images, and nothing of them.
  'job.images',
  'job.cancel',
  'job.pause',
  'job.resume',
  'job.retry',
  'drop.begin',
  'drop.discard',
  'storage.clean',
  // Regions of others are left out by services/regions.
  'region.list',
  'region.history',
  'region.add',
  'region.change',
  'region.delete',
  'region.undo',
  'region.export',
  'region.import',
  'audit.state',
  'audit.verify',
  'audit.accept',
  'model.import',
  'view.stains',
]

/** Calls about one image, which are open once its reader has decided. */
const ofOneImage: readonly CallName[] = ['explanation.create', 'explanation.get', 'explanation.write']

/** Pictures that show the tissue and nothing that a model said of it. */
const openPictures: readonly TileRequest['kind'][] = ['tile', 'normalized-tile', 'thumbnail']

type Withheld = (imageId: number) => boolean
type Masks = {
  [N in CallName]?: (output: CallOutput<N>, withheld: Withheld, context: ServiceContext) => CallOutput<N>
}

/** Calls that answer a blind reader with what they may know. */
const masks: Masks = {
  'image.list': (images, withheld) =>
    images.map((image) => (withheld(image.id) ? withoutAnswers(image) : image)),
  'image.get': (image, withheld) => (withheld(image.id) ? withoutAnswers(image) : image),
  'image.verdicts': (verdicts, withheld) => verdicts.filter(({ imageId }) => !withheld(imageId)),
  'label.list': (entries, withheld) => entries.filter(({ imageId }) => !withheld(imageId)),
  'workspace.info': (info, withheld, { session }) => {
    const seen = listImages(session.workspace.database).filter(({ id }) => !withheld(id))
    const count = (test: (image: ImageView) => boolean): number => seen.filter(test).length
    return {
      ...info,
      labelled: count(({ label }) => label !== null),
      disputed: count(({ readings }) => readings.isDisputed),
      unsure: count(({ label, readings }) => label === null && readings.all.some(({ isUnsure }) => isUnsure)),
      classes: info.classes.map((entry) => ({
        ...entry,
        images: count(({ label }) => label?.className === entry.name),
      })),
    }
  },
  'model.report': (report, withheld, context) => {
    const isHidden = hiddenByHash(withheld, context)
    return { ...report, predictions: report.predictions.filter(({ sha256 }) => !isHidden(sha256)) }
  },
  'model.compare': (comparison, withheld, context) => {
    const isHidden = hiddenByHash(withheld, context)
    return { ...comparison, flips: comparison.flips.filter(({ sha256 }) => !isHidden(sha256)) }
  },
  'model.verdicts': (verdicts, withheld) => verdicts.filter(({ imageId }) => !withheld(imageId)),
  'job.list': (jobs, withheld, context) => jobs.map((job) => withoutPaths(job, withheld, context)),
  'job.get': withoutPaths,
}

/**
 * Keeps from a reader who reads blind what would lead them, until they have decided on an image: labels and
 * comments of others, verdicts, file names (folders and names often tell the class) and pictures that show a
 * model's opinion. It is left out of every answer, event and picture, so that the page never holds it. A call
 * that is not known here to be safe is refused (`reading.blind`). The command line is not concerned.
 */
export class Withholding {
  readonly #context: ServiceContext

  constructor(context: ServiceContext) {
    this.#context = context
  }

  /** The same calls, with the blind reader's eyes. */
  handlers(handlers: Handlers): Handlers {
    if (this.#context.door.isCommandLine === true) return handlers
    const guarded = Object.entries(handlers).map(([name, handler]) => [
      name,
      (input: unknown) => this.#answer(name as CallName, handler as (input: unknown) => unknown, input),
    ])
    return Object.fromEntries(guarded) as Handlers
  }

  event(event: AnyEvent): AnyEvent {
    const withheld = this.#withheld()
    return event.name !== 'job.changed' || withheld === null
      ? event
      : { ...event, payload: withoutPaths(event.payload, withheld, this.#context) }
  }

  /** @throws AppError `reading.blind` for a picture that shows what is withheld */
  requirePicture(path: string): void {
    const request = parseTilePath(path)
    const withheld = this.#withheld()
    if (request === null || withheld === null || openPictures.includes(request.kind)) return
    if (withheld(request.imageId)) this.#refuse(request.kind)
  }

  async #answer(name: CallName, handler: (input: unknown) => unknown, input: unknown): Promise<unknown> {
    if (this.#withheld() === null || open.includes(name)) return handler(input)
    if (ofOneImage.includes(name) && !isOfWithheld(input, this.#withheld())) return handler(input)
    const mask = masks[name] as
      ((output: unknown, withheld: Withheld, context: ServiceContext) => unknown) | undefined
    if (mask === undefined) return this.#refuse(name)
    const output = await handler(input)
    // Asked anew: what the reader decided meanwhile is withheld no longer, and the other way round.
    const withheld = this.#withheld()
    return withheld === null ? output : mask(output, withheld, this.#context)
  }

  /** null: nothing is withheld from who reads here. */
  #withheld(): Withheld | null {
    const { settings, session, door } = this.#context
    const { reader } = settings.content
    if (door.isCommandLine === true || !session.isOpen || !readsBlind(settings, reader)) return null
    return withheldFrom(session.workspace.database, settings, reader)
  }

  #refuse(asked: string): never {
    throw new AppError('reading.blind', { reader: this.#context.settings.content.reader, asked })
  }
}

function isOfWithheld(input: unknown, withheld: Withheld | null): boolean {
  const { imageId } = input as { imageId?: unknown }
  return typeof imageId !== 'number' || withheld?.(imageId) === true
}

/** An image as it is by itself; the name is made of its content, whose order tells nothing. */
function withoutAnswers(image: ImageView): ImageView {
  const name = nameOf(image)
  return {
    ...image,
    fileName: name,
    path: name,
    originalPath: name,
    label: null,
    readings: { ...noReadings, isWithheld: true },
    verdict: null,
  }
}

const nameOf = ({ sha256 }: ImageView): string => `image ${sha256.slice(0, 8)}`

function hiddenByHash(withheld: Withheld, { session }: ServiceContext): (sha256: string) => boolean {
  const hidden = new Set(
    listImages(session.workspace.database).flatMap(({ id, sha256 }) => (withheld(id) ? sha256 : [])),
  )
  return (sha256) => hidden.has(sha256)
}

interface ReportWithPaths {
  images?: unknown
  failed?: Failure[]
  found?: unknown
}

/** A job without the names of withheld images, which stand in its title, in what it did and in what failed. */
function withoutPaths(job: JobView, withheld: Withheld, { session }: ServiceContext): JobView {
  const { images, failed = [], found } = (job.report ?? {}) as ReportWithPaths
  const isNamed = job.kind === 'explain'
  if ((typeof job.report !== 'object' || job.report === null) && !isNamed) return job
  const lists = {
    ...(Array.isArray(images) ? { images: [] } : {}),
    ...(Array.isArray(found) ? { found: [] } : {}),
  }
  const hidden = listImages(session.workspace.database).filter(({ id }) => withheld(id))
  const masked = failed.map((failure) => {
    const image = hidden.find(({ path }) => path === failure.path)
    if (image === undefined) return failure
    const name = nameOf(image)
    return { ...failure, path: name, message: failure.message.replaceAll(failure.path, name) }
  })
  const title = hidden.reduce(
    (text, image) => (isNamed ? text.replaceAll(image.fileName, nameOf(image)) : text),
    job.title,
  )
  const report =
    typeof job.report === 'object' && job.report !== null
      ? { ...job.report, ...lists, ...(failed.length > 0 ? { failed: masked } : {}) }
      : job.report
  return { ...job, title, report }
}
