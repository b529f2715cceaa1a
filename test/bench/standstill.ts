/**
 * How long the main process stands still in each call, in a workspace of many images that are all labelled and predicted:
 * `npm run bench -- standstill [--images 10000] [--only image.label,blind]`. The answers are written as JSON, as for the page.
 * The figure that counts is the processor time of the longest stretch; the time on the clock includes other programs.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createApplication } from '../../electron/application/create-application.ts'
import { dispatch } from '../../electron/application/dispatch.ts'
import { pause } from '../../electron/base/slices.ts'
import { forkCompute } from '../../electron/compute/fork.ts'
import type { AnyEvent, Answer, CallName, JobView } from '../../electron/contract/index.ts'
import { frameTexts } from '../../electron/server/frames.ts'
import { EventLoopWatch } from '../fuzz/event-loop-watch.ts'
import { machineLine } from './support/figures.ts'
import { makeLargeWorkspace } from './support/large-workspace.ts'

const { values } = parseArgs({
  options: { images: { type: 'string', default: '10000' }, only: { type: 'string' } },
})
const only = values.only?.split(',')
const imageCount = Number(values.images)
const root = mkdtempSync(join(tmpdir(), 'lobule-standstill-'))
const path = (name: string): string => join(root, name)
const imageIds = Array.from({ length: imageCount }, (_, index) => index + 1)

/** GeoJSON of so many squares with ids of their own; `shift` moves all of them. */
function squares(count: number, shift: number): string {
  const features = Array.from({ length: count }, (_, index) => {
    const [left, top] = [(index % 100) * 20 + shift, Math.floor(index / 100) * 20]
    const corner = (k: number): [number, number] => [
      left + 8 + Math.round(8 * Math.cos((k / 10) * Math.PI)),
      top + 8 + Math.round(8 * Math.sin((k / 10) * Math.PI)),
    ]
    const ring = Array.from({ length: 21 }, (_, k) => corner(k % 20))
    return {
      type: 'Feature',
      id: `01234567-89ab-4def-8123-${index.toString(16).padStart(12, '0')}`,
      geometry: { type: 'Polygon', coordinates: [ring] },
      properties: { objectType: 'annotation', name: 'a' },
    }
  })
  return JSON.stringify({ type: 'FeatureCollection', features })
}

const all = { imageIds }
const steps: readonly (readonly [CallName, object, string?])[] = [
  ['image.list', {}],
  ['image.label', { ...all, className: 'Benign' }],
  ['undo.state', {}],
  ['undo.undo', {}],
  ['undo.redo', {}],
  ['label.undo', { ...all }],
  ['undo.undo', {}, 'undo.undo of label.undo'],
  ['image.label', { ...all, className: null }, 'image.label (withdrawal)'],
  ['undo.undo', {}, 'undo.undo of the withdrawal'],
  ['reading.adjudicate', { ...all, className: 'Benign' }],
  ['undo.undo', {}, 'undo.undo of the adjudication'],
  ['image.setPixelSize', { ...all, pixelSizeUm: 0.5 }],
  ['region.import', { imageId: 1, source: { text: squares(5000, 0) } }],
  ['region.list', { imageId: 1 }],
  ['region.history', { imageId: 1 }],
  ['region.export', { imageId: 1, path: null }],
  ['region.import', { imageId: 1, source: { text: squares(5000, 1) } }, 'region.import (all changed)'],
  ['undo.undo', {}, 'undo.undo of the changed regions'],
  ['undo.redo', {}, 'undo.redo of the changed regions'],
  ['undo.undo', {}, 'undo.undo of the changed regions, again'],
  ['undo.undo', {}, 'undo.undo of the new regions'],
  ['label.list', {}],
  ['label.export', { path: path('labels.csv') }],
  ['label.export', { path: path('history.csv'), history: true }, 'label.export (history)'],
  ['worklist.export', { path: path('worklist.csv') }],
  ['model.verdicts', { model: 'benchmark' }],
  [
    'model.writeVerdicts',
    {
      model: null,
      path: path('v.csv'),
      images: imageIds.map((imageId) => ({ imageId, file: `${imageId}.png` })),
    },
  ],
  ['model.list', {}],
  ['model.estimate', { recipe: 'quick' }],
  ['model.accuracyInUse', { model: null }],
  ['workspace.info', {}],
  ['workspace.current', {}],
  ['reader.list', {}],
  ['reading.agreement', {}],
  ['reading.agreement', { basis: 'independent' }, 'reading.agreement (independent)'],
  ['reading.study', {}],
  ['testSet.list', {}],
  [
    'testSet.lock',
    { name: 'locked', rule: { kind: 'images', imageIds: imageIds.slice(0, imageCount / 2) }, reason: 'why' },
  ],
  ['testSet.release', { testSet: 'locked', reason: 'why' }],
  ['leak.report', {}],
  ['job.list', {}],
  ['audit.list', {}],
  ['audit.list', { text: 'benign' }, 'audit.list (with a text)'],
  ['audit.verify', {}],
  ['audit.export', { path: path('trail.csv') }],
  // Before, there are 2 500 cases, for whatever compares cases.
  ['image.setCase', { ...all, caseName: 'one' }],
  ['case.report', { caseName: 'one', path: path('case.html') }],
  ['workspace.check', {}],
  ['storage.clean', { descriptors: true, explanations: true, leftovers: true }],
  ['backup.create', { path: path('b.tar') }],
  ['model.classify', { imageIds: null, model: 'benchmark' }],
  ['reader.setBlind', { isBlind: true }],
  ['image.list', {}, 'image.list (blind)'],
  ['workspace.info', {}, 'workspace.info (blind)'],
  ['label.list', {}, 'label.list (blind)'],
  ['reader.setBlind', { isBlind: false }, 'reader.setBlind (end)'],
]

const line = (what: string, cells: readonly string[]): string =>
  `${what.padEnd(42)}${cells.map((cell) => cell.padStart(14)).join('')}`

try {
  await makeLargeWorkspace(path('w'), imageCount, 1)
  const ended = new Map<number, (job: JobView) => void>()
  const application = createApplication({
    homeDirectory: path('home'),
    version: 'benchmark',
    launchCompute: forkCompute(fileURLToPath(new URL('../../electron/compute/process.ts', import.meta.url))),
    door: { tiles: '/slide', choose: null },
  })
  application.onEvent((event: AnyEvent) => {
    if (event.name === 'job.changed' && event.payload.endedAt !== null)
      ended.get(event.payload.id)?.(event.payload)
  })
  const ask = (name: CallName, input: object): Promise<Answer> => dispatch(application.handlers, name, input)
  const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))
  await ask('reader.set', { name: 'eva' })
  console.log(machineLine())
  console.log(line('call', ['longest (CPU)', '(on the clock)', 'CPU in all', 'answer']))
  for (const [name, input, title = name] of [['workspace.open', { path: path('w') }] as const, ...steps]) {
    if (only !== undefined && name !== 'workspace.open' && !only.some((part) => title.includes(part)))
      continue
    await turn()
    const watch = new EventLoopWatch()
    const answer = await ask(name, input)
    let length = 0
    for (const text of frameTexts({ id: 1, answer })) {
      length += text.length
      await pause()
    }
    const jobId = answer.ok ? (answer.value as { jobId?: number } | null)?.jobId : undefined
    if (jobId !== undefined) {
      const end = new Promise((resolve) => ended.set(jobId, resolve))
      const now = await ask('job.get', { jobId })
      if (!now.ok || (now.value as JobView).endedAt === null) await end
    }
    await turn()
    const { gaps, cpuSeconds } = watch.report()
    const [longest] = gaps
    console.log(
      line(title, [
        `${longest?.cpuMs} ms`,
        `${longest?.wallMs} ms`,
        `${cpuSeconds.toFixed(2)} s`,
        answer.ok ? `${Math.ceil(length / 1024)} KiB` : answer.error.code,
      ]),
    )
  }
  await application.close()
} finally {
  rmSync(root, { recursive: true, force: true })
}
