import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { AgreementReport, ImageView, ReaderStudy } from '../../../electron/contract/index.ts'
import { lobuleJson, runLobule, type Finished } from '../../support/run-lobule.ts'

/** Readers, agreement and adjudication on the command line, and their table read back by another workspace. */
let home: string
let first: string
let second: string
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'lobule-agreement-'))
  first = join(home, 'first')
  second = join(home, 'second')
  mkdirSync(join(home, 'pictures'))
  for (let n = 1; n <= 4; n++) {
    const background = { r: 40 * n, g: 90, b: 120 }
    await sharp({ create: { width: 64, height: 48, channels: 3, background } })
      .png()
      .toFile(join(home, 'pictures', `${n}.png`))
  }
  for (const workspace of [first, second]) await json('init', '-w', workspace)
  await json('import', join(home, 'pictures'), '-w', first, '--labels', 'none')
})
afterAll(() => rmSync(home, { recursive: true }))

const json = <T>(...parameters: string[]): Promise<T> => lobuleJson<T>(parameters, { home })
const run = (...parameters: string[]): Promise<Finished> => runLobule(parameters, { home })
const label = (image: number, ...rest: string[]): Promise<ImageView> =>
  json('label', `${image}.png`, ...rest, '-w', first)

it('compares readers, adjudicates disagreements, and writes a table that gives the same elsewhere', async () => {
  for (const [image, ada, eva] of [
    [1, 'Benign', 'Benign'],
    [2, 'InSitu', 'Invasive'],
    [3, 'Normal', 'Normal'],
  ] as const) {
    await label(image, ada, '--reader', 'ada')
    await label(image, eva, '--reader', 'eva')
  }
  await label(4, 'Normal', '--reader', 'ada')
  const unsure = await label(4, '--unsure', '--reader', 'eva', '--comment', 'crushed')
  expect(unsure).toMatchObject({
    label: { className: 'Normal' },
    readings: { all: [{ reader: 'ada' }, { reader: 'eva', isUnsure: true, comment: 'crushed' }] },
  })

  const report = await json<AgreementReport>('agreement', '-w', first)
  expect(report.pairs).toMatchObject([{ first: 'ada', second: 'eva', images: 3, agreed: 2, unsure: 1 }])
  // Agreement 2/3; chance: Benign and Normal once each in both, 2/9.
  expect(report.pairs[0]?.kappa).toBeCloseTo((2 / 3 - 2 / 9) / (1 - 2 / 9), 15)
  expect(report.disputed).toHaveLength(1)
  const { stdout } = await run('agreement', '-w', first)
  expect(stdout).toContain('ada and eva')
  expect(stdout).toContain('0.571')
  expect(stdout).toContain('1 disputed, 1 with an unsure reader, 0 adjudicated.')

  // The readers took turns, so that nearly each label begins a session.
  const study = await json<ReaderStudy>('reader-study', '-w', first)
  expect(study.readers).toMatchObject([
    { name: 'ada', readings: 4, overrides: { images: 0 } },
    { name: 'eva', readings: 4, secondLook: { difference: null } },
  ])
  const { stdout: inWords } = await run('reader-study', '-w', first)
  expect(inWords).toContain('All readers')
  expect(inWords).toContain('No class was chosen with a suggestion in view.')
  expect(inWords).toContain('What the audit trail cannot tell:')
  expect((await run('workspace', 'info', '-w', first)).stdout).toContain(
    '3 images labelled, 1 disputed, 0 unsure',
  )
  // No reader was blind: only the first label of each image is independent.
  expect((await json<AgreementReport>('agreement', '-w', first, '--independent')).pairs).toEqual([])

  expect(
    await label(2, 'invasive', '--reader', 'max', '--adjudicate', '--comment', 'seen together'),
  ).toMatchObject({
    label: { className: 'Invasive', reader: 'max', isAdjudicated: true },
  })
  await json('readers', '-w', first, '--add', 'Noor')
  expect(await json('readers', '-w', first)).toMatchObject([
    { name: 'Noor', read: 0 },
    { name: 'ada', read: 4 },
    { name: 'eva', read: 4, unsure: 1 },
    { name: 'max', read: 0, entries: 1 },
  ])

  const table = join(home, 'labels.csv')
  await json('labels', '-w', first, '--csv', table)
  await json('import', join(home, 'pictures'), '-w', second, '--labels', table)
  const told = async (workspace: string): Promise<unknown> =>
    (await json<ImageView[]>('images', '-w', workspace)).map(({ label: stands, readings }) => [
      stands?.className,
      stands?.isAdjudicated,
      readings.all.map(({ reader, className, isUnsure }) => [reader, className, isUnsure]).toSorted(),
    ])
  expect(await told(second)).toEqual(await told(first))
})

it('refuses what contradicts itself', async () => {
  const to = ['-w', first, '--reader', 'ada']
  expect(await run('label', '1.png', 'Benign', '--unsure', ...to)).toMatchObject({ code: 2 })
  expect(await run('label', '1.png', '--adjudicate', ...to)).toMatchObject({ code: 2 })
  expect(await run('label', '1.png', 'none', '--adjudicate', ...to)).toMatchObject({ code: 1 })
  expect(await run('readers', '-w', first, '--add', 'ADA')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('A reader named "ada" already exists.') as string,
  })
})
