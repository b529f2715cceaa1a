import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { AccuracyInUse, ModelView, TrainReport } from '../../../electron/contract/index.ts'
import { lobuleJson, runLobule } from '../../support/run-lobule.ts'

let root: string
let home: string
const json = <T>(...parameters: string[]): Promise<T> => lobuleJson<T>(parameters, { home })
const at = (name: string): string[] => ['--workspace', join(root, name)]

/** Small synthetic fields. */
const settings = ['folds=2', 'augmentations=2', 'crops=96', 'cropCount=2', 'mode=dense'] as const

async function train(
  workspace: string,
  name: string,
  rounds: number,
  ...more: string[]
): Promise<TrainReport> {
  const set = ['--set', ...settings, `rounds=${rounds}`]
  return json('train', ...at(workspace), '--name', name, '--recipe', 'quick', ...set, ...more)
}

async function states(workspace: string): Promise<Record<string, string>> {
  const models = await json<ModelView[]>('models', 'list', ...at(workspace))
  return Object.fromEntries(
    models.map(({ name, inUse, isCandidate }) => [
      name,
      inUse === true ? 'in use' : isCandidate === true ? 'candidate' : 'decided',
    ]),
  )
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-candidate-'))
  home = join(root, 'home')
  await json('encoders', 'demo')
  await json('demo', join(root, 'train'), '--per-class', '10', '--width', '320', '--height', '256')
  const cases = ['--cases', 'case[0-9]+']
  await json('init', ...at('study'))
  await json('import', join(root, 'train'), ...at('study'), '--labels', 'folder', ...cases)
  // Labels that have nothing to do with the images: cases are numbered by class in turn, so each class gets each label.
  const folders = readdirSync(join(root, 'train')).filter((name) => !name.includes('.'))
  const rows = folders.flatMap((folder) =>
    readdirSync(join(root, 'train', folder)).map((file) => {
      const number = Number(/case([0-9]+)/.exec(file)?.[1])
      return `${folder}/${file},${folders[Math.floor((number - 1) / folders.length) % folders.length] ?? ''}`
    }),
  )
  const table = join(root, 'train', 'labels.csv')
  writeFileSync(table, ['file,label', ...rows, ''].join('\n'))
  await json('init', ...at('random'))
  await json('import', join(root, 'train'), ...at('random'), '--labels', table, ...cases)
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

it('puts no model in use that is not shown to be better than guessing, and answers why', async () => {
  const { use } = await train('random', 'blunt', 20)
  expect(use).toMatchObject({ inUse: false, comparison: null, guessing: { isBetter: false } })
  expect(await states('random')).toEqual({ blunt: 'candidate' })
  const { code, stderr } = await runLobule(['classify', join(root, 'train'), ...at('random')], { home })
  expect(code).toBe(1)
  expect(stderr).toContain('lobule models promote NAME')
  const { stdout } = await runLobule(['models', 'show', 'blunt', ...at('random')], { home })
  expect(stdout).toContain('Not shown to be better than guessing')
  expect(stdout).toContain('Yes: all images of a case were in one fold.')
  // The command warns those who use it all the same.
  const promoted = await runLobule(['models', 'promote', 'blunt', ...at('random')], { home })
  expect(promoted.stdout).toContain('In use: "blunt".')
  expect(promoted.stdout).toContain('"blunt" is not shown to be better than guessing')
})

it('puts the first model in use that is, and keeps the next a candidate with a comparison', async () => {
  const { use: first } = await train('study', 'sharp', 60)
  expect(first).toMatchObject({ inUse: true, guessing: { isBetter: true } })
  const { use: second } = await train('study', 'blunt', 2)
  expect(second?.inUse).toBe(false)
  expect(second?.comparison).toMatchObject({ first: 'sharp', second: 'blunt', images: 40, flips: [] })
  expect(second?.comparison?.difference).toMatchObject({ cases: 20 })
  expect(await states('study')).toEqual({ sharp: 'in use', blunt: 'candidate' })
})

it('keeps or promotes by a decision, and puts in use what a training is to put in use', async () => {
  await json('models', 'promote', 'sharp', ...at('study'), '--reason', 'kept')
  expect(await states('study')).toEqual({ sharp: 'in use', blunt: 'decided' })
  expect((await train('study', 'asked for', 3, '--use')).use?.inUse).toBe(true)
  expect((await states('study'))['asked for']).toBe('in use')
  await json('models', 'rollback', ...at('study'))
  expect((await states('study'))['sharp']).toBe('in use')
})

it('compares suggestions with labels that were given after them', async () => {
  const more = join(root, 'more')
  await json('demo', more, '--per-class', '2', '--width', '336', '--height', '256')
  await json('classify', more, ...at('study'))
  const [folder = ''] = readdirSync(more).filter((name) => !name.includes('.'))
  const files = readdirSync(join(more, folder))
  for (const file of files)
    await json('label', join(more, folder, file), folder, ...at('study'), '--reader', 'ada')
  const models = await json<AccuracyInUse[]>('models', 'in-use', ...at('study'))
  expect(models.map(({ model, all }) => [model, all.images])).toEqual([
    ['asked for', 0],
    ['blunt', 0],
    ['sharp', files.length],
  ])
  expect(models[2]).toMatchObject({
    blind: { images: 0 },
    seen: { images: files.length },
    sets: { level: 0.9, images: files.length },
    promised: { accuracy: expect.any(Number) as number },
  })
  const sentence = `Accuracy in use: ${files.length} labels so far given after a suggestion on new images; ${20 - files.length} more`
  const { stdout } = await runLobule(['models', 'show', 'sharp', ...at('study')], { home })
  expect(stdout.startsWith(sentence)).toBe(true)
  const missing = await runLobule(['models', 'in-use', 'none', ...at('study')], { home })
  expect([missing.code, missing.stderr]).toEqual([1, expect.stringContaining('none')])
})
