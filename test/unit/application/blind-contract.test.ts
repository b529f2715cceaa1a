import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  calls,
  type Answer,
  type AnyEvent,
  type CallName,
  type ImageView,
} from '../../../electron/contract/index.ts'
import { expectNoClass, normalised, objectsIn, rowsIn } from './blind-answers.ts'
import { blindId, inputsOf } from './blind-inputs.ts'
import { both, changed, decided, lost, planned, withheld } from './blind-plans.ts'
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
    await session.call('image.label', { imageIds: [await blindId(n)], className: 'Normal' })

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
        return [sha256, `image ${sha256.slice(0, 8)}`, String(await blindId(n)), `"case ${n}"`]
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
  const own = await Promise.all(decided.map(blindId))
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
