import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, sep } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { atOnce } from '../../../../electron/base/slices.ts'
import { csvText } from '../../../../electron/base/csv.ts'
import { sha256OfFile } from '../../../../electron/base/sha256.ts'
import { ComputeClient } from '../../../../electron/compute/client.ts'
import { AppError, parseClassScheme, type ImportReport } from '../../../../electron/contract/index.ts'
import type { InspectedPage } from '../../../../electron/engine/image/index.ts'
import {
  importImages,
  importJob,
  type ImportInput,
} from '../../../../electron/features/images/import-images.ts'
import { recordLabel } from '../../../../electron/features/labels/record-label.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'
import {
  createWorkspace,
  listImages,
  listLabels,
  type OpenWorkspace,
} from '../../../../electron/store/index.ts'
import { importInput } from '../../../support/import-input.ts'
import { inProcessBounded } from '../../../support/in-process-bounded.ts'
import { inProcessCompute } from '../../../support/in-process-compute.ts'
import { jobRun } from '../../../support/job-run.ts'

let root: string
let store: OpenWorkspace
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-account-'))
  store = createWorkspace(join(root, 'w'), parseClassScheme('Benign,Malignant*'), 'test')
})
afterEach(() => {
  store.close()
  rmSync(root, { recursive: true })
})

const bounded = inProcessBounded()
/** The content of a file is its picture; one that begins with "bad" is damaged. */
const compute = inProcessCompute({
  hash: ({ path }) => sha256OfFile(path),
  inspect: async ({ path }): Promise<InspectedPage[]> => {
    if (readFileSync(path, 'utf8').startsWith('bad'))
      throw new AppError('image.truncated', { path, reason: 'cut' })
    const sha256 = await sha256OfFile(path)
    const size = { widthPx: 2, heightPx: 2, byteCount: 1, pixelSizeUm: null, synthetic: false }
    const rest = { format: 'png', pixelSizeSource: 'none', hasLabelPicture: false } as const
    return [{ sha256, fileSha256: sha256, page: 1, ...size, ...rest }]
  },
})
const write = (path: string, content: string): string => {
  const file = join(root, 'pictures', path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
  return file
}
const run = (how: Partial<ImportInput> = {}, isDryRun = false): Promise<ImportReport> =>
  importImages(
    importInput([join(root, 'pictures')], how),
    jobRun(importJob),
    { workspace: store, compute: new ComputeClient(compute.launch, () => undefined), bounded },
    { isDryRun },
  )
const withTable = (rows: string[][], how: Partial<ImportInput> = {}): Partial<ImportInput> => {
  const labelsFile = join(root, 'labels.csv')
  writeFileSync(labelsFile, csvText([['file', 'label', 'case', 'reader'], ...rows]))
  return { labels: 'none', casesPattern: null, labelsFile, ...how }
}
const labels = (): unknown[] =>
  atOnce(listLabels(store.database, null))
    .filter(({ current }) => current)
    .map(({ imageId, reader, className }) => [imageId, reader, className])

it('lists one picture in two class folders and two cases, and the dry run does too', async () => {
  const first = write('benign/case1.png', 'same')
  const second = write('malignant/case2.png', 'same')
  const how = { casesPattern: String.raw`case(\d)` }
  const tried = await run(how, true)
  expect(listImages(store.database)).toEqual([])
  const done = await run(how)
  expect(tried.account).toEqual(done.account)
  expect(done.account).toMatchObject({
    files: { offered: 2, imported: 1, present: 0, contradicting: 1, failed: 0 },
    contradictions: [
      { path: second, row: null, what: 'label', offered: 'Malignant', present: 'Benign', image: first },
      { path: second, row: null, what: 'case', offered: '2', present: '1', image: first },
    ],
  })
})

describe('a table onto labelled images', () => {
  beforeEach(() => {
    write('a.png', 'a')
    write('b.png', 'b')
  })

  it('adds the rows of another reader', async () => {
    await run(withTable([['a.png', 'Benign', '', 'Ann']]))
    const { account, labelled } = await run(withTable([['a.png', 'Malignant', '', 'Bob']]))
    expect([account?.rows, labelled]).toMatchObject([{ offered: 1, added: 1 }, 1])
    expect(labels()).toEqual([
      [1, 'Ann', 'Benign'],
      [1, 'Bob', 'Malignant'],
    ])
  })

  it('applies what a later table of the same reader corrects, and names both classes', async () => {
    await run(withTable([['a.png', 'Benign', '', 'Ann']]))
    const { account } = await run(
      withTable([
        ['a.png', 'Malignant', '', 'ann'],
        ['b.png', 'Benign', '', 'Ann'],
      ]),
    )
    expect(account).toMatchObject({
      rows: { offered: 2, changed: 1, added: 1, contradicting: 0 },
      changes: [{ row: 1, reader: 'Ann', before: 'Benign', after: 'Malignant' }],
    })
    expect(labels()).toEqual([
      [1, 'Ann', 'Malignant'],
      [2, 'Ann', 'Benign'],
    ])
    expect(atOnce(listLabels(store.database, null))).toHaveLength(3)
  })

  it('leaves out the rows of a name that looks like a known reader, and names the way to confirm it', async () => {
    await run(withTable([['a.png', 'Benign', '', 'Béa']]))
    write('c.png', 'c')
    const rows = [
      ['a.png', 'Malignant', '', 'Bea'],
      ['b.png', 'Malignant', '7', 'Bea'],
      ['c.png', 'Benign', '', 'Eve'],
      ['c.png', 'Malignant', '', 'Еve'],
    ]
    const withCase = await run(withTable(rows.slice(1, 2)), true)
    expect(withCase.rows[0]?.problem).toMatch(/so the label of this row is not used \(its case is\):/)
    const table = withTable(rows)
    const tried = await run(table, true)
    const done = await run(table)
    expect(tried.account).toEqual(done.account)
    expect(done.account).toMatchObject({
      files: { offered: 3, imported: 1, present: 2, failed: 0 },
      rows: { offered: 4, added: 1, failed: 3 },
    })
    expect(done.failed).toEqual([])
    expect(done.rows.map(({ row }) => row)).toEqual([1, 4])
    expect(done.rows[0]?.problem).toMatch(
      /"Bea" looks like "Béa", so the label of this row is not used, nor is that of 1 more with this name: .*--confirm-readers/,
    )
    expect(done.rows[1]?.problem).toMatch(/"Еve" looks like "Eve", so the label of this row is not used:/)
    expect(listImages(store.database).map(({ caseName }) => caseName)).toEqual([null, '7', null])
    const confirmed = await run({ ...table, confirmReaders: true })
    expect([confirmed.rows, confirmed.account?.rows]).toMatchObject([[], { added: 3, present: 1 }])
    expect(labels()).toEqual([
      [1, 'Béa', 'Benign'],
      [3, 'Eve', 'Benign'],
      [1, 'Bea', 'Malignant'],
      [2, 'Bea', 'Malignant'],
      [3, 'Еve', 'Malignant'],
    ])
    // What was confirmed once is known.
    expect((await run(table)).account?.rows).toMatchObject({ offered: 4, present: 4 })
  })

  it('starts nothing if the reader at this machine looks like another one and labels would be theirs', async () => {
    await run(withTable([['a.png', 'Benign', '', 'Béa']]))
    write('benign/c.png', 'c')
    const asBea = { casesPattern: null, reader: 'Bea' }
    await expect(run(asBea)).rejects.toMatchObject({ code: 'reader.looks-alike' })
    expect(listImages(store.database)).toHaveLength(2)
    const { account } = await run({ ...asBea, labels: 'none' })
    expect(account?.files).toMatchObject({ imported: 1, failed: 0 })
  })

  it('corrects a label that is no reader’s as well, but none of a folder', async () => {
    await run(withTable([['a.png', 'Benign', '', '']]))
    expect((await run(withTable([['a.png', 'Malignant', '', '']]))).account?.rows).toMatchObject({
      changed: 1,
    })
    write('benign/c.png', 'c')
    await run({ casesPattern: null })
    expect((await run(withTable([['c.png', 'Malignant', '', '']]))).account).toMatchObject({
      rows: { contradicting: 1 },
      contradictions: [{ offered: 'Malignant', present: 'Benign' }],
    })
  })

  it('lists a row against what the reader chose or withdrew in the program', async () => {
    await run(withTable([['a.png', 'Benign', '', 'Ann']]))
    const own = { imageId: 1, reader: 'Ann', isUnsure: false, source: 'reader', table: null } as const
    recordLabel(store.database, { ...own, className: 'Malignant' })
    const again = withTable([['a.png', 'Benign', '', 'Ann']])
    expect((await run(again)).account?.contradictions).toMatchObject([
      { row: 1, reader: 'Ann', offered: 'Benign', present: 'Malignant' },
    ])
    recordLabel(store.database, { ...own, className: null })
    expect((await run(again)).account?.contradictions).toMatchObject([{ present: 'withdrawn' }])
    expect(labels()).toEqual([])
  })

  it('lists a case that differs, and keeps the first', async () => {
    await run(withTable([['a.png', '', '1', '']]))
    const { account } = await run(
      withTable([
        ['a.png', '', '2', ''],
        ['b.png', '', '2', ''],
      ]),
    )
    expect(account).toMatchObject({
      rows: { offered: 2, added: 1, contradicting: 1 },
      contradictions: [{ row: 1, what: 'case', offered: '2', present: '1' }],
    })
    expect(listImages(store.database).map(({ caseName }) => caseName)).toEqual(['1', '2'])
  })
})

it('accounts for all that random folders and tables offer, the same in a dry run, and once', async () => {
  for (let seed = 0; seed < 25; seed++) {
    const generator = keyedGenerator(`account ${seed}`)
    const oneOf = <T>(...choices: readonly [T, ...T[]]): T =>
      choices[generator.nextInteger(choices.length)] ?? choices[0]
    rmSync(join(root, 'pictures'), { recursive: true, force: true })
    const names: string[] = []
    for (let file = generator.nextInteger(14); file >= 0; file--) {
      const folder = oneOf('', 'Benign/', 'malignant/', 'x/Benign/', '@eaDir/', 'Mu\u0308ller/')
      const name = `${folder}${oneOf('', 'bad', '.')}${oneOf('p', 'q')}-${file}.${oneOf('png', 'png', 'tif', 'txt')}`
      // Few pictures, so that many files have the same.
      write(name, `${basename(name).startsWith('bad') ? 'bad' : ''}${seed % 5}.${generator.nextInteger(6)}`)
      names.push(name)
    }
    const rows = Array.from({ length: generator.nextInteger(12) + 1 }, () => [
      oneOf(oneOf('no.png', ...names), oneOf('', ...names)),
      oneOf('Benign', 'malignant', 'Sarcoma', ''),
      oneOf('', '', '1', 'Müller'),
      oneOf('', 'Ann', 'ann', 'Bob'),
    ])
    const how = oneOf<Partial<ImportInput>>(withTable(rows), withTable(rows, { labels: 'folder' }), {})
    const tried = await run(how, true)
    const done = await run(how)
    expect(tried.account, `seed ${seed}`).toEqual(done.account)
    const { account, skipped = [], rows: problems } = done
    const { offered, ...outcomes } = account?.files ?? { offered: -1 }
    expect(sumOf(outcomes), `files of seed ${seed}`).toBe(offered)
    const ofRows = how.labelsFile === undefined ? { offered: 0 } : (account?.rows ?? { offered: -1 })
    const { offered: offeredRows, ...rowOutcomes } = ofRows
    expect(sumOf(rowOutcomes), `rows of seed ${seed}`).toBe(offeredRows)
    expect(offeredRows).toBe(how.labelsFile === undefined ? 0 : rows.length)
    expect(new Set(problems.map(({ row }) => row)).size).toBeLessThanOrEqual(offeredRows)
    // Hidden folders count as one.
    const isSeen = (path: string): boolean => !path.split(sep).some((part) => /^(\.|@eaDir$)/.test(part))
    const seen = readdirSync(join(root, 'pictures'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(root, 'pictures').length + 1))
      .filter(isSeen)
    expect(offered + sum(skipped.map(({ files }) => files)), `seen of seed ${seed}`).toBe(seen.length)

    const before = [listImages(store.database), atOnce(listLabels(store.database, null))]
    const again = await run(how)
    expect([listImages(store.database), atOnce(listLabels(store.database, null))]).toEqual(before)
    expect(again.account?.files, `seed ${seed} again`).toMatchObject({ offered, imported: 0 })
  }
})

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
/** An outcome may be absent: none. */
const sumOf = (outcomes: Readonly<Record<string, number | undefined>>): number =>
  sum(Object.values(outcomes).map((count) => count ?? 0))
