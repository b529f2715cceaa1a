import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { unzipSync } from 'fflate'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { lobuleJson, runLobule } from '../../support/run-lobule.ts'

/** The content of a prediction, whatever a version calls the fields around it. */
interface Predicted {
  image: string
  suggested: string
  probabilities: Record<string, number>
  carcinomaScore: number
  boosters: number
  details: unknown
}

const files = new URL('../../references/workspace-0.1/files.zip', import.meta.url)

let root: string
let home: string
let study: string
const json = <T>(...parameters: string[]): Promise<T> => lobuleJson<T>(parameters, { home })

/** Predictions by file name: the folder is another one on each machine. */
const byName = (predictions: readonly Predicted[]): Record<string, unknown> =>
  Object.fromEntries(
    predictions.map(({ image, suggested, probabilities, carcinomaScore, boosters, details }) => [
      basename(image),
      { suggested, probabilities, carcinomaScore, boosters, details },
    ]),
  )

let expected: Record<string, unknown>

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-old-version-'))
  home = join(root, 'home')
  study = join(root, 'study')
  for (const [name, bytes] of Object.entries(unzipSync(readFileSync(files)))) {
    const path = join(root, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, bytes)
  }
  expected = byName(JSON.parse(readFileSync(join(root, 'verdicts.json'), 'utf8')) as Predicted[])
  await json('encoders', 'demo')
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

it('opens a workspace of version 0.1, whose audit trail stays whole', async () => {
  const images = await json<{ label: { className: string } | null }[]>('images', '--workspace', study)
  expect(images).toHaveLength(20)
  expect(images.filter(({ label }) => label !== null)).toHaveLength(16)
  const history = await json<unknown[]>('labels', '--workspace', study)
  expect(history).toHaveLength(20)
  expect(await json('audit', 'verify', '--workspace', study)).toMatchObject({ whole: true })
})

it('gives the same predictions to the bit', async () => {
  expect(Object.keys(expected)).toHaveLength(4)
  const again = await json<Predicted[]>('classify', join(root, 'other'), '--workspace', study)
  expect(byName(again)).toEqual(expected)
})

it('imports a model package of version 0.1, which gives the same predictions to the bit', async () => {
  const copy = join(root, 'copy')
  await json('init', '--workspace', copy)
  const { model } = await json<{ model: string }>(
    'models',
    'import',
    join(root, 'first.zip'),
    '--workspace',
    copy,
  )
  // The descriptors travel along: another processor may round an encoder's sums differently.
  cpSync(join(study, 'descriptors'), join(copy, 'descriptors'), { recursive: true })
  expect(readdirSync(join(copy, 'descriptors')).length).toBeGreaterThan(0)
  const predicted = await json<Predicted[]>(
    'classify',
    join(root, 'other'),
    '--workspace',
    copy,
    '--model',
    model,
  )
  const probabilities = (all: Record<string, unknown>): unknown[] =>
    Object.values(all).map((one) => (one as Predicted).probabilities)
  expect(probabilities(byName(predicted))).toEqual(probabilities(expected))
})

it('writes its changes in the new format and keeps what was there', async () => {
  const { code } = await runLobule(['label', '4', 'Normal', '--workspace', study, '--reader', 'Cleo'], {
    home,
  })
  expect(code).toBe(0)
  expect(await json<unknown[]>('labels', '--workspace', study)).toHaveLength(21)
  expect(await json('audit', 'verify', '--workspace', study)).toMatchObject({ whole: true })
})
