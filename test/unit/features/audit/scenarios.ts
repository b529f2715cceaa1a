import { renameSync } from 'node:fs'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import type { CallInput, CallName } from '../../../../electron/contract/index.ts'
import { KnownHeads } from '../../../../electron/features/audit/known-heads.ts'
import { labelledSlides } from '../../../support/labelled-slides.ts'
import { assignmentScenarios } from './assignment-scenarios.ts'
import { classScenarios } from './class-scenarios.ts'
import { exchangeScenarios } from './exchange-scenarios.ts'
import { folds } from './quick-compute.ts'
import { scenario, tissueText, type Audited, type Scenario, type Tools } from './scenario.ts'
import { shardScenarios } from './shard-scenarios.ts'
import { userScenarios } from './user-scenarios.ts'

const ownEncoder = join(import.meta.dirname, '../../../references/encoders/own/map-last')

const square = { kind: 'rectangle', left: 1, top: 1, right: 9, bottom: 9 } as const
const region = { imageId: 1, geometry: square, className: 'Benign', name: null, comment: null } as const

/** In an order in which each finds what it needs; a call of the contract without a scenario does not compile. */
export function scenariosOf({ call, finish, hasEnded, file }: Tools): Record<Audited, Scenario> {
  const run =
    <N extends CallName>(name: N, input: () => CallInput<N>) =>
    async (): Promise<void> =>
      finish((await call(name, input())) as { jobId: number })
  const just =
    <N extends CallName>(name: N, input: () => CallInput<N>) =>
    async (): Promise<void> => {
      await call(name, input())
    }

  return {
    // The beginning of the trail, and what the workspace was created with.
    'workspace.create': scenario(
      ['chain', 'chain'],
      just('workspace.create', () => ({ path: file('w'), classes: 'Benign,Malignant*' })),
    ),
    ...classScenarios({ call }),
    'reader.add': scenario(['reader'], async () => {
      await call('reader.add', { name: 'ben' })
    }),
    'reader.set': scenario(
      ['reader'],
      just('reader.set', () => ({ name: 'ben' })),
    ),
    'reader.setBlind': scenario(['reading'], async () => {
      await call('reader.setBlind', { isBlind: true })
    }),
    'encoder.demo': scenario(
      ['encoder', 'encoder'],
      run('encoder.demo', () => ({ names: ['resnet50'] })),
    ),
    'encoder.fetch': scenario(
      ['encoder', 'encoder'],
      run('encoder.fetch', () => ({ names: ['resnet50'] })),
    ),
    'encoder.import': scenario(
      ['encoder', 'encoder'],
      run('encoder.import', () => ({ paths: [file('a.h5')] })),
    ),
    'encoder.install': scenario(['encoder', 'encoder'], async () => {
      const { own } = await call('encoder.inspect', { path: ownEncoder })
      await finish(await call('encoder.install', { path: ownEncoder, fingerprint: own.encoder.fingerprint }))
    }),
    'encoder.remove': scenario(
      ['encoder', 'encoder'],
      run('encoder.remove', () => ({ name: 'map-last' })),
    ),
    // Each image, and its label from the folder of its class, between the job's beginning and its end.
    'descriptors.import': scenario(
      ['import', 'import'],
      run('descriptors.import', () => ({ directory: file('train'), name: 'theirs' })),
    ),
    'image.import': scenario(
      ['import', ...Array.from({ length: 2 * folds }, () => ['import', 'label'] as const).flat(), 'import'],
      run('image.import', () => ({ paths: [file('images')], labels: 'folder', casesPattern: null })),
    ),
    // Before anything was computed from it.
    'image.setPixelSize': scenario(
      ['image'],
      just('image.setPixelSize', () => ({ imageIds: [1], pixelSizeUm: 0.5 })),
    ),
    'image.setCase': scenario(
      ['image'],
      just('image.setCase', () => ({ imageIds: [1], caseName: 'moved' })),
    ),
    ...assignmentScenarios({ call }),
    // By a reader of their own: what is undone and redone below are steps of ben.
    'image.setRemoved': scenario(
      ['image'],
      just('image.setRemoved', () => ({ imageIds: [2], isRemoved: false, reader: 'eva' })),
      just('image.setRemoved', () => ({ imageIds: [2], isRemoved: true, reader: 'eva' })),
    ),
    'image.label': scenario(
      ['label', 'label'],
      just('image.label', () => ({ imageIds: [1, 2], className: 'Malignant', reader: 'ben' })),
    ),
    'label.undo': scenario(
      ['undo', 'undo'],
      just('label.undo', () => ({ imageIds: [1, 2], reader: 'ben' })),
    ),
    'undo.redo': scenario(
      ['redo', 'redo'],
      just('undo.redo', () => ({ reader: 'ben' })),
    ),
    'label.comment': scenario(
      ['comment'],
      just('label.comment', () => ({ imageId: 1, comment: 'a hint', reader: 'ben' })),
    ),
    'undo.undo': scenario(
      ['undo', 'undo'],
      just('undo.undo', () => ({ reader: 'ben' })),
      // The comment is undone before the labels.
      just('undo.undo', () => ({ reader: 'ben' })),
    ),
    'reading.adjudicate': scenario(
      ['adjudication'],
      just('reading.adjudicate', () => ({ imageIds: [1], className: 'Benign' })),
    ),
    'image.writeAccount': scenario(['export'], async () => {
      const jobs = await call('job.list', {})
      const jobId = jobs.find(({ kind }) => kind === 'import')?.id ?? 0
      await call('image.writeAccount', { jobId, path: file('account.csv') })
    }),
    ...exchangeScenarios({ call, finish, file }),
    'region.add': scenario(
      ['region'],
      just('region.add', () => region),
    ),
    'region.change': scenario(
      ['region'],
      just('region.change', () => ({ regionId: 1, comment: 'here' })),
    ),
    'region.delete': scenario(
      ['region'],
      just('region.delete', () => ({ regionId: 1 })),
    ),
    'region.undo': scenario(
      ['region'],
      just('region.undo', () => ({ imageId: 1 })),
    ),
    'region.export': scenario(
      ['export'],
      just('region.export', () => ({ imageId: 1, path: file('regions.geojson') })),
    ),
    'region.import': scenario(
      ['region'],
      just('region.import', () => ({ imageId: 2, source: { path: file('regions.geojson') } })),
    ),
    // The first model, better than guessing, is put in use.
    'model.train': scenario(
      ['training', 'promotion'],
      run('model.train', () => ({ name: 'first', recipe: 'quick' })),
    ),
    ...shardScenarios({ call, finish, file }),
    'model.promote': scenario(
      ['promotion'],
      just('model.promote', () => ({ model: 'first', reason: 'It is the first one.' })),
    ),
    'model.rollback': scenario(
      ['rollback'],
      just('model.rollback', () => ({})),
    ),
    'model.rename': scenario(['model-change', 'model-change'], async () => {
      await call('model.rename', { model: 'first', name: 'a', reason: 'A clearer name.' })
      await call('model.rename', { model: 'a', name: 'first' })
    }),
    'model.setOperatingPoint': scenario(
      ['operating-point'],
      just('model.setOperatingPoint', () => ({ model: 'first', threshold: 0.33 })),
    ),
    'model.writeReport': scenario(
      ['report'],
      just('model.writeReport', () => ({ model: null, path: file('model.html') })),
    ),
    'checklist.answer': scenario(
      ['checklist', 'checklist'],
      just('checklist.answer', () => ({
        checklist: 'claim',
        model: null,
        answers: [
          { item: '44', answer: 'None.' },
          { item: '5', answer: 'There is no protocol.', isNotApplicable: true },
        ],
      })),
    ),
    'model.writeEncoderComparison': scenario(
      ['report'],
      just('model.writeEncoderComparison', () => ({ path: file('encoders.json') })),
      run('model.compareEncoders', () => ({ recipe: 'quick', encoders: ['resnet50'] })),
    ),
    'checklist.write': scenario(
      ['report'],
      just('checklist.write', () => ({ form: 'claim', model: null, path: file('claim.txt') })),
    ),
    'model.writeVerdicts': scenario(
      ['export'],
      just('model.writeVerdicts', () => ({ model: null, path: file('verdicts.csv'), images: [] })),
    ),
    'model.export': scenario(
      ['export'],
      run('model.export', () => ({ model: 'first', path: file('first.zip') })),
    ),
    // The operating point is imported too.
    'model.import': scenario(
      ['model', 'operating-point'],
      run('model.import', () => ({ path: file('first.zip'), name: 'second' })),
    ),
    'model.setRemoved': scenario(
      ['model-change'],
      just('model.setRemoved', () => ({ model: 'second', isRemoved: true, reason: 'Not used.' })),
    ),
    // Image 1 has a pixel size.
    'slide.setTissue': scenario(
      ['region'],
      just('slide.setTissue', () => ({ imageId: 1, source: { text: tissueText } })),
    ),
    'slide.writeTissue': scenario(
      ['export'],
      just('slide.writeTissue', () => ({ imageId: 1, path: file('tissue.geojson') })),
    ),
    'slide.analyse': scenario(
      ['slide'],
      run('slide.analyse', () => ({ imageIds: [1], model: 'first' })),
    ),
    'slide.write': scenario(
      ['export'],
      just('slide.write', () => ({ imageId: 1, analysisId: 1, directory: file('slides'), formats: ['csv'] })),
    ),
    // Each image is listed as failed, and the retry covers these.
    'model.classify': scenario(
      ['classification', 'classification'],
      run('model.classify', () => ({ imageIds: [1, 2], model: 'first' })),
    ),
    'job.retry': scenario(['classification', 'classification'], async () => {
      const [last] = await call('job.list', {})
      await finish(await call('job.retry', { jobId: last?.id ?? 0 }))
    }),
    'job.resume': scenario(
      ['classification', 'classification'],
      async () => {
        const [last] = await call('job.list', {})
        await call('job.resume', { jobId: last?.id ?? 0 })
        await finish({ jobId: last?.id ?? 0 })
      },
      async () => {
        const { jobId } = await call('model.classify', { imageIds: [1], model: 'first' })
        await call('job.cancel', { jobId })
        while (!(await hasEnded(jobId))) await new Promise((resolve) => setTimeout(resolve, 5))
      },
    ),
    'backup.create': scenario(
      ['backup'],
      run('backup.create', () => ({ path: file('w.tar') })),
    ),
    // Each image that was found, too.
    'workspace.relink': scenario(
      Array.from({ length: 2 * folds + 2 }, () => 'relink' as const),
      run('workspace.relink', () => ({ directory: file('elsewhere') })),
      () => {
        renameSync(file('images'), file('elsewhere'))
        return Promise.resolve()
      },
    ),
    'case.report': scenario(
      ['report'],
      just('case.report', () => ({ imageIds: [1, 2], path: file('case.html') })),
    ),
    'worklist.export': scenario(
      ['export'],
      just('worklist.export', () => ({ path: file('worklist.csv') })),
    ),
    'audit.accept': scenario(
      ['chain'],
      just('audit.accept', () => ({ reason: 'A backup.' })),
      async () => {
        // As if this machine had seen a newer state of it.
        const { path, createdAt } = await call('workspace.info', {})
        new KnownHeads(file('home')).save(path, { createdAt, event: 999, hash: 'f'.repeat(64) })
      },
    ),
    'audit.export': scenario(
      ['export'],
      just('audit.export', () => ({ path: file('trail.jsonl') })),
    ),
    'workspace.mend': scenario(['chain'], async () => {
      const { path } = await call('workspace.info', {})
      await call('workspace.close', {})
      const database = new Sqlite(join(path, 'workspace.sqlite'))
      database.exec('DROP TRIGGER labels_no_update')
      database.close()
      await call('workspace.mend', { path, reason: 'Another program removed it.' })
      await call('workspace.open', { path })
    }),
    // An image that trained no model.
    'testSet.lock': scenario(
      ['test-set'],
      just('testSet.lock', () => ({
        name: 'site B',
        rule: { kind: 'images', imageIds: [2 * folds + 1] },
        reason: 'Another site.',
      })),
      async () =>
        finish(await call('image.import', { paths: [file('tested')], labels: 'folder', casesPattern: null })),
    ),
    'testSet.open': scenario(
      ['test-set'],
      run('testSet.open', () => ({ testSet: 'site B', model: 'first', reason: 'The final test.' })),
    ),
    'testSet.release': scenario(
      ['test-set'],
      just('testSet.release', () => ({ testSet: 'site B', reason: 'More data.' })),
    ),
    'testSet.close': scenario(
      ['test-set'],
      just('testSet.close', () => ({ testSet: 'site C' })),
      async () => {
        await call('testSet.lock', { name: 'site C', rule: { kind: 'later' }, reason: 'x' })
      },
    ),
    // It imports slides, which the others do not know.
    'slide.calibrate': scenario(
      ['slide-threshold'],
      just('slide.calibrate', () => ({ model: 'first' })),
      async () => {
        await labelledSlides(file('slides of cases'), 'first', { call, finish })
      },
    ),
    ...userScenarios({ call }),
  }
}
