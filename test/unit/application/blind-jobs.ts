import { join } from 'node:path'
import { toErrorView, AppError, type ErrorView, type JobKind } from '../../../electron/contract/index.ts'
import { insertJob, listImages, openWorkspace, updateJob } from '../../../electron/store/index.ts'
import { tamper } from '../features/audit/damaged-trail.ts'
import { withheld } from './blind-plans.ts'
import { classNameOf, pathOf, sha256Of, type Planned } from './blind-workspace.ts'

/** What earlier jobs hold about images that are withheld now: reports of each kind, and errors that tell labels. */
function made(root: string, images: readonly Planned[], idOf: (image: Planned) => number) {
  const hidden = images.filter(({ n }) => withheld.includes(n)).toSorted((a, b) => idOf(a) - idOf(b))
  const second = hidden.at(-1) as Planned
  // Its class differs between the two workspaces.
  const first = hidden.find(({ n }) => n === 5) as Planned
  const positive = hidden.filter(({ labels }) => labels.at(-1)?.classIndex === 1).length
  const failed = hidden.map((image) => ({
    path: pathOf(root, image),
    code: 'image.truncated',
    message: `${pathOf(root, image)} is cut`,
    imageId: idOf(image),
  }))
  // Of a file that is no image of the workspace, its folder says the class.
  const elsewhere = {
    path: pathOf(root, first).replace('secret', 'copy'),
    code: 'path.unreadable',
    message: '',
  }
  const header = { labels: hidden.reduce((sum, { labels }) => sum + labels.length, positive) }
  const problems = [`${pathOf(root, first).replace('secret', 'other')} is missing`]
  const reports: Partial<Record<JobKind, object>> = {
    'try-import': {
      imported: 0,
      duplicates: hidden.length,
      labelled: positive,
      rows: [{ row: 1, file: pathOf(root, first), problem: `${classNameOf(first.truth)} is no class` }],
      failed: [...failed, elsewhere],
      images: hidden.map((image) => ({ path: pathOf(root, image), imageId: idOf(image) })),
    },
    encoders: { installed: [], failed: [elsewhere] },
    train: {
      model: 'm',
      accuracy: 1,
      warnings: [`${positive} images of a class`],
      skipped: failed,
      use: null,
    },
    classify: { modelName: 'second', classified: 3, locked: positive, failed },
    describe: {
      image: pathOf(root, first),
      sha256: first.n,
      path: join(root, `${classNameOf(first.truth)}.npy`),
    },
    'import-model': { name: 'm', imagesHere: positive },
    'import-descriptors': { name: 'set', passedOver: [`${classNameOf(first.truth)}-${first.n}.npy`], failed },
    'plan-shards': { directory: root, images: positive, failed },
    'hand-over': { path: root, to: 'eva', images: positive, labels: positive },
    'plan-training': { directory: root, classifiers: positive, fields: positive, failed },
    'plan-slides': { directory: root, model: classNameOf(first.truth), slides: positive, failed },
    'collect-shards': {
      images: positive,
      missing: [{ name: first.n, index: 0, problem: 'missing' }],
      failed,
    },
    'open-test-set': { accuracy: positive / hidden.length },
    'learning-curve': { points: [positive] },
    'compare-encoders': { pairs: [{ accuracy: positive / hidden.length }] },
    backup: { header, problems },
    'verify-backup': { header, problems },
    restore: { header },
    'analyse-slides': {
      modelName: 'second',
      analyses: hidden.map((image) => ({ imageId: idOf(image), analysisId: 1, places: positive })),
      failed,
    },
    leaks: {
      imageIds: hidden.map(idOf),
      copies: [{ firstId: idOf(first), secondId: idOf(second) }],
      copyCount: 1,
      failed,
    },
  }
  const [name, count] = [classNameOf(first.truth), positive]
  const testSet = `set of ${name}`
  const errors: AppError[] = [
    new AppError('classes.in-use', { labels: header.labels }),
    new AppError('image.ambiguous', { image: name, count }),
    new AppError('reading.nothing-to-adjudicate', { image: name }),
    new AppError('user.labels-of-others', { name, role: 'technician', needed: 'pathologist', other: name }),
    new AppError('descriptors.other-values', { set: name, path: name }),
    new AppError('descriptors.no-image', { name }),
    new AppError('descriptors.ambiguous-name', { name, count }),
    new AppError('descriptors.incomplete', { name, missing: [name] }),
    new AppError('training.too-few-classes', { found: count, needed: 2 }),
    new AppError('training.too-few-cases', { className: name, cases: count, folds: 5 }),
    new AppError('training.images-missing', { className: name, images: count }),
    new AppError('training.too-few-images', { images: count, needed: 9 }),
    new AppError('learning-curve.too-few-cases', { cases: count }),
    new AppError('test-set.no-such-value', { column: 'case', value: name, known: [name] }),
    new AppError('test-set.case-on-both-sides', {
      case: name,
      cases: count,
      column: 'case',
      value: name,
      other: null,
    }),
    new AppError('test-set.not-found', { testSet }),
    new AppError('test-set.exists', { testSet }),
    new AppError('test-set.overlaps', { testSet, images: count }),
    new AppError('test-set.not-collecting', { testSet }),
    new AppError('test-set.released', { testSet }),
    new AppError('test-set.opened-before', { testSet, model: 'first', at: name }),
    new AppError('test-set.nothing-to-open', {
      testSet,
      model: 'first',
      unlabelled: count,
      trained: count,
      failed: 0,
    }),
    new AppError('test-set.no-opening', { opening: name }),
    new AppError('test-set.locked', { testSet, images: count }),
    new AppError('test-set.case-locked', { testSet, images: count }),
    new AppError('test-set.image-locked', { testSet, images: count }),
    new AppError('test-set.locked-meanwhile', { images: count }),
    new AppError('evaluation.invalid-table', { reason: name }),
    new AppError('slide.threshold-too-few', {
      model: 'first',
      needed: 10,
      positive: { slides: count, cases: count },
      negative: { slides: 1, cases: 1 },
      leftOut: { locked: 0, unlabelled: hidden.length, withoutCase: 0, trained: 0 },
    }),
    new AppError('slide.threshold-inseparable', { model: 'first', slides: count }),
    new AppError('shard.mixed', { makers: [name] }),
  ] as AppError[]
  return { reports, errors }
}

/** Jobs that `seedJobs` adds before all others. */
export const seededJobs = 20 + 31

/** Adds such jobs to a closed workspace, and falsifies the label of a withheld image, so that the trail is broken. */
export async function seedJobs(root: string, images: readonly Planned[]): Promise<void> {
  const path = join(root, 'w')
  const hashes = new Map(
    await Promise.all(images.map(async (image) => [image, await sha256Of(image.n)] as const)),
  )
  const store = openWorkspace(path, 'test')
  const ids = new Map(listImages(store.database).map(({ id, sha256 }) => [sha256, id]))
  const { reports, errors } = made(root, images, (image) => ids.get(hashes.get(image) ?? '') ?? 0)
  const add = (kind: JobKind, report: object | null, error: ErrorView | null): void => {
    const job = insertJob(store.database, kind, 'A job of before', {})
    const ended = {
      state: error === null ? 'done' : 'failed',
      report,
      error,
      endedAt: job.createdAt,
    } as const
    updateJob(store.database, { ...job, ...ended }, null)
  }
  if (Object.keys(reports).length + errors.length !== seededJobs) throw new Error('seededJobs is wrong')
  for (const [kind, report] of Object.entries(reports)) add(kind as JobKind, report, null)
  for (const error of errors) add('encode', null, toErrorView(error))
  store.close()
  const last = images.findLast(({ n }) => withheld.includes(n)) as Planned
  const imageId = ids.get(hashes.get(last) ?? '')
  tamper(path, (database) =>
    database.exec(`UPDATE labels SET comment = 'falsified ${last.truth}' WHERE image_id = ${imageId}`),
  ).close()
}
