import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { sha256OfFile } from '../../../../electron/base/sha256.ts'
import { AppError, parseClassScheme, type ImportReport } from '../../../../electron/contract/index.ts'
import { type InspectedPage } from '../../../../electron/engine/image/index.ts'
import { cleanStorage, listLeftovers } from '../../../../electron/features/workspace/clean-storage.ts'
import { ComputeClient } from '../../../../electron/compute/client.ts'
import { dropDirectory } from '../../../../electron/features/images/dropped-file-paths.ts'
import {
  importImages,
  importJob,
  type ImportInput,
} from '../../../../electron/features/images/import-images.ts'
import { previewImport } from '../../../../electron/features/images/import-plan.ts'
import {
  createWorkspace,
  listImages,
  saveFlags,
  type OpenWorkspace,
} from '../../../../electron/store/index.ts'
import { importInput } from '../../../support/import-input.ts'
import { inProcessBounded } from '../../../support/in-process-bounded.ts'
import { jobRun } from '../../../support/job-run.ts'
import { inProcessCompute } from '../../../support/in-process-compute.ts'

let root: string
let workspacePath: string
let store: OpenWorkspace
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-dropped-'))
  // In a folder named like a class: it must not label dropped files.
  workspacePath = join(root, 'Malignant', 'w')
  store = createWorkspace(workspacePath, parseClassScheme('Benign,Malignant*'), 'test')
})
afterEach(() => {
  store.close()
  rmSync(root, { recursive: true })
})

const compute = inProcessCompute({
  hash: ({ path }) => sha256OfFile(path),
  inspect: async ({ path, pages }): Promise<InspectedPage[]> => {
    if (path.endsWith('bad.png')) throw new AppError('image.truncated', { path, reason: 'cut' })
    if (path.endsWith('stack.tif') && pages === 'ask')
      throw new AppError('image.several-pages', { path, pages: ['1', '2'] })
    const sha256 = await sha256OfFile(path)
    const size = { widthPx: 2, heightPx: 2, byteCount: 1, pixelSizeUm: null }
    const rest = { format: 'png', pixelSizeSource: 'none', hasLabelPicture: false, synthetic: false } as const
    const page = (number: number, own: string): InspectedPage => ({
      sha256: own,
      fileSha256: sha256,
      page: number,
      ...size,
      ...rest,
    })
    return path.endsWith('stack.tif')
      ? [page(1, sha256), page(2, sha256.split('').reverse().join(''))]
      : [page(1, sha256)]
  },
})

const drop = (path: string, content: string): string => {
  const target = join(dropDirectory(store, '0123456789abcdef'), path)
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, content)
  return target
}
const sources = (paths: string[], how: Partial<ImportInput> = {}): ImportInput => importInput(paths, how)
const bounded = inProcessBounded()
const run = (paths: string[], how: Partial<ImportInput> = {}): Promise<ImportReport> =>
  importImages(sources(paths, how), jobRun(importJob), {
    workspace: store,
    compute: new ComputeClient(compute.launch, () => undefined),
    bounded,
  })

it('moves dropped files to the copies, labelled only by their own folders', async () => {
  const paths = [drop('Benign/x-1.png', '1'), drop('y-1.png', '2'), drop('Benign/again.png', '1')]
  expect(await run(paths)).toMatchObject({ imported: 2, duplicates: 1, failed: [], withoutPixelSize: 2 })
  const images = listImages(store.database)
  expect(
    images.map(({ originalPath, fileName, copied, caseName, label }) => [
      originalPath,
      fileName,
      copied,
      caseName,
      label?.className,
    ]),
  ).toEqual([
    ['Benign/x-1.png', 'x-1.png', true, 'x', 'Benign'],
    ['y-1.png', 'y-1.png', true, 'y', undefined],
  ])
  expect(images.every(({ path }) => existsSync(path))).toBe(true)
  expect(readdirSync(join(workspacePath, 'images'))).toHaveLength(2)
  expect(existsSync(dropDirectory(store, '0123456789abcdef'))).toBe(false)
})

it('keeps failed files, under the names they were dropped with, for a retry', async () => {
  const [bad, stack] = [drop('deep/bad.png', '3'), drop('stack.tif', '4')]
  const { failed } = await run([bad, stack])
  expect(failed.map(({ path, code }) => [path, code])).toEqual([
    [bad, 'image.truncated'],
    [stack, 'image.several-pages'],
  ])
  expect(failed[0]?.message).toContain('deep/bad.png')
  expect(failed[0]?.message).not.toContain(workspacePath)
  expect(await run([stack], { pages: 'all' })).toMatchObject({ imported: 2, failed: [] })
  expect(existsSync(stack)).toBe(false)
  // One file, two images: the file is stored once.
  expect(readdirSync(join(workspacePath, 'images'))).toHaveLength(1)
  expect(existsSync(bad)).toBe(true)
})

it('uses a table of labels from the same drop', async () => {
  const image = drop('set/a.png', '5')
  const labelsFile = drop('labels.csv', 'file,label,case\nset/a.png,Malignant,K7\nset/b.png,Benign,K8\n')
  expect(await run([image], { labels: 'none', labelsFile })).toMatchObject({
    imported: 1,
    labelled: 1,
    rows: [{ row: 2, file: 'set/b.png' }],
  })
  expect(listImages(store.database)).toMatchObject([{ caseName: 'K7', label: { className: 'Malignant' } }])
})

it('gives a stated pixel size to a known image, unless something was computed without it', async () => {
  const picture = join(root, 'x-1.png')
  writeFileSync(picture, '6')
  expect(await run([picture])).toMatchObject({ withoutPixelSize: 1 })
  expect(await run([picture], { pixelSizeUm: 0.5 })).toMatchObject({ duplicates: 1, withoutPixelSize: 0 })
  expect(listImages(store.database)).toMatchObject([{ pixelSizeUm: 0.5, pixelSizeSource: 'stated' }])
  await run([picture], { pixelSizeUm: 0.25 })
  expect(listImages(store.database)).toMatchObject([{ pixelSizeUm: 0.5 }])

  const other = join(root, 'y-1.png')
  writeFileSync(other, '7')
  await run([other])
  saveFlags(store.database, 2, [])
  expect(await run([other], { pixelSizeUm: 0.5 })).toMatchObject({ withoutPixelSize: 1 })
  expect(listImages(store.database)[1]).toMatchObject({ pixelSizeUm: null })
})

it('previews counts, and lists images without a case first', async () => {
  const paths = ['x-1.png', 'x-2.png', 'y-1.png', 'z-1.png', '1.png', '2.png', '3.png'].map((name) => {
    writeFileSync(join(root, name), name)
    return join(root, name)
  })
  const preview = (mostFiles: number | null) =>
    previewImport({ ...sources(paths), workspace: store, bounded }, ['Benign'], mostFiles)
  expect((await preview(null)).files).toHaveLength(7)
  const some = await preview(4)
  expect(some.files.map(({ caseName }) => caseName)).toEqual(['x', 'x', null, null])
  expect(some.totals).toEqual({
    files: 7,
    bytes: 43,
    cases: 3,
    withoutCase: 3,
    labelled: 0,
    minImages: 1,
    maxImages: 2,
  })
  expect(some.freeBytes).toBeGreaterThan(0)
  expect((await preview(6)).files.filter(({ caseName }) => caseName === null)).toHaveLength(3)
})

it('cleans files without an owner, and descriptors and heat maps only on request', async () => {
  await run([drop('x-1.png', '8')])
  drop('left.png', '9')
  writeFileSync(join(workspacePath, 'images', 'half.png.part'), 'half')
  mkdirSync(join(workspacePath, 'descriptors', 'ab'), { recursive: true })
  writeFileSync(join(workspacePath, 'descriptors', 'ab', 'ab.npy'), '0123456789')
  mkdirSync(join(workspacePath, 'explanations'))
  writeFileSync(join(workspacePath, 'explanations', '1-ab-v1.json'), 'map')
  expect(await listLeftovers(store)).toHaveLength(2)
  const nothing = { descriptors: false, explanations: false, leftovers: false }
  const clean = (what: Partial<typeof nothing>) => cleanStorage(store, { ...nothing, ...what })
  expect(await clean({})).toEqual({ removedFiles: 0, removedBytes: 0 })
  expect(await clean({ leftovers: true })).toEqual({ removedFiles: 2, removedBytes: 5 })
  expect(await clean({ explanations: true })).toEqual({ removedFiles: 1, removedBytes: 3 })
  expect(await clean({ descriptors: true, leftovers: true })).toEqual({ removedFiles: 1, removedBytes: 10 })
  expect(listImages(store.database).every(({ path }) => existsSync(path))).toBe(true)
})
