import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect } from 'vitest'
import type { Answer, AnyEvent, CallName, ImageView } from '../../../electron/contract/index.ts'
import { expectNoClass, inJson, objectsIn, rowsIn } from './blind-answers.ts'
import { blindId, inputsOf } from './blind-inputs.ts'
import { seedJobs } from './blind-jobs.ts'
import { adjudicatedByBea, both, changed, decided, lost, planned, withheld } from './blind-plans.ts'
import {
  BlindSession,
  changeFile,
  classNameOf,
  commentOf,
  loseFile,
  makeBlindWorkspace,
  pathOf,
  sha256Of,
  type Planned,
} from './blind-workspace.ts'

export interface Heard {
  root: string
  images: readonly Planned[]
  /** What each call answered, and its job in the end. */
  answers: [CallName, Answer][]
  events: readonly AnyEvent[]
}

/**
 * Every call of the contract, by a reader who reads blind.
 * @param onCall called before each one
 */
export async function runBlind(
  which: keyof typeof both,
  onCall: (name: CallName, index: number) => void = () => undefined,
): Promise<Heard> {
  const hash = await sha256Of(5)
  const adjudicatedHash = await sha256Of(adjudicatedByBea)
  const root = mkdtempSync(join(tmpdir(), 'lobule-blind-'))
  const images = planned(which)
  await makeBlindWorkspace(root, images)
  await seedJobs(root, images)
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
  await session.call('reader.set', { name: 'Bea' })
  const adjudicated = (await session.call('image.list', {})).find(({ sha256 }) => sha256 === adjudicatedHash)
  await session.call('reading.adjudicate', {
    imageIds: [adjudicated?.id],
    className: classNameOf(both[which](adjudicatedByBea).truth),
  })
  await session.readBlindAs('Bea')
  for (const n of decided)
    await session.call('image.label', { imageIds: [await blindId(n)], className: 'Normal' })

  const answers: [CallName, Answer][] = []
  for (const [name, inputs] of Object.entries(await inputsOf(root)) as [CallName, object[]][])
    for (const input of inputs) {
      onCall(name, answers.length)
      answers.push([name, await ask(name, input)])
    }
  // Back to what was done before blindness began.
  for (let n = 0; n < 12; n++) {
    onCall('undo.undo', answers.length)
    answers.push(['undo.undo', await ask('undo.undo', { confirmBlind: true })])
  }
  onCall('undo.state', answers.length)
  answers.push(['undo.state', await ask('undo.state', {})])
  await session.application.close()
  return { root, images, answers, events: [...session.heard] }
}

/** What may be in no answer, and what names a withheld image, so that no class may be beside it. */
export interface Withheld {
  secrets: string[]
  identities: string[]
}

export async function withheldOf({ root, images }: Pick<Heard, 'root' | 'images'>): Promise<Withheld> {
  const hidden = images.filter(({ n }) => withheld.includes(n))
  const identities = await Promise.all(
    hidden.map(async ({ n }) => {
      const sha256 = await sha256Of(n)
      return [sha256, `image ${sha256.slice(0, 8)}`, String(await blindId(n)), `"case ${n}"`]
    }),
  )
  const secrets = hidden.flatMap((image) => {
    const path = pathOf(root, image)
    return [inJson(path), basename(path), commentOf(image), `area ${image.n}"`]
  })
  return { secrets, identities: identities.flat() }
}

/** Fails if an answer or event (`name`) holds anything that is withheld. */
export function expectNothingWithheld(name: string, value: unknown, { secrets, identities }: Withheld): void {
  const text = JSON.stringify(value)
  for (const secret of secrets) expect(text, `${name} holds ${secret}`).not.toContain(secret)
  for (const object of objectsIn(value)) expectNoClass(object, identities, name)
  if (!['reader.list', 'workspace.info', 'reader.add', 'event'].includes(name)) {
    // Images that Bea has decided on have labels of Anna's, and of no one else's.
    expect(text, name).not.toContain('Carl')
  }
  expect(rowsIn(value), `${name}: ids of rows`).toEqual([])
}
