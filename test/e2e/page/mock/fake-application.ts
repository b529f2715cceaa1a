import {
  AppError,
  parseClassScheme,
  type AnyEvent,
  type ClassifyReport,
  type ErrorCode,
  type Handlers,
  type ImageView,
  type JobKind,
  type ModelView,
  type VerdictView,
  type WorkspaceView,
} from '../../../../electron/contract/index.ts'
import { auditHandlers } from './audit.ts'
import { filesBelow, listOf } from './folders.ts'
import { checkReport, importCareHandlers, importReport } from './import-care.ts'
import { FakeEncoders } from './encoders.ts'
import { workspaceView } from '../../../support/workspace-view.ts'
import { FakeJobs, type FakeWork } from './jobs.ts'
import { FakeExplanations } from './explanations.ts'
import { modelReviewHandlers } from './model-review.ts'
import { encoderComparisonHandlers } from './encoder-comparison.ts'
import { leakHandlers } from './leaks.ts'
import { setLaterHandlers } from './set-later.ts'
import { usualOptions, type FakeOptions } from './options.ts'
import { systemHandlers } from './system.ts'
import { FakeRegions } from './regions.ts'
import { FakeUndo } from './undo.ts'
import { doctor, imageOf, modelOf, saidOf, scheme, verdictOf } from './views.ts'

/** An application with made-up data that follows the contract, to develop and view the page alone. */
export class FakeApplication {
  readonly #listeners = new Set<(event: AnyEvent) => void>()
  readonly #options: FakeOptions
  #acknowledged: boolean
  #reader = 'Anna'
  #workspace: WorkspaceView | null = null
  #images: ImageView[] = []
  #verdicts: VerdictView[] = []
  #models: ModelView[] = []
  readonly #jobs = new FakeJobs(
    (event) => this.#tell(event),
    () => this.#options.jobMs,
  )
  readonly explanations = new FakeExplanations({
    image: (id) => this.image(id),
    models: () => this.#models,
    run: (title, finish) => this.#run('explain', title, 'encodings', 1, finish),
  })
  readonly #undo = new FakeUndo({
    image: (id) => this.image(id),
    reader: () => this.#reader,
    changed: (imageIds, kind) => {
      if (kind === 'label') this.#tell({ name: 'images.changed', payload: { imageIds } })
      else for (const imageId of imageIds) this.#tell({ name: 'regions.changed', payload: { imageId } })
    },
  })
  readonly #regions = new FakeRegions({
    image: (id) => this.image(id),
    reader: () => this.#reader,
    undo: this.#undo,
  })
  readonly #failedOnce = new Set<number>()
  readonly #encoders = new FakeEncoders({
    hasStarter: () => this.#options.hasStarter,
    run: (title, total, finish) => this.#run('encoders', title, 'layers', total, finish),
    changed: () => this.#tell({ name: 'encoders.changed', payload: {} }),
  })
  readonly #recent = [
    { path: '/home/anna/studies/first', name: 'first' },
    { path: '/home/anna/studies/hospital-archive-2024', name: 'hospital-archive-2024' },
  ]

  constructor(given: Partial<FakeOptions>) {
    const options = { ...usualOptions, ...given }
    this.#options = options
    this.#acknowledged = options.acknowledged
    this.#encoders.install('missing')
    if (options.images === null) return
    this.#open('/home/anna/studies/first')
    this.#images = Array.from({ length: options.images }, (_, index) => imageOf(index + 1, index % 8 !== 7))
    if (!options.isClassified) return
    this.#encoders.install('untrained')
    this.#models = [
      modelOf(1, 'first look', 'official', this.#images),
      modelOf(2, 'model-2', 'untrained', this.#images),
    ]
    for (const model of this.#models) for (const image of [...this.#images]) this.#judge(image, model)
    if (options.isInterrupted)
      this.#jobs.leaveBehind('classify', 'Classify', this.#classifying(this.#images.map(({ id }) => id)), 12)
    if (this.#images.length > 5)
      this.#images = this.#images.map((image) => (image.id % 11 === 3 ? { ...image, verdict: null } : image))
  }

  image(id: number): ImageView {
    const image = this.#images.find((other) => other.id === id)
    if (image === undefined) throw new AppError('image.not-found', { image: String(id) })
    return image
  }

  onEvent(listener: (event: AnyEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Only the calls that the page makes; others are missing. */
  readonly handlers = {
    'app.info': () => ({
      version: '0.1.0',
      acknowledged: this.#acknowledged,
      reader: this.#reader,
      isBlind: false,
      nativeDialogs: false,
      tiles: '/slide',
      homeDirectory: '/home/anna',
    }),
    'app.acknowledge': () => {
      this.#acknowledged = true
      return {}
    },
    ...systemHandlers(() => this.#encoders.list),
    'directory.list': ({ path }) => listOf(path ?? '/home/anna'),
    'evaluation.table': ({ path }) => {
      throw new AppError('path.not-found', { path })
    },
    'workspace.current': () => this.#workspace,
    'workspace.recent': () => this.#recent,
    'workspace.create': ({ path, classes }) => this.#open(path, classes),
    'workspace.open': ({ path }) => {
      if (path.endsWith('/archive')) throw new AppError('workspace.not-found', { path })
      return this.#open(path)
    },
    'workspace.close': () => {
      this.#workspace = null
      return {}
    },
    ...importCareHandlers(() => this.#opened(), filesBelow),
    ...auditHandlers(() => this.#options),
    ...setLaterHandlers({
      image: (id) => this.image(id),
      change: (changed) => {
        this.#images = this.#images.flatMap((image) => changed(image) ?? [])
        this.#tell({ name: 'images.changed', payload: { imageIds: null } })
      },
    }),
    ...encoderComparisonHandlers({
      run: (title, finish) => this.#run('compare-encoders', title, 'images', this.#images.length, finish),
    }),
    ...leakHandlers({
      images: () => this.#images,
      run: (title, finish) => this.#run('leaks', title, 'images', this.#images.length, finish),
    }),
    'classes.set': ({ classes }) => {
      this.#workspace = { ...this.#opened(), classes }
      this.#tell({ name: 'workspace.changed', payload: this.#workspace })
      return this.#workspace
    },
    'classes.rename': ({ name, newName }) => {
      const { classes, formerClassNames: before } = this.#opened()
      const renamed = classes.map((one) => (one.name === name ? { ...one, name: newName } : one))
      const formerClassNames = [...before, { name, className: newName }]
      this.#workspace = { ...this.#opened(), classes: renamed, formerClassNames }
      this.#tell({ name: 'workspace.changed', payload: this.#workspace })
      return this.#workspace
    },
    'workspace.check': () =>
      this.#run('check', 'Check the workspace', 'files', this.#images.length, () => checkReport),
    'workspace.relink': ({ directory }) =>
      this.#run('relink', 'Find moved images', 'files', 12, () => ({
        found: [{ imageId: 1, from: '/home/anna/images/a.tif', to: `${directory}/a.tif` }],
        missing: [],
        failed: [],
      })),
    'reader.list': () => [
      { name: this.#reader, since: startedAt, entries: 42, read: 42, unsure: 0, isBlind: false },
    ],
    'reader.set': ({ name }) => {
      this.#reader = name
      this.#tell({ name: 'reader.changed', payload: { reader: name, isBlind: false } })
      return {}
    },
    'demo.create': ({ perClass }) =>
      this.#run('demo', 'Draw synthetic tissue', 'fields', perClass * 4, () => ({
        directory: `${this.#workspace?.path ?? ''}/synthetic`,
        images: perClass * 4,
      })),
    'image.import': ({ paths }) =>
      this.#run('import', 'Import images', 'images', 48, () => {
        this.#images = Array.from({ length: 48 }, (_, index) => imageOf(index + 1, true))
        this.#tell({ name: 'images.changed', payload: { imageIds: null } })
        return importReport(paths)
      }),
    'image.list': () => this.#images,
    'image.get': ({ imageId }) => this.image(imageId),
    'image.verdicts': ({ imageId }) => this.#verdicts.filter((verdict) => verdict.imageId === imageId),
    'image.label': async ({ imageIds, className }) => {
      if (this.#options.labelMs > 0)
        await new Promise((resolve) => setTimeout(resolve, this.#options.labelMs))
      const label =
        className === null
          ? null
          : {
              className,
              reader: this.#reader,
              source: 'reader' as const,
              table: null,
              at: new Date().toISOString(),
            }
      const before = imageIds.map((id) => this.image(id).label)
      const redo = (): void => imageIds.forEach((id) => this.#setLabel(id, label))
      const undo = (): void => imageIds.forEach((id, index) => this.#setLabel(id, before[index] ?? null))
      this.#undo.record({ kind: 'label', className, regions: null, imageIds, undo, redo })
      redo()
      // Each is an event of the trail.
      this.#options.auditEvents += imageIds.length
      this.#tell({ name: 'images.changed', payload: { imageIds } })
      return imageIds.map((id) => this.image(id))
    },
    'label.comment': ({ imageId, comment }) => {
      const { label } = this.image(imageId)
      if (label !== null) this.#setLabel(imageId, { ...label, comment: comment === '' ? null : comment })
      this.#tell({ name: 'images.changed', payload: { imageIds: [imageId] } })
      return this.image(imageId)
    },
    ...this.#undo.handlers,
    ...this.#encoders.handlers,
    ...this.#regions.handlers,
    ...modelReviewHandlers({
      images: () => this.#images,
      models: () => this.#models,
      reader: () => this.#reader,
      labelsInUse: () => this.#options.labelsInUse,
      tell: (event) => this.#tell(event),
      run: (kind, title, finish) => this.#run(kind, title, 'parts', 8, finish),
    }),
    'view.stains': () => ({
      tissueFraction: 0.8,
      tissuePixels: 900_000,
      stains: null,
      degenerate: null,
      fitQuality: { explainedFraction: 0.97, residualDensity: 0.02, stainAngleDegrees: 31 },
    }),
    ...this.explanations.handlers,
    'model.train': ({ name }) => {
      if (this.#models.some((model) => model.name === name))
        throw new AppError('model.exists', { model: name })
      return this.#run('train', `Train ${name}`, 'images', this.#images.length, () => {
        const model = modelOf(this.#models.length + 1, name, 'untrained', this.#images)
        this.#models = [...this.#models, model]
        this.#tell({ name: 'models.changed', payload: {} })
        const { id, boosters, images, cases, groupedBy, imagesWithoutCase, accuracy, folds, weights } = model
        const counts = { boosters, images, cases, groupedBy, imagesWithoutCase, accuracy, folds, weights }
        return { model: name, modelId: id, ...counts, skipped: [], researchUse: doctor.researchUse }
      })
    },
    'model.classify': ({ imageIds }) => {
      const ids = imageIds ?? this.#images.map((image) => image.id)
      return this.#jobs.run('classify', 'Classify', this.#classifying(ids))
    },
    ...this.#jobs.handlers,
    'job.retry': ({ jobId }) => {
      const { failed } = this.#jobs.find(jobId).report as ClassifyReport
      const ids = failed.flatMap(({ imageId }) => imageId ?? [])
      return this.#jobs.run('classify', 'Classify, again', this.#classifying(ids))
    },
  } satisfies Partial<Handlers> as unknown as Handlers

  #setLabel(imageId: number, label: ImageView['label']): void {
    const place = this.#images.findIndex((image) => image.id === imageId)
    const said = saidOf(label?.className ?? null, label?.reader ?? '', label?.at ?? '')
    this.#images = this.#images.with(place, { ...this.image(imageId), ...said })
  }

  #opened(): WorkspaceView {
    if (this.#workspace === null) throw new AppError('workspace.none-open', {})
    const labelled = this.#images.filter((image) => image.label !== null)
    return { ...this.#workspace, imageCount: this.#images.length, labelledCount: labelled.length }
  }

  #open(path: string, classes?: string): WorkspaceView {
    const name = path.split('/').at(-1) ?? path
    const scheme_ = classes === undefined ? scheme : parseClassScheme(classes)
    this.#workspace = { ...workspaceView(name), path, classes: scheme_ }
    return this.#workspace
  }

  /** A classification whose predictions arrive one by one. */
  #classifying(ids: readonly number[]): FakeWork {
    const model = this.#models.at(-1)
    const failed: ClassifyReport['failed'] = []
    const each = (index: number): void => {
      const image = this.image(ids[index] ?? 0)
      if (this.#failsNow(image.id)) {
        const reason = `The file ${image.path} is missing. Put it back at this location, or import it again.`
        failed.push({ ...failure(image.path, 'image.file-missing', reason), imageId: image.id })
      } else if (model !== undefined) this.#judge(image, model, new Date().toISOString())
      this.#tell({ name: 'images.changed', payload: { imageIds: [image.id] } })
    }
    const finish = () => ({ modelName: model?.name ?? '', classified: ids.length - failed.length, failed })
    return { unit: 'images', total: ids.length, imageIds: ids, each, finish }
  }

  #failsNow(imageId: number): boolean {
    const { failEvery } = this.#options
    if (failEvery === 0 || imageId % failEvery !== 0 || this.#failedOnce.has(imageId)) return false
    this.#failedOnce.add(imageId)
    return true
  }

  #judge(image: ImageView, model: ModelView, at?: string): void {
    const made = verdictOf(image, model, image.id + model.id * 1000)
    const verdict = at === undefined ? made : { ...made, at }
    this.#verdicts.unshift(verdict)
    const place = this.#images.findIndex(({ id }) => id === image.id)
    this.#images[place] = { ...image, verdict }
  }

  #run(kind: JobKind, title: string, unit: string, total: number, finish: () => unknown): { jobId: number } {
    return this.#jobs.run(kind, title, { unit, total, finish })
  }

  #tell(event: AnyEvent): void {
    for (const listener of this.#listeners) listener(event)
  }
}

const startedAt = new Date().toISOString()
const failure = (path: string, code: ErrorCode, message: string) => ({ path, code, message })
