import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { insertVerdict, openWorkspace } from '../../../electron/store/index.ts'
import { makeLargeWorkspace } from '../../bench/support/large-workspace.ts'
import { lobuleJson, runLobule } from '../../support/run-lobule.ts'

const home = mkdtempSync(join(tmpdir(), 'lobule-worst-'))
const workspace = join(home, 'study')
const images = 40
/** Newer suggestions for images with the labels Normal, Benign and InSitu. */
const contradictions = [
  [1, 'Invasive', 0.85],
  [2, 'InSitu', 0.97],
  [3, 'Benign', 0.79],
] as const
beforeAll(async () => {
  await makeLargeWorkspace(workspace, images, 1)
  const store = openWorkspace(workspace, 'test')
  for (const [imageId, suggested, probability] of contradictions) {
    const probabilities = { Normal: 0, Benign: 0, InSitu: 0, Invasive: 0, [suggested]: 0.5 }
    insertVerdict(store.database, {
      imageId,
      modelId: 1,
      suggested,
      probabilities,
      carcinomaScore: 0.99,
      outOfFold: true,
      boosters: 5,
      flags: [],
      details: {
        calibrated: { ...probabilities, [suggested]: probability },
        predictionSet: { level: 0.9, classes: [suggested] },
        spread: { boosters: 0, augmentations: 0 },
        byEncoder: {},
        augmentations: 4,
        operatingPoint: null,
      },
    })
  }
  store.close()
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

const json = <T>(...parameters: string[]): Promise<T> =>
  lobuleJson<T>([...parameters, '--workspace', workspace], { home })

interface WorstLine {
  imageId: number
  label: string | null
  suggested: string
  attention: { contradiction: number; total: number }
}

/** A column of a CSV file without quotes. */
function columnOf(path: string, name: string): (string | undefined)[] {
  const table = readFileSync(path, 'utf8').replace('\uFEFF', '').trimEnd()
  const [names = [], ...rows] = table.split('\r\n').map((line) => line.split(','))
  return rows.map((row) => row[names.indexOf(name)])
}

it('lists the images that need a second look, confident contradictions first, in the order of the table', async () => {
  const worst = await json<WorstLine[]>('worst-first', '--limit', '1000')
  const totals = worst.map(({ attention }) => attention.total)
  expect(totals.length).toBeGreaterThan(images / 2)
  expect(totals).toEqual(totals.toSorted((a, b) => b - a))
  const firstTwo = worst.slice(0, 2).map(({ imageId, label, suggested }) => [imageId, label, suggested])
  expect(firstTwo).toEqual([
    [2, 'Benign', 'InSitu'],
    [1, 'Normal', 'Invasive'],
  ])
  expect(totals.slice(0, 2)).toEqual([4.97, 4.85])
  expect(worst.filter(({ attention }) => attention.contradiction > 0)).toHaveLength(2)

  const file = join(home, 'worst.csv')
  await json('worklist', '--csv', file, '--order', 'worst-first')
  expect(columnOf(file, 'image').map(Number).slice(0, worst.length)).toEqual(
    worst.map(({ imageId }) => imageId),
  )
  expect(columnOf(file, 'priority').slice(0, worst.length).map(Number)).toEqual(totals)
  // Without a suggested class, at the end.
  expect(columnOf(file, 'priority').slice(worst.length)).toEqual(
    Array.from({ length: images - worst.length }, () => ''),
  )

  const [first] = await json<WorstLine[]>('worst-first', '--limit', '1')
  expect(first).toEqual(worst[0])
})

it('prints each part, and refuses an order and a number that there are not', async () => {
  const at = ['--workspace', workspace]
  const { stdout } = await runLobule(['worst-first', '--limit', '3', ...at], { home })
  expect(stdout).toMatch(/priority +label contradicted +near point +spread +unlike +flags/)
  expect(stdout).toMatch(/4\.\d\d +0\.\d\d/)
  const odd = ['worklist', '--csv', join(home, 'no.csv'), '--order', 'best-first', ...at]
  for (const parameters of [odd, ['worst-first', '--limit', '0', ...at]]) {
    const { code } = await runLobule(parameters, { home })
    expect(code).not.toBe(0)
  }
})
