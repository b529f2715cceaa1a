import type { BuiltInEncoder, JobView } from '../../electron/contract/index.ts'
import type { Alerts } from './alerts.svelte.ts'
import type { Images } from './images.svelte.ts'
import { reportOf, type Jobs } from './jobs.svelte.ts'
import type { Models } from './models.svelte.ts'
import type { Paths } from './paths.svelte.ts'

/** The parts of the page that starting a job uses. */
interface JobContext {
  readonly alerts: Alerts
  readonly images: Images
  readonly jobs: Jobs
  readonly models: Models
  readonly paths: Paths
}

/** First try with synthetic tissue: four classes, images of a usual size. */
const firstDemo = { directory: null, seed: 1, widthPx: 2048, heightPx: 1536 }
/** A slide of 4 x 3 mm: some hundred places. */
const firstSlide = {
  directory: null,
  fileName: 'synthetic-slide.tif',
  seed: 1,
  widthPx: 8192,
  heightPx: 6144,
}
/** How the generator names its files. */
export const demoCasesPattern = String.raw`case(\d+)`

/** Starts jobs and controls them; a failure is reported. */
export class JobControl {
  readonly #page: JobContext

  constructor(page: JobContext) {
    this.#page = page
  }

  /** Follows a job from its start to its end; null if it could not start or did not finish. */
  async run(starting: Promise<number>): Promise<JobView | null> {
    const { alerts, jobs } = this.#page
    const job = await alerts.attempt(starting.then((jobId) => jobs.end(jobId)))
    return job?.state === 'done' ? job : null
  }

  /** Generates synthetic tissue and imports it; then, if it is wanted, a slide. */
  async trySyntheticTissue(perClass: number, withSlide: boolean): Promise<void> {
    const { images } = this.#page
    const job = await this.run(images.createDemo({ ...firstDemo, perClass }))
    const report = job === null ? null : reportOf(job, 'demo')
    if (report === null) return
    await this.importSynthetic(report.directory)
    if (!withSlide || (await this.run(images.createDemoSlide(firstSlide))) === null) return
    const paths = [`${report.directory}/${firstSlide.fileName}`]
    await this.run(images.importPaths({ paths, labels: 'none', casesPattern: null }))
  }

  async importSynthetic(directory: string): Promise<void> {
    const options = { labels: 'folder', casesPattern: demoCasesPattern } as const
    await this.run(this.#page.images.importPaths({ paths: [directory], ...options }))
  }

  async installUntrainedEncoders(names: readonly BuiltInEncoder[]): Promise<void> {
    await this.run(this.#page.models.installUntrained(names))
  }

  /** Downloads official weights from their official address. Only a user's request may lead here. */
  async fetchEncoders(names: readonly BuiltInEncoder[]): Promise<void> {
    await this.run(this.#page.models.fetchEncoders(names))
  }

  async importWeights(): Promise<void> {
    const { alerts, models, paths } = this.#page
    const chosen = await alerts.attempt(paths.choose('weights'))
    if (chosen !== null && chosen.length > 0) await this.run(models.importWeights(chosen))
  }

  /** Installs weight files that are not official. Only a user who was warned may lead here. */
  async acceptUnofficialWeights(files: readonly string[]): Promise<void> {
    await this.run(this.#page.models.importWeights(files, true))
  }

  /** @param imageIds null: every image. @param model null: the model in use */
  async classify(imageIds: readonly number[] | null, model: string | null = null): Promise<void> {
    if (imageIds !== null && imageIds.length === 0) return
    await this.run(this.#page.models.classify(imageIds, model))
  }

  async cancel(jobId: number): Promise<void> {
    await this.#page.alerts.attempt(this.#page.jobs.cancel(jobId))
  }

  async pause(jobId: number): Promise<void> {
    await this.#page.alerts.attempt(this.#page.jobs.pause(jobId))
  }

  async resume(jobId: number): Promise<void> {
    await this.#page.alerts.attempt(this.#page.jobs.resume(jobId))
  }

  /** Runs only the failed parts of a job again. */
  async retry(jobId: number): Promise<void> {
    await this.run(this.#page.jobs.retry(jobId))
  }
}
