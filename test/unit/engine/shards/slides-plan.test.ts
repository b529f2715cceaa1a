import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { sha256 } from '../../../../electron/base/sha256.ts'
import { recipes } from '../../../../electron/contract/index.ts'
import { readPlan } from '../../../../electron/engine/shards/plan-file.ts'
import {
  planSlides,
  readPlannedModel,
  readTissue,
  subjectOf,
  tissuePath,
  tissueText,
  writeSlidesPlan,
  type PlanSlide,
} from '../../../../electron/engine/shards/slides-plan.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'lobule-plan-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const square = { kind: 'rectangle', left: 0, top: 0, right: 9, bottom: 9 } as const
const drawn = tissueText([square])
const slides = ['a', 'b'].map((letter, n): PlanSlide => {
  const hash = letter.repeat(64)
  return {
    ...{ sha256: hash, page: 1, pixelSizeUm: 0.25, bytes: 7, widthPx: 100, heightPx: 80 },
    path: `images/${hash.slice(0, 2)}/${hash}.svs`,
    heldOutFold: n === 0 ? 1 : null,
    tissue: n === 0 ? null : (drawn?.sha256 ?? null),
  }
})
const boosters = [0, 1].map((fold) => ({
  ...({ kind: 'lightgbm', constituent: 0, fold, seed: 0, textSha256: sha256(String(fold)) } as const),
  path: '/of/the/workspace',
}))
const reference = {
  reference: { neighbours: 3, augmentations: 1, columns: 4, sha256: 'e'.repeat(64) },
  nearest: [
    [0.1, 0.25],
    [0.2, 0.5],
  ],
  path: '/of/the/workspace',
}
const header = {
  lobule: '0.0.0-test',
  createdAt: '2026-12-01T00:00:00.000Z',
  recipe: recipes['quick'] ?? (null as never),
  backend: 'cpu',
  allowsHalf: false,
  weights: { source: 'untrained', fingerprints: { resnet50: 'a'.repeat(64) } },
  unit: 'block',
  strideUm: 168,
  effort: 'fixed',
  model: { isPositive: [false, true] as boolean[], threshold: 0.4 },
} as const

const write = (likeness: typeof reference | null = reference): Promise<void> =>
  writeSlidesPlan(folder, header, slides, { boosters, reference: likeness })

it('is read as it was written, and its model is in its own folder', async () => {
  await write()
  const plan = await readPlan(folder, 'slides')
  const model = await readPlannedModel(folder, plan)
  const own = (name: string): string => join(folder, 'boosters', name)
  expect(model).toEqual({
    boosters: boosters.map((one) => ({ ...one, path: own(`${one.textSha256}.txt`) })),
    reference: { ...reference, path: own(`${'e'.repeat(64)}.npy`) },
  })
  const read = []
  for await (const slide of planSlides(folder, plan)) read.push(slide)
  expect(read).toEqual(slides.map((slide, index) => ({ ...slide, path: join(folder, slide.path), index })))
  const [first, second] = read.map((slide) => subjectOf(plan, model, slide))
  // Likeness of a training image to the training images would mean nothing.
  expect(first).toMatchObject({ heldOutFold: 1, reference: null, strideUm: 168, threshold: 0.4 })
  expect(second).toMatchObject({ heldOutFold: null, reference: model.reference, region: null })
  await expect(readPlan(folder, 'encode')).rejects.toMatchObject({
    code: 'shard.invalid-plan',
    details: { reason: 'it was written by slides-plan, not by encode-plan' },
  })
})

it('may have no measure of likeness', async () => {
  await write(null)
  expect(await readPlannedModel(folder, await readPlan(folder, 'slides'))).toMatchObject({ reference: null })
})

it.each<[string, string, (text: string) => string, RegExp]>([
  ['a classifier less', 'boosters', (text) => text.slice(0, text.indexOf('\n') + 1), /1 lines instead of 2/],
  [
    'another classifier',
    'boosters',
    (text) => text.replace('"fold":1', '"fold":0'),
    /changed after the plan/,
  ],
  ['another distance', 'nearest', (text) => text.replace('0.25', '0.26'), /changed after the plan/],
  [
    'a classifier of another recipe',
    'boosters',
    (text) => text.replace('"constituent":0', '"constituent":9'),
    /does not fit/,
  ],
  [
    'a classifier elsewhere',
    'boosters',
    (text) => text.replace(/"[0-9a-f]{64}"/, '"../../x"'),
    /not as a plan has it/,
  ],
])('is refused with %s', async (_what, file, change, reason) => {
  await write()
  const plan = await readPlan(folder, 'slides')
  const path = join(folder, `${file}.jsonl`)
  writeFileSync(path, change(readFileSync(path, 'utf8')))
  await expect(readPlannedModel(folder, plan)).rejects.toMatchObject({
    code: 'shard.invalid-plan',
    details: { reason: expect.stringMatching(reason) as string },
  })
})

it('has what readers drew as tissue, as it was when the plan was written', async () => {
  const [found, withTissue] = slides
  if (found === undefined || withTissue === undefined) throw new Error('no slides')
  expect(await readTissue(folder, found)).toEqual([])
  await expect(readTissue(folder, withTissue)).rejects.toMatchObject({ code: 'path.not-found' })
  const path = tissuePath(folder, withTissue.sha256)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, drawn?.text ?? '')
  expect(await readTissue(folder, withTissue)).toEqual([square])
  writeFileSync(path, JSON.stringify([{ ...square, right: 10 }]))
  await expect(readTissue(folder, withTissue)).rejects.toMatchObject({ code: 'shard.invalid-plan' })
})
