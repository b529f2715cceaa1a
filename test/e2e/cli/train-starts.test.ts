import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ModelView } from '../../../electron/contract/index.ts'
import { lobuleJson, runLobule } from '../../support/run-lobule.ts'

let root: string
let home: string
const json = <T>(...parameters: string[]): Promise<T> => lobuleJson<T>(parameters, { home })
const run = (...parameters: string[]): ReturnType<typeof runLobule> => runLobule(parameters, { home })
const workspace = (): string[] => ['--workspace', join(root, 'w')]
/** Small and fast; neither folds nor encoders are named. */
const small = ['--set', 'augmentations=1', 'crops=96', 'cropCount=1', 'rounds=2']

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-starts-'))
  home = join(root, 'home')
  await json('demo', join(root, 'images'), '--per-class', '3', '--width', '160', '--height', '128')
  await json('init', ...workspace())
  await json('import', join(root, 'images'), ...workspace())
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

async function label(count: number, classes: readonly string[]): Promise<void> {
  for (const name of classes) {
    const files = readdirSync(join(root, 'images', name))
      .toSorted()
      .slice(0, count)
    for (const file of files)
      await json('label', join(root, 'images', name, file), name, ...workspace(), '--reader', 'ada')
  }
}

it('says why nothing can be trained, then starts with few images of two of four classes', async () => {
  const train = (name: string, ...more: string[]): ReturnType<typeof runLobule> =>
    run('train', ...workspace(), '--name', name, ...more)
  await label(1, ['Normal'])
  const one = await train('a', ...small)
  expect([one.code, one.stderr]).toEqual([
    1,
    expect.stringContaining('needs labelled images of at least 2 classes'),
  ])
  await label(1, ['Benign'])
  const few = await train('a', ...small)
  expect([few.code, few.stderr]).toEqual([
    1,
    expect.stringContaining('label images of another case of this class'),
  ])
  await label(3, ['Normal', 'Benign'])
  const none = await train('a', ...small)
  expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('not installed')])

  await json('encoders', 'demo')
  const { code, stdout } = await train('a', ...small)
  expect(stdout).toMatch(
    /^ResNet-50 \(untrained, to try the program only\), 3 folds: the rarest class, \w+, has 3 images\.\n/,
  )
  expect(code).toBe(0)
  const again = await train('b', '--again')
  expect(again.stdout).toContain('ResNet-50 (untrained, to try the program only), 3 folds')
  const [b, a] = await json<ModelView[]>('models', 'list', ...workspace())
  expect(b?.recipeFingerprint).toBe(a?.recipeFingerprint)
  expect(b?.recipe.name).toMatch(/^quick, changed: folds=3 augmentations=1 crops=96/)
  const asked = await train('c', '--set', 'folds=5')
  expect([asked.code, asked.stderr]).toEqual([1, expect.stringContaining('choose fewer folds')])
})
