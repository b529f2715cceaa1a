import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  calls,
  type Answer,
  type AnyEvent,
  type CallName,
  type ImageView,
} from '../../../electron/contract/index.ts'
import { expectNoClass, normalised, objectsIn, rowsIn } from './blind-answers.ts'
import { both, changed, decided, lost, planned, regionOf, withheld } from './blind-plans.ts'
import {
  BlindSession,
  changeFile,
  commentOf,
  loseFile,
  makeBlindWorkspace,
  pathOf,
  sha256Of,
  type Planned,
} from './blind-workspace.ts'

/**
 * Every call of the contract, by a reader who reads blind, on two workspaces with the same pictures. They differ in
 * everything that is withheld: classes, folders, file names, order of import, labels, readers, comments, adjudications,
 * regions, predictions, reports. No answer, event or error may hold any of it, and none may differ.
 */

interface Heard {
  root: string
  images: readonly Planned[]
  /** What each call answered, and its job in the end. */
  answers: [CallName, Answer][]
  events: readonly AnyEvent[]
}
let runs: { first: Heard; second: Heard }

/** The id of an image for a blind reader. */
const idOf = async (n: number): Promise<number> =>
  2 ** 52 + Number.parseInt((await sha256Of(n)).slice(0, 12), 16) * 16

type Inputs = { [N in CallName]: readonly object[] }

/** At least one input for each call of the contract; a new call does not compile without one. */
async function inputsOf(root: string): Promise<Inputs> {
  const file = (name: string): string => join(root, 'out', name)
  const picture = join(root, 'pictures', 'Lobular', 'secret-lobular-5.png')
  const folder = join(root, 'pictures', 'Lobular')
  const [own, hidden] = [await idOf(0), await idOf(5)]
  const ids = await Promise.all(withheld.map(idOf))
  const everyImage = [own, ...ids].map((imageId) => ({ imageId }))
  const asOthers = ['Anna', 'Zed'].map((reader) => ({ reader }))
  const plan = {
    imageSha256: await sha256Of(5),
    widthPx: 24,
    heightPx: 20,
    sizePx: 8,
    seed: 1,
    augmentation: 0,
  }
  const crop = { top: 0, left: 0, sizePx: 8, quarterTurns: 0, flipVertical: false, flipHorizontal: false }
  const square = { kind: 'rectangle', left: 1, top: 1, right: 9, bottom: 9 }
  const labels = { labels: 'folder', casesPattern: null }
  const describe = {
    encoder: 'resnet50',
    cropPx: 64,
    augmentations: 1,
    mode: 'crops',
    seed: 1,
    backend: 'auto',
    raw: false,
    identity: false,
  }
  return {
    'app.info': [{}],
    'app.acknowledge': [{}],
    'app.doctor': [{}],
    'dialog.choose': [{ kind: 'files' }],
    'directory.list': [{ path: root }, { path: folder }, { path: dirname(folder) }],
    'directory.create': [{ path: file('new') }, { path: folder }],
    'workspace.recent': [{}],
    'workspace.current': [{}],
    'workspace.info': [{}],
    'workspace.check': [{}],
    'workspace.relink': [{ directory: folder }],
    'storage.clean': [{ descriptors: true, explanations: true, leftovers: true }],
    'classes.set': [
      {
        classes: [
          { name: 'A', isPositive: false, key: '1', colour: '#0072b2' },
          { name: 'B', isPositive: true, key: '2', colour: '#d55e00' },
        ],
      },
    ],
    'demo.create': [{ directory: file('demo'), perClass: 1, seed: 1, widthPx: 64, heightPx: 64 }],
    'image.import': [
      { paths: [folder], ...labels },
      { paths: [picture], ...labels, pixelSizeUm: 0.7 },
    ],
    'image.setCase': [{ imageIds: [hidden], caseName: 'x' }],
    'image.setPixelSize': [{ imageIds: [hidden], pixelSizeUm: 0.5 }],
    'image.proposeCases': [{ paths: [folder] }],
    'image.preview': [{ paths: [folder], ...labels }],
    'image.list': [{}],
    'image.get': [...everyImage, ...Array.from({ length: 16 }, (_, index) => ({ imageId: index + 1 }))],
    'image.verdicts': everyImage,
    'image.label': [
      { imageIds: [own], className: 'Normal' },
      ...asOthers.map((other) => ({ imageIds: [hidden], className: 'Normal', ...other })),
      { imageIds: [hidden], className: null },
      { imageIds: [hidden, 5], className: 'Normal' },
      { imageIds: [hidden], className: 'Nothing' },
    ],
    'label.list': [{}, ...everyImage],
    'label.export': [{ path: file('labels.csv') }],
    'label.comment': [
      { imageId: hidden, comment: 'x' },
      ...asOthers.map((other) => ({ imageId: hidden, ...other })),
    ],
    'undo.state': [{}, ...asOthers],
    'undo.undo': [{}, { confirmBlind: true }, ...asOthers],
    'undo.redo': [{}, { confirmBlind: true }, ...asOthers],
    'label.undo': [{ imageIds: [hidden] }, ...asOthers.map((other) => ({ imageIds: [hidden], ...other }))],
    'drop.begin': [{ files: 1, bytes: 10 }],
    'drop.discard': [{ dropId: '0123456789abcdef' }],
    'reader.list': [{}],
    'reader.add': [{ name: 'Dora' }, { name: 'Anna' }, { name: 'bea' }, { name: 'Beа' }],
    'reader.set': [{ name: 'Bea' }, { name: 'BEA\u0301' }],
    'reader.setBlind': [{ isBlind: true }],
    'reading.agreement': [{}, { basis: 'independent' }],
    'reading.adjudicate': [{ imageIds: [hidden], className: 'Normal' }],
    'region.list': [...everyImage, { imageId: hidden, ...asOthers[0] }],
    'region.history': everyImage,
    'region.add': [{ imageId: await idOf(regionOf), geometry: square, comment: 'mine' }],
    'region.change': [
      { regionId: 1, comment: 'x' },
      { regionId: 2, comment: 'y' },
      { regionId: 9, comment: 'z' },
    ],
    'region.delete': [{ regionId: 1 }],
    'region.undo': [{ imageId: await idOf(regionOf) }, { imageId: hidden }],
    'region.export': [
      { imageId: hidden, path: null },
      { imageId: hidden, path: file('nowhere/regions.geojson') },
    ],
    'region.import': [
      { imageId: hidden, source: { path: file('none.geojson') } },
      { imageId: hidden, source: { text: '{' } },
    ],
    'encoder.list': [{}],
    'encoder.demo': [{ names: ['resnet50'] }],
    'encoder.fetch': [{ names: ['resnet50'] }],
    'encoder.import': [{ paths: [file('x.h5')] }],
    'leak.compare': [{}],
    'leak.report': [{}],
    'descriptors.encode': [{ recipe: 'quick', backend: 'auto' }],
    'descriptors.describe': [{ image: picture, out: file('x.npy'), ...describe }],
    'descriptors.import': [{ directory: folder, name: 'set' }],
    'descriptors.sets': [{}],
    'recipe.list': [{}],
    'model.list': [{}],
    'model.train': [
      { name: 'new', recipe: 'quick' },
      { name: 'new', recipe: 'quick', changes: { folds: 10 } },
    ],
    'model.estimate': [{ recipe: 'quick' }],
    'model.report': [{ model: null }, { model: 'first' }],
    'model.accuracyInUse': [{ model: null }, { model: 'second' }],
    'model.writeReport': [{ model: 'first', path: file('m.html') }],
    'model.compare': [{ first: 'first', second: 'second' }],
    'model.promote': [{ model: 'first', reason: 'better' }, { model: 'none' }],
    'model.rollback': [{ reason: 'worse' }, {}],
    'model.promotions': [{}],
    'model.setOperatingPoint': [{ model: 'second', threshold: 0.4 }],
    'model.subgroups': [{ model: 'first', column: 'folder' }],
    'model.learningCurve': [{ model: 'first' }, { model: null, repeats: 1 }],
    'testSet.list': [{}],
    'testSet.lock': [
      { name: 'locked', rule: { kind: 'later' }, reason: 'why' },
      { name: 'locked', rule: { kind: 'images', imageIds: [hidden] }, reason: 'why' },
    ],
    'testSet.close': [{ testSet: 'locked' }],
    'testSet.release': [{ testSet: 'locked', reason: 'why' }],
    'testSet.open': [{ testSet: 'locked', model: 'first', reason: 'why' }],
    'testSet.opening': [{ openingId: 1 }],
    'model.export': [{ model: 'first', path: file('m.zip') }],
    'model.import': [{ path: picture }],
    'model.verdicts': [{ model: 'first' }, { model: 'second' }],
    'model.classify': [
      { imageIds: null, model: 'second' },
      { imageIds: ids, model: 'second' },
      { imageIds: [own], model: null },
    ],
    'model.writeVerdicts': [
      { model: null, path: file('v.csv'), images: [{ imageId: hidden, file: 'x.png' }] },
    ],
    'explanation.create': [
      { imageId: own, model: null },
      { imageId: hidden, model: null },
    ],
    'explanation.get': [
      { imageId: own, model: null },
      { imageId: hidden, model: null },
    ],
    'explanation.write': [
      { imageId: own, model: null, path: file('e.png') },
      { imageId: hidden, model: null, path: file('e.png') },
    ],
    'evaluation.table': [{ path: file('none.csv'), positive: null, thresholds: [] }],
    'view.stains': everyImage,
    'crops.plan': [{ path: picture, sizePx: 8, count: 1, seed: 1, augmentation: 0 }],
    'crops.cut': [{ path: picture, plan: { ...plan, crops: [crop] }, directory: file('crops') }],
    'quality.assess': [{ paths: [folder], recipe: 'quick' }],
    'picture.resample': [{ input: picture, output: file('a.png'), scale: 0.5 }],
    'stain.normalize': [{ input: picture, output: file('a.png'), reference: null }],
    'stain.augment': [{ input: picture, output: file('a.png'), hematoxylin: 1, eosin: 1 }],
    'case.report': [{ caseName: 'case 5', path: file('c.html') }],
    'worklist.export': [{ path: file('w.csv') }],
    'audit.list': [{}],
    'audit.verify': [{}, { head: 'a'.repeat(64) }],
    'audit.accept': [{ reason: 'a backup' }],
    'audit.state': [{}],
    'audit.export': [{ path: file('a.csv') }],
    'backup.create': [{ path: file('b.tar') }],
    'backup.verify': [{ path: file('b.tar') }, { path: file('none.tar') }],
    'backup.restore': [{ path: file('b.tar'), directory: file('restored') }],
    'backup.rescue': [{ directory: file('rescued') }, { directory: file('other'), workspace: folder }],
    'backup.state': [{}],
    'backup.schedule': [
      {
        every: 'never',
        folder: null,
        withDerived: false,
        keep: { daily: 7, weekly: 4, monthly: 12 },
        remindAfterDays: 0,
      },
    ],
    'workspace.mend': [{ path: join(root, 'w'), reason: 'why' }],
    'job.list': [{}],
    'job.get': Array.from({ length: 22 }, (_, index) => ({ jobId: index + 1 })),
    'job.images': Array.from({ length: 16 }, (_, index) => ({ jobId: index + 1 })),
    'job.cancel': [{ jobId: 1 }, { jobId: 99 }],
    'job.pause': [{ jobId: 1 }, { jobId: 3 }],
    'job.resume': [{ jobId: 1 }, { jobId: 3 }],
    'job.retry': [{ jobId: 1 }, { jobId: 2 }, { jobId: 3 }, { jobId: 4 }],
    'workspace.close': [{}],
    'workspace.create': [{ path: file('other'), classes: 'A,B' }],
    'workspace.open': [{ path: join(root, 'w') }],
  }
}

async function run(which: keyof typeof both): Promise<Heard> {
  const root = mkdtempSync(join(tmpdir(), 'lobule-blind-'))
  const images = planned(which)
  await makeBlindWorkspace(root, images)
  mkdirSync(join(root, 'out'))
  const session = new BlindSession(root)
  const ask = async (name: CallName, input: object): Promise<Answer> =>
    session.ended(await session.ask(name, input))
  // Before blindness begins: jobs whose titles, reports and errors name files.
  await session.call('workspace.open', { path: join(root, 'w') })
  await session.call('reader.set', { name: 'Anna' })
  const hidden = (await session.call('image.list', {})).find(({ sha256 }) => sha256 === hash) as ImageView
  loseFile(root, both[which](lost))
  changeFile(root, both[which](changed))
  await ask('explanation.create', { imageId: hidden.id, model: null })
  await ask('image.import', { paths: [join(root, 'pictures')], labels: 'none', casesPattern: null })
  await ask('model.classify', { imageIds: null, model: 'second' })
  await ask('descriptors.describe', {
    ...(await inputsOf(root))['descriptors.describe'][0],
    image: pathOf(root, both[which](5)),
  })
  await ask('descriptors.encode', { recipe: 'quick', backend: 'auto' })
  await ask('workspace.check', {})
  await ask('workspace.relink', { directory: join(root, 'out') })
  await session.readBlindAs('Bea')
  for (const n of decided)
    await session.call('image.label', { imageIds: [await idOf(n)], className: 'Normal' })

  const answers: [CallName, Answer][] = []
  for (const [name, inputs] of Object.entries(await inputsOf(root)) as [CallName, object[]][])
    for (const input of inputs) answers.push([name, await ask(name, input)])
  await session.application.close()
  return { root, images, answers, events: [...session.heard] }
}

let hash: string
beforeAll(async () => {
  hash = await sha256Of(5)
  runs = { first: await run('first'), second: await run('second') }
}, 120_000)
afterAll(() => {
  for (const { root } of Object.values(runs)) rmSync(root, { recursive: true })
})

it('asks every call of the contract', () => {
  const asked = new Set(runs.first.answers.map(([name]) => name))
  expect([...asked].toSorted()).toEqual(Object.keys(calls).toSorted())
})

it.each(['first', 'second'] as const)(
  'holds no name, comment, reader or class of a withheld image (%s)',
  async (which) => {
    const { root, images, answers, events } = runs[which]
    const hidden = images.filter(({ n }) => withheld.includes(n))
    const secrets = hidden.flatMap((image) => {
      const path = pathOf(root, image)
      return [path, path.split('/').at(-1) ?? '', commentOf(image), `area ${image.n}"`]
    })
    const identities = await Promise.all(
      hidden.map(async ({ n }) => {
        const sha256 = await sha256Of(n)
        return [sha256, `image ${sha256.slice(0, 8)}`, String(await idOf(n)), `"case ${n}"`]
      }),
    )
    const said: [string, unknown][] = [
      ...answers,
      ...events.map((event): [string, unknown] => ['event', event]),
    ]
    for (const [name, value] of said) {
      const text = JSON.stringify(value)
      for (const secret of secrets) expect(text, `${name} holds ${secret}`).not.toContain(secret)
      for (const object of objectsIn(value)) expectNoClass(object, identities.flat(), name)
      if (!['reader.list', 'workspace.info', 'reader.add', 'event'].includes(name)) {
        // Images that Bea has decided on have labels of Anna's, and of no one else's.
        expect(text, name).not.toContain('Carl')
      }
      expect(rowsIn(value), `${name}: ids of rows`).toEqual([])
    }
  },
)

it('reports no change of a withheld image, since the order of changes is that of the import', async () => {
  const own = await Promise.all(decided.map(idOf))
  for (const { events } of Object.values(runs)) {
    const changes = events.flatMap((event) =>
      event.name === 'images.changed' ? (event.payload.imageIds ?? []) : [],
    )
    expect(own).toEqual(expect.arrayContaining(changes))
  }
})

it('answers the same whatever is withheld', () => {
  const [first, second] = [runs.first, runs.second].map(({ root, answers }) =>
    answers.map(([name, answer]) => `${name} ${normalised(answer, root)}`),
  )
  expect(second).toEqual(first)
})

/** No object that names a withheld image may hold a class. */
