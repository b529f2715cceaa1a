import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import {
  fromErrorView,
  type CallInput,
  type CallName,
  type CallOutput,
} from '../../../../electron/contract/index.ts'
import type { Application } from '../../../../electron/application/application.ts'
import { createApplication } from '../../../../electron/application/create-application.ts'
import { dispatch } from '../../../../electron/application/dispatch.ts'
import type { Tasks } from '../../../../electron/compute/tasks.ts'
import { hasEnded } from '../../../../electron/queue/queued-job.ts'
import { labelLine, readingsFileText } from '../../../support/readings-file.ts'
import { folds, quickCompute, quickPrediction } from './quick-compute.ts'

/** Calls the application of a test. */
export interface Caller {
  application: Application
  call: <N extends CallName>(name: N, input: CallInput<N>) => Promise<CallOutput<N>>
  /** Waits for a job that must succeed, and gives its report. */
  finish: (started: unknown) => Promise<unknown>
}

export function startApplication(
  homeDirectory: string,
  others: Partial<Tasks> = {},
  onTrain?: Parameters<typeof quickCompute>[1],
  door: Parameters<typeof createApplication>[0]['door'] = { tiles: '', choose: null, isCommandLine: true },
): Caller {
  const { launch } = quickCompute({ predict: () => Promise.resolve(quickPrediction), ...others }, onTrain)
  const application = createApplication({ homeDirectory, version: '0.0.0', launchCompute: launch, door })
  const call: Caller['call'] = async (name, input) => {
    const answer = await dispatch(application.handlers, name, input)
    if (!answer.ok) throw fromErrorView(answer.error)
    return answer.value as never
  }
  const finish: Caller['finish'] = async (started) => {
    const { jobId } = started as { jobId: number }
    for (;;) {
      const job = await call('job.get', { jobId })
      if (job.state === 'done') return job.report
      if (hasEnded(job)) throw new Error(`${job.title} ended: ${JSON.stringify(job.error)}`)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  return { application, call, finish }
}

const square = { kind: 'rectangle', left: 1, top: 1, right: 9, bottom: 9 } as const

/** Images that trained no model: one is locked and tested on, the other is locked and released. */
async function seedTestSets(root: string, { call, finish }: Pick<Caller, 'call' | 'finish'>): Promise<void> {
  for (const [name, file] of [
    ['Benign', 'X0.png'],
    ['Malignant', 'Y0.png'],
  ] as const) {
    mkdirSync(join(root, 'later', name), { recursive: true })
    const create = { width: 16, height: 12, channels: 3, background: { r: 200, g: 3, b: 40 } } as const
    await sharp({ create: { ...create, height: file === 'X0.png' ? 12 : 13 } })
      .png()
      .toFile(join(root, 'later', name, file))
  }
  const reason = 'The other hospital.'
  const paths = [join(root, 'later')]
  await finish(await call('image.import', { paths, labels: 'folder', casesPattern: '^.[0-9]' }))
  await call('testSet.lock', { name: 'site B', rule: { kind: 'cases', cases: ['X0'] }, reason })
  await finish(await call('testSet.open', { testSet: 'site B', model: 'first', reason }))
  await call('testSet.lock', { name: 'old', rule: { kind: 'cases', cases: ['Y0'] }, reason })
  await call('testSet.release', { testSet: 'old', reason: 'It is needed for training.' })
}

/** A workspace with something in every table, made as a user makes it; closed. */
export async function seededWorkspace(): Promise<{ root: string; path: string; remove: () => void }> {
  const root = mkdtempSync(join(tmpdir(), 'lobule-seeded-'))
  const path = join(root, 'w')
  const { application, call, finish } = startApplication(join(root, 'home'))
  for (const [c, name] of ['Benign', 'Malignant'].entries()) {
    mkdirSync(join(root, 'images', name), { recursive: true })
    for (let n = 0; n < folds; n++) {
      const background = { r: 20 * n, g: 90 * c, b: 99 }
      const create = { width: 16, height: 12, channels: 3, background } as const
      await sharp({ create })
        .png()
        .toFile(join(root, 'images', name, `${name[0] ?? ''}${n}.png`))
    }
  }
  await call('workspace.create', { path, classes: 'Benign,Malignant*' })
  await call('reader.add', { name: 'cleo' })
  await finish(
    await call('image.import', {
      paths: [join(root, 'images')],
      labels: 'folder',
      casesPattern: '^.[0-9]',
      pixelSizeUm: 0.5,
      copy: true,
    }),
  )
  await call('image.label', { imageIds: [1, 2], className: 'Malignant', reader: 'ben', comment: 'sure' })
  await call('image.label', { imageIds: [3], className: null, isUnsure: true, reader: 'ben' })
  await call('label.undo', { imageIds: [2], reader: 'ben' })
  await call('label.comment', { imageId: 1, comment: 'quite sure', reader: 'ben' })
  await call('undo.undo', { reader: 'ben' })
  await call('undo.redo', { reader: 'ben' })
  await call('reading.adjudicate', { imageIds: [1], className: 'Benign' })
  await call('image.setCase', { imageIds: [1], caseName: 'moved', reader: 'ben' })
  await call('undo.undo', { reader: 'ben' })
  await call('image.setRemoved', { imageIds: [2], isRemoved: true, reader: 'ben' })
  await call('undo.undo', { reader: 'ben' })
  await call('classes.rename', { name: 'Benign', newName: 'Not malignant', reason: 'A clearer name.' })
  await call('region.add', { imageId: 1, geometry: square, className: 'Benign', name: 'a', comment: 'b' })
  await call('region.change', { regionId: 1, comment: 'here' })
  await call('region.add', { imageId: 2, geometry: square, className: null, name: null, comment: null })
  await call('region.undo', { imageId: 2 })
  await call('classes.rename', { name: 'Not malignant', newName: 'Benign' })
  for (const name of ['first', 'second'])
    await finish(await call('model.train', { name, recipe: 'quick', regions: name === 'second' }))
  await call('model.promote', { model: 'first', reason: 'It is the first one.' })
  await call('model.promote', { model: 'second', reason: 'It is better.' })
  await call('model.rollback', { reason: 'It is not.' })
  const said = { item: '44', answer: 'None.', isNotApplicable: true }
  await call('checklist.answer', { checklist: 'claim', model: 'first', answers: [said] })
  await call('model.setOperatingPoint', { model: 'first', threshold: 0.33 })
  await finish(await call('model.export', { model: 'first', path: join(root, 'first.zip') }))
  await finish(await call('model.import', { path: join(root, 'first.zip'), name: 'third' }))
  await call('model.rename', { model: 'third', name: 'fourth', reason: 'A clearer name.' })
  await call('model.setRemoved', { model: 'fourth', isRemoved: true, reason: 'It is not used.' })
  await finish(await call('model.classify', { imageIds: null, model: 'first' }))
  await finish(await call('model.classify', { imageIds: [1, 2], model: 'second' }))
  await finish(await call('slide.analyse', { imageIds: [1], model: 'first', region: square }))
  await seedTestSets(root, { call, finish })
  const { sha256 } = await call('image.get', { imageId: 1 })
  writeFileSync(join(root, 'received.jsonl'), readingsFileText([sha256], [labelLine(sha256)]))
  await call('exchange.import', { path: join(root, 'received.jsonl') })
  await call('assignment.add', { imageIds: [1, 2], to: 'ben', due: '2026-12-31' })
  await call('assignment.remove', { imageIds: [2], to: 'ben' })
  // Turned off again, so that tests need not sign in.
  await call('user.add', { name: 'head', role: 'administrator', pin: 'a long walk' })
  await call('user.add', { name: 'ben', role: 'technician', account: 'ben' })
  await call('user.turnOff', { reason: 'One person works here again.' })
  await application.close()
  return { root, path, remove: () => rmSync(root, { recursive: true }) }
}
