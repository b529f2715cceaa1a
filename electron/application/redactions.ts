import {
  noReadings,
  type CallName,
  type CallOutput,
  type Calls,
  type Failure,
  type ImageView,
  type JobView,
} from '../contract/index.ts'
import type { IsHidden } from '../features/labels/blinded-reading.ts'
import { listImages, type Readable } from '../store/index.ts'

/** What a blinded reader may see of the open workspace. */
export interface BlindedView {
  readonly isHidden: IsHidden
  readonly database: Readable
}

type RedactedCall = {
  [N in CallName]: Calls[N]['blinded'] extends 'redacted' ? N : never
}[CallName]

/** A function for each call whose record says `redacted`; one that is missing or superfluous does not compile. */
export const redactions: {
  readonly [N in RedactedCall]: (output: CallOutput<N>, view: BlindedView) => CallOutput<N>
} = {
  'image.list': redactImages,
  'image.get': redactImage,
  'image.label': redactImages,
  'image.verdicts': withoutHidden,
  'label.list': withoutHidden,
  'label.undo': redactImages,
  'workspace.info': (info, view) => {
    const seen = listImages(view.database).filter(({ id }) => !view.isHidden(id))
    const countOf = (test: (image: ImageView) => boolean): number => seen.filter(test).length
    return {
      ...info,
      labelled: countOf(({ label }) => label !== null),
      disputed: countOf(({ readings }) => readings.isDisputed),
      unsure: countOf(
        ({ label, readings }) => label === null && readings.all.some(({ isUnsure }) => isUnsure),
      ),
      classes: info.classes.map((entry) => ({
        ...entry,
        images: countOf(({ label }) => label?.className === entry.name),
      })),
    }
  },
  'model.report': (report, view) => {
    const isHidden = hiddenByHash(view)
    return { ...report, predictions: report.predictions.filter(({ sha256 }) => !isHidden(sha256)) }
  },
  'model.compare': (comparison, view) => {
    const isHidden = hiddenByHash(view)
    return { ...comparison, flips: comparison.flips.filter(({ sha256 }) => !isHidden(sha256)) }
  },
  'model.verdicts': withoutHidden,
  'job.list': (jobs, view) => jobs.map((job) => redactJob(job, view)),
  'job.get': redactJob,
}

function withoutHidden<T extends { imageId: number }>(items: T[], { isHidden }: BlindedView): T[] {
  return items.filter(({ imageId }) => !isHidden(imageId))
}

function redactImages(images: ImageView[], view: BlindedView): ImageView[] {
  return images.map((image) => redactImage(image, view))
}

/** A hidden image keeps only what it is by itself. Its name is made from its content hash, which reveals nothing. */
function redactImage(image: ImageView, { isHidden }: BlindedView): ImageView {
  if (!isHidden(image.id)) return image
  const name = neutralName(image)
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

const neutralName = ({ sha256 }: ImageView): string => `image ${sha256.slice(0, 8)}`

function hiddenByHash({ isHidden, database }: BlindedView): (sha256: string) => boolean {
  const hidden = new Set(listImages(database).flatMap(({ id, sha256 }) => (isHidden(id) ? sha256 : [])))
  return (sha256) => hidden.has(sha256)
}

interface ReportWithPaths {
  images?: unknown
  failed?: Failure[]
  found?: unknown
}

/** A job without the names of hidden images, which occur in its title, its report and its failures. */
export function redactJob(job: JobView, { isHidden, database }: BlindedView): JobView {
  const { images, failed = [], found } = (job.report ?? {}) as ReportWithPaths
  const isTitledByImage = job.kind === 'explain'
  if ((typeof job.report !== 'object' || job.report === null) && !isTitledByImage) return job
  const lists = {
    ...(Array.isArray(images) ? { images: [] } : {}),
    ...(Array.isArray(found) ? { found: [] } : {}),
  }
  const hidden = listImages(database).filter(({ id }) => isHidden(id))
  const redacted = failed.map((failure) => {
    const image = hidden.find(({ path }) => path === failure.path)
    if (image === undefined) return failure
    const name = neutralName(image)
    return { ...failure, path: name, message: failure.message.replaceAll(failure.path, name) }
  })
  const title = hidden.reduce(
    (text, image) => (isTitledByImage ? text.replaceAll(image.fileName, neutralName(image)) : text),
    job.title,
  )
  const report =
    typeof job.report === 'object' && job.report !== null
      ? { ...job.report, ...lists, ...(failed.length > 0 ? { failed: redacted } : {}) }
      : job.report
  return { ...job, title, report }
}
