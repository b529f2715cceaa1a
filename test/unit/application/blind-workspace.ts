import { createHash } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import type { Application } from '../../../electron/application/application.ts'
import { createApplication } from '../../../electron/application/create-application.ts'
import { dispatch } from '../../../electron/application/dispatch.ts'
import { tasks } from '../../../electron/compute/tasks.ts'
import {
  AppError,
  parseClassScheme,
  recipes,
  type Answer,
  type AnyEvent,
  type CallName,
  type CallOutput,
  type Recipe,
} from '../../../electron/contract/index.ts'
import { reportTraining } from '../../../electron/engine/evaluation/training-report.ts'
import { checkedGeometry } from '../../../electron/engine/regions/geometry.ts'
import { assignImages } from '../../../electron/features/assignments/assignments.ts'
import { addRegion } from '../../../electron/features/regions/change-regions.ts'
import { hasEnded } from '../../../electron/queue/queued-job.ts'
import { createWorkspace, insertImage, insertModel, insertVerdict } from '../../../electron/store/index.ts'
import { inProcessCompute } from '../../support/in-process-compute.ts'
import { newImage, newModel } from '../../support/rows.ts'
import { adjudicate, setLabels } from '../../support/at-once.ts'

export const classes = parseClassScheme('Normal,Lobular*')
const recipe = recipes['quick'] as Recipe

/** One image of a workspace to be read blind; `n` names its content. */
export interface Planned {
  n: number
  /** What its folder, its labels and its prediction say. */
  truth: 0 | 1
  labels: readonly { reader: string; classIndex: 0 | 1 }[]
  adjudicatedAs?: 0 | 1
  /** A region of Anna's. */
  hasRegion?: true
}

export const classNameOf = (index: 0 | 1): string => (classes[index] as { name: string }).name
const fileNameOf = ({ n, truth }: Planned): string => `secret-${classNameOf(truth).toLowerCase()}-${n}.png`
export const pathOf = (root: string, image: Planned): string =>
  join(root, 'pictures', classNameOf(image.truth), fileNameOf(image))
/** What a reader wrote about an image. */
export const commentOf = ({ n, truth }: Planned): string => `remark ${n} ${truth}`

/** Pixels are the same; bytes after the end of a PNG make each file one of its own. */
const pixels = sharp({ create: { width: 24, height: 20, channels: 3, background: '#b06090' } })
  .png()
  .toBuffer()
const contents = async (n: number): Promise<Buffer> =>
  Buffer.concat([await pixels, Buffer.from(`content ${n}`)])
export const sha256Of = async (n: number): Promise<string> =>
  createHash('sha256')
    .update(await contents(n))
    .digest('hex')

/** A workspace in which folders, names, labels, comments, regions, predictions and two models tell every class. */
export async function makeBlindWorkspace(root: string, images: readonly Planned[]): Promise<void> {
  const store = createWorkspace(join(root, 'w'), classes, 'test')
  const { database } = store
  const ids = new Map<number, number>()
  const paths = images.map((image) => ({ image, path: pathOf(root, image) }))
  for (const { image, path } of paths.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, await contents(image.n))
    const row = newImage(await sha256Of(image.n), {
      path,
      caseName: `case ${image.n}`,
      widthPx: 24,
      heightPx: 20,
    })
    ids.set(image.n, insertImage(database, row))
  }
  const idOf = ({ n }: Planned): number => ids.get(n) as number
  for (const image of images) {
    for (const { reader, classIndex } of image.labels)
      setLabels(database, [idOf(image)], classNameOf(classIndex), { reader, comment: commentOf(image) })
    if (image.adjudicatedAs !== undefined)
      adjudicate(database, [idOf(image)], classNameOf(image.adjudicatedAs), {
        reader: 'Anna',
        comment: commentOf(image),
      })
    if (image.hasRegion === true) {
      const square = { kind: 'rectangle', left: 1, top: 1, right: 9, bottom: 9 } as const
      const geometry = checkedGeometry(square, { widthPx: 24, heightPx: 20 })
      const content = {
        geometry,
        className: classNameOf(image.truth),
        name: `area ${image.n}`,
        comment: commentOf(image),
      }
      addRegion(database, idOf(image), content, { name: 'Anna', isHidden: () => false })
    }
  }
  const rows = await Promise.all(
    images.map(async (image, index) => ({
      name: fileNameOf(image),
      sha256: await sha256Of(image.n),
      caseName: `case ${image.n}`,
      fold: index % recipe.folds,
      truth: image.truth,
    })),
  )
  // The first model is wrong about every third image, the second about every fourth.
  for (const [name, wrong] of [
    ['first', 3],
    ['second', 4],
  ] as const) {
    const probabilities = rows.map(({ truth }, index) =>
      (truth === 1) === (index % wrong !== 0) ? [0.2, 0.8] : [0.8, 0.2],
    )
    const report = reportTraining(rows, probabilities, [probabilities], { recipe, classes, warnings: [] })
    insertModel(database, newModel(classes, { name, recipe, report }))
  }
  // Whose images are Anna's tells their classes; Bea, who reads blind, has the same ones in each such workspace.
  const assign = (to: string, assigned: readonly Planned[]): number =>
    assignImages(database, { imageIds: assigned.map(idOf), to, due: null })
  assign(
    'Anna',
    images.filter(({ truth }) => truth === 1),
  )
  assign(
    'Bea',
    images.filter(({ n }) => n % 3 === 0),
  )
  for (const image of images) {
    const probabilities = { Normal: 1 - image.truth, Lobular: image.truth }
    const suggested = classNameOf(image.truth)
    insertVerdict(database, {
      imageId: idOf(image),
      modelId: 2,
      suggested,
      probabilities,
      carcinomaScore: image.truth,
      outOfFold: false,
      boosters: 1,
      flags: [],
    })
  }
  store.close()
}

const noSpace = (path: string): string => `ENOSPC: no space left on device, write '${path}.npy'`

/** The window's application on such a workspace. */
export class BlindSession {
  readonly application: Application
  readonly heard: AnyEvent[] = []

  constructor(root: string) {
    this.application = createApplication({
      homeDirectory: join(root, 'home'),
      version: '0',
      launchCompute: inProcessCompute({
        ...tasks,
        encoderDemo: () => Promise.resolve({ installed: ['resnet50'] }),
        encoderFetch: () => Promise.resolve({ installed: ['resnet50'] }),
        encoderRequire: () => Promise.resolve({ source: 'untrained', fingerprints: { resnet50: 'w' } }),
        describe: ({ image: { path, sha256 } }) =>
          Promise.reject(
            /[0-7]$/.test(sha256)
              ? new AppError('image.truncated', { path, reason: 'cut' })
              : new AppError('path.not-writable', { path, reason: noSpace(path) }),
          ),
        heatMap: ({ image }) => Promise.reject(new Error(noSpace(image.path))),
        predict: () => Promise.reject(new AppError('model.corrupt', { model: 'second', reason: 'cut' })),
      }).launch,
      door: { tiles: '/slide', choose: null },
    })
    this.application.onEvent((event) => this.heard.push(event))
  }

  ask(name: CallName, input: unknown): Promise<Answer> {
    return dispatch(this.application.handlers, name, input)
  }

  async call<N extends CallName>(name: N, input: unknown): Promise<CallOutput<N>> {
    const answer = await this.ask(name, input)
    if (!answer.ok) throw new Error(`${name}: ${answer.error.message}`)
    return answer.value as CallOutput<N>
  }

  /** The job as it ended, if the answer names one. */
  async ended(answer: Answer): Promise<Answer> {
    const jobId = answer.ok ? (answer.value as { jobId?: number } | null)?.jobId : undefined
    if (jobId === undefined) return answer
    for (;;) {
      const job = await this.ask('job.get', { jobId })
      if (!job.ok || hasEnded(job.value as CallOutput<'job.get'>)) return job
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  async readBlindAs(name: string): Promise<void> {
    await this.call('reader.set', { name })
    await this.call('reader.setBlind', { isBlind: true })
    this.heard.length = 0
  }
}

/** A file that is gone, or another one in its place. */
export function loseFile(root: string, image: Planned): void {
  rmSync(pathOf(root, image))
}
export function changeFile(root: string, image: Planned): void {
  writeFileSync(pathOf(root, image), 'something else')
}
