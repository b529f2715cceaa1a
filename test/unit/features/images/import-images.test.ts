import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { atOnce } from '../../../../electron/base/slices.ts'
import { sha256OfFile } from '../../../../electron/base/sha256.ts'
import { AppError, originOf, parseClassScheme } from '../../../../electron/contract/index.ts'
import { ComputeClient } from '../../../../electron/compute/client.ts'
import {
  importImages,
  importJob,
  type ImportInput,
} from '../../../../electron/features/images/import-images.ts'
import { relinkJob } from '../../../../electron/features/images/relink-images.ts'
import { accountCsv } from '../../../../electron/features/images/import-account-csv.ts'
import { exportLabels } from '../../../../electron/features/labels/export-labels.ts'
import { type InspectedPage } from '../../../../electron/engine/image/index.ts'
import {
  createWorkspace,
  findTestSet,
  insertTestSet,
  listImages,
  listLabels,
  moveImage,
  releaseTestSet,
  type OpenWorkspace,
} from '../../../../electron/store/index.ts'
import { importInput } from '../../../support/import-input.ts'
import { inProcessBounded } from '../../../support/in-process-bounded.ts'
import { setRemovedLater } from '../../../support/at-once.ts'
import { jobRun } from '../../../support/job-run.ts'
import { inProcessCompute, type InProcessCompute } from '../../../support/in-process-compute.ts'

let root: string
let store: OpenWorkspace
let compute: InProcessCompute
let crashAt: string | null
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-import-'))
  store = createWorkspace(join(root, 'w'), parseClassScheme('Benign,Malignant*'), 'test')
  crashAt = null
  compute = inProcessCompute({
    hash: ({ path }) => sha256OfFile(path),
    inspect: async ({ path }): Promise<InspectedPage[]> => {
      if (basename(path) === crashAt) {
        compute.crash('SIGSEGV')
        await new Promise(() => undefined)
      }
      if (path.endsWith('bad.png')) throw new AppError('image.truncated', { path, reason: 'cut' })
      const sha256 = await sha256OfFile(path)
      const size = { widthPx: 2, heightPx: 2, byteCount: 1, pixelSizeUm: null }
      const synthetic = basename(path).startsWith('drawn')
      const rest = { format: 'png', pixelSizeSource: 'none', hasLabelPicture: false, synthetic } as const
      return [{ sha256, fileSha256: sha256, page: 1, ...size, ...rest }]
    },
  })
})
afterEach(() => {
  store.close()
  rmSync(root, { recursive: true })
})

const write = (path: string, content: string): void => {
  mkdirSync(join(root, 'pictures', path, '..'), { recursive: true })
  writeFileSync(join(root, 'pictures', path), content)
}
const bounded = inProcessBounded()
const run = (
  how: Partial<ImportInput> = {},
  options: Parameters<typeof jobRun>[1] = {},
  isDryRun = false,
): ReturnType<typeof importImages> =>
  importImages(
    importInput([join(root, 'pictures')], how),
    jobRun(importJob, options),
    { workspace: store, compute: new ComputeClient(compute.launch, () => undefined), bounded },
    { isDryRun },
  )

it('counts what it imported before it was stopped, and no older images', async () => {
  write('benign/x-1.png', '1')
  await run()
  const since = new Date(Date.now() + 5).toISOString()
  await new Promise((resolve) => setTimeout(resolve, 10))
  write('benign/x-2.png', '2')
  write('benign/x-3.png', '3')
  await run({ paths: [join(root, 'pictures', 'benign', 'x-2.png')] })
  const again = await run({}, { since })
  expect(again).toMatchObject({ imported: 2, duplicates: 1, labelled: 2, failed: [] })
  expect(again.images).toHaveLength(3)
})

it('imports good files, lists bad ones, and counts known content as duplicates', async () => {
  write('benign/x-1.png', '1')
  write('malignant/sub/y-1.png', '2')
  write('malignant/copy.png', '1')
  write('benign/bad.png', '3')
  expect(await run()).toMatchObject({ imported: 2, duplicates: 1, failed: [{ code: 'image.truncated' }] })
  const rows = listImages(store.database).map((i) => [
    i.fileName,
    i.caseName,
    i.label?.className,
    i.label?.source,
  ])
  expect(rows).toEqual([
    ['x-1.png', 'x', 'Benign', 'folder'],
    ['y-1.png', 'y', 'Malignant', 'folder'],
  ])
  expect(await run()).toMatchObject({ imported: 0, duplicates: 3 })
})

it('keeps what was imported before a cancel', async () => {
  for (let i = 0; i < 20; i++) write(`benign/a-${i}.png`, String(i))
  const controller = new AbortController()
  const stopped = run(
    { labels: 'none', casesPattern: null },
    {
      signal: controller.signal,
      onProgress: () => {
        if (listImages(store.database).length >= 3) controller.abort()
      },
    },
  )
  // The meter reports at most ten times a second, so the abort may come with the last one only.
  await stopped.catch((error: unknown) => expect(error).toMatchObject({ code: 'job.cancelled' }))
  const kept = listImages(store.database).length
  expect(await run()).toMatchObject({ imported: 20 - kept, duplicates: kept })
})

it('survives a file that crashes the decoder', async () => {
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) write(`benign/${name}-1.png`, name)
  crashAt = 'c-1.png'
  const report = await run()
  expect(report.imported).toBe(5)
  expect(report.failed).toMatchObject([{ code: 'image.truncated' }])
  expect(report.failed[0]?.message).toContain('c-1.png is damaged or cut off: reading it ended the process')
  expect(basename(report.failed[0]?.path ?? '')).toBe('c-1.png')
})

it('adds missing values to a duplicate and changes nothing else', async () => {
  write('benign/x-1.png', '1')
  await run({ labels: 'none', casesPattern: null })
  expect(await run()).toMatchObject({ imported: 0, duplicates: 1, labelled: 1 })
  expect(listImages(store.database)).toMatchObject([{ caseName: 'x', label: { className: 'Benign' } }])
  write('malignant/y-1.png', '1')
  expect(await run()).toMatchObject({ duplicates: 2, labelled: 0, found: 0 })
  expect(listImages(store.database)).toMatchObject([{ caseName: 'x', label: { className: 'Benign' } }])
})

it('leaves a removed image out, and brings it back if asked to, with its labels; a dry run only says so', async () => {
  write('benign/x-1.png', '1')
  write('benign/copy.png', '1')
  await run()
  setRemovedLater(store.database, [1], true, 'ada')
  write('benign/z-2.png', '2')
  const table = join(root, 'labels.csv')
  writeFileSync(table, 'file,label,case\nx-1.png,Malignant,k\nz-2.png,Benign,k\n')
  for (const isDryRun of [true, false]) {
    const left = await run({ labels: 'none', labelsFile: table }, {}, isDryRun)
    expect(left).toMatchObject({ imported: 1, duplicates: 0, restored: 0, found: 0, failed: [] })
    expect(left.account).toMatchObject({
      files: { offered: 3, imported: 1, present: 0, removed: 2, contradicting: 0, failed: 0 },
      rows: { offered: 2, added: 1, removed: 1, failed: 0 },
      contradictions: [],
    })
    expect(accountCsv(left).text).toContain(
      `${join('benign', 'x-1.png')},,removed,"removed earlier, left out"`,
    )
  }
  expect(listImages(store.database)).toMatchObject([{ id: 2 }])
  rmSync(join(root, 'pictures', 'benign/z-2.png'))
  const back = { restoreRemoved: true }
  const lock = { name: 's', rule: { kind: 'later' as const }, reader: null, reason: 'r' }
  insertTestSet(store.database, { ...lock, caseNames: ['x'], imageIds: [] })
  expect((await run(back)).account?.files).toMatchObject({ removed: 2 })
  releaseTestSet(store.database, findTestSet(store.database, 's'), { reader: null, reason: 'r' })
  expect(await run(back, {}, true)).toMatchObject({ imported: 0, duplicates: 2, restored: 1 })
  expect(listImages(store.database)).toMatchObject([{ id: 2 }])
  expect(await run({ ...back, labels: 'none' })).toMatchObject({ imported: 0, duplicates: 2, restored: 1 })
  expect(listImages(store.database)).toMatchObject([{ id: 1, label: { className: 'Benign' } }, { id: 2 }])
  expect(await run()).toMatchObject({ restored: 0 })
})

it('finds a moved file again, and one whose name another file now has', async () => {
  write('a-1.png', 'A')
  write('b-1.png', 'B')
  await run()
  write('a-1.png', 'B')
  write('b-1.png', 'A')
  expect(await run()).toMatchObject({ duplicates: 2, found: 2, imported: 0 })
  expect(listImages(store.database).map((image) => image.fileName)).toEqual(['b-1.png', 'a-1.png'])
})

it.each([
  ['Windows', String.raw`C:\Users\Dr. Müller\Bilder\a-1.png`],
  ['a share of Windows', String.raw`\\server\share\a-1.png`],
  ['Linux', '/home/müller/a-1.png'],
])('shows an image that was imported on %s by its name, and finds it here', async (_, path) => {
  write('b-1.png', 'A')
  await run()
  const folder = join(root, 'pictures')
  moveImage(store.database, 1, path, 'relink')
  expect(listImages(store.database)).toMatchObject([{ path, fileName: 'a-1.png' }])
  const services = {
    workspace: store,
    compute: new ComputeClient(compute.launch, () => undefined),
    bounded,
    homeDirectory: root,
    version: 'test',
    emit: () => undefined,
  }
  const relinked = await relinkJob.run({ directory: folder }, jobRun(relinkJob), services)
  expect(relinked).toEqual({
    found: [{ imageId: 1, from: path, to: join(folder, 'b-1.png') }],
    missing: [],
    failed: [],
  })
  expect(await run()).toMatchObject({ duplicates: 1, imported: 0, found: 0 })
})

it('copies files into the workspace, whole or not at all, and reads them from there', async () => {
  write('a-1.png', 'A')
  await run({ copy: true })
  rmSync(join(root, 'pictures', 'a-1.png'))
  const [image] = listImages(store.database)
  expect(image).toMatchObject({
    copied: true,
    fileName: 'a-1.png',
    originalPath: join(root, 'pictures', 'a-1.png'),
  })
  expect(await sha256OfFile(image?.path ?? '')).toBe(image?.sha256)
  expect(readdirSync(join(root, 'w', 'images'))).toEqual([`${image?.sha256 ?? ''}.png`])
})

it('copies on request what was only referenced before', async () => {
  write('a-1.png', 'A')
  await run()
  expect(await run({ copy: true })).toMatchObject({ imported: 0, duplicates: 1 })
  expect(listImages(store.database)).toMatchObject([{ copied: true }])
})

it('uses a stated pixel size if the file has none', async () => {
  write('a-1.png', 'A')
  await run({ pixelSizeUm: 0.42 })
  expect(listImages(store.database)).toMatchObject([{ pixelSizeUm: 0.42, pixelSizeSource: 'stated' }])
})

it('uses a table of labels and lists rows with problems', async () => {
  for (const name of ['benign/x-1.png', 'y-1.png', 'sub/same.png', 'other/same.png', 'benign/z.png'])
    write(name, name)
  const labelsFile = join(root, 'labels.csv')
  writeFileSync(
    labelsFile,
    'Label,File,case,reader\n' +
      'malignant,pictures/benign/x-1.png,c1,bob\n' +
      'Benign,y-1.png,,\nBenign,same.png,,\nSarcoma,y-1.png,c2,\nBenign,gone.png,,\n' +
      'Malignant,y-1.png,c2,eva\nMalignant,y-1.png,,\n',
  )
  const report = await run({ labelsFile, casesPattern: null })
  expect(report.rows.map(({ row, problem }) => [row, problem])).toEqual([
    [3, '2 files have this name; give more of the path'],
    [4, 'there is no class "Sarcoma" (known: Benign, Malignant)'],
    [5, 'no such file is among those to import'],
    [7, 'an earlier row labels this file Benign'],
  ])
  const labels = atOnce(listLabels(store.database, null)).map((entry) => [
    entry.imageId,
    entry.className,
    originOf(entry),
    entry.table,
    entry.importedBy,
  ])
  const idOf = (name: string): number | undefined =>
    listImages(store.database).find((image) => image.path.endsWith(name))?.id
  expect(labels.toSorted()).toEqual(
    [
      [idOf('x-1.png'), 'Malignant', 'bob', 'labels.csv', null],
      [idOf('y-1.png'), 'Benign', 'Table labels.csv', 'labels.csv', 'ada'],
      [idOf('y-1.png'), 'Malignant', 'eva', 'labels.csv', null],
      [idOf('z.png'), 'Benign', 'Folder name', null, 'ada'],
    ].toSorted(),
  )
  expect(listImages(store.database).find((image) => image.path.endsWith('y-1.png'))?.caseName).toBe('c2')
})

it('reads back where labels came from in the table that it writes, and ignores other words in its column', async () => {
  for (const name of ['benign/drawn-1.png', 'benign/x-1.png', 'y-1.png', 'z-1.png']) write(name, name)
  const labelsFile = join(root, 'labels.csv')
  writeFileSync(labelsFile, 'file,label,reader,source\ny-1.png,Benign,,ward 3\nz-1.png,Benign,eva,folder\n')
  await run({ labelsFile })
  const labels = (): string[][] =>
    listImages(store.database).map(({ fileName, readings }) => [fileName, ...readings.all.map(originOf)])
  const expected = [
    ['drawn-1.png', 'Synthetic'],
    ['x-1.png', 'Folder name'],
    ['y-1.png', 'Table labels.csv'],
    ['z-1.png', 'eva'],
  ]
  expect(labels()).toEqual(expected)
  const written = join(root, 'again', 'labels.csv')
  mkdirSync(join(root, 'again'))
  await exportLabels(store.read, { path: written, history: false, replace: false })
  store.close()
  store = createWorkspace(join(root, 'w2'), parseClassScheme('Benign,Malignant*'), 'test')
  await run({ labels: 'none', labelsFile: written, reader: 'max' })
  expect(labels()).toEqual(expected)
  expect(atOnce(listLabels(store.database, null)).map(({ importedBy }) => importedBy)).toEqual([
    'max',
    'max',
    'max',
    null,
  ])
})

it.each([
  ['', 'it has no rows'],
  ['file,label\n', 'it has no rows'],
  ['name,label\na,b\n', 'it has no column "file"'],
  ['file,lable\na,b\n', 'it has neither a column "label" nor a column "case"'],
  ['file,label\na\n', 'row 1 has 1 fields and the first line has 2'],
])('refuses a table of labels such as %j', async (text, reason) => {
  const labelsFile = join(root, 'labels.csv')
  writeFileSync(labelsFile, text)
  write('a-1.png', 'A')
  await expect(run({ labelsFile })).rejects.toMatchObject({
    code: 'labels.invalid-table',
    details: { reason },
  })
  expect(listImages(store.database)).toEqual([])
})
