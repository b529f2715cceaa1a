import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { skippedSentence } from '../../../../electron/contract/index.ts'
import { classFromFolders, findImages } from '../../../../electron/features/images/find-images.ts'
import { listDirectory } from '../../../../electron/features/workspace/directories.ts'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'lobule-find-'))))
afterEach(() => rmSync(root, { recursive: true }))
const signal = new AbortController().signal
const touch = (...parts: string[]): string => {
  const path = join(root, ...parts)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, '')
  return path
}

it('finds images in all subfolders, in order, each once, and skips the rest', async () => {
  const b = touch('b', 'ä ö 🔬', 'x.PNG')
  const a = touch('a.tiff')
  touch('.hidden', 'y.png')
  touch('notes.csv')
  const named = touch('odd.dat')
  const found = await findImages([root, a, named], signal)
  expect(found).toEqual({
    files: [a, b, named],
    failed: [],
    hidden: 1,
    skipped: [{ ending: '.csv', files: 1 }],
  })
})

it('counts what it skips by kind, and takes the folder of a slide or a store as one', async () => {
  const slide = touch('slide.mrxs')
  touch('slide', 'Data0000.dat')
  touch('store.zarr', '0', '0')
  for (const name of ['a.vsi', 'b.VSI', 'c.txt', 'README']) touch('more', name)
  const { files, skipped } = await findImages([root], signal)
  expect(files).toEqual([slide])
  expect(skipped).toEqual([
    { ending: '.vsi', files: 2 },
    { ending: '', files: 1 },
    { ending: '.txt', files: 1 },
    { ending: '.zarr', files: 1 },
  ])
  expect(skippedSentence(skipped)).toBe(
    'Skipped files: 2 .vsi (Olympus slides), 1 without an ending, 1 .txt, 1 .zarr (OME-Zarr images). ' +
      'Lobule does not read these images: export them as OME-TIFF or SVS.',
  )
  expect(skippedSentence([])).toBeNull()
})

it('lists missing files and continues', async () => {
  const a = touch('a.png')
  const found = await findImages([join(root, 'none'), a], signal)
  expect(found.files).toEqual([a])
  expect(found.failed).toMatchObject([{ path: join(root, 'none'), code: 'path.not-found' }])
})

it.runIf(process.platform === 'linux')('names each file and folder whose name is not UTF-8', async () => {
  const bytes = (...parts: (string | number)[]): Buffer =>
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part]))))
  mkdirSync(bytes(root, '/folder', 0xe9))
  writeFileSync(bytes(root, '/folder', 0xe9, '/inside.png'), 'x')
  // Node's own list has one name for the first three, and so a map by names has.
  for (const last of [0xe9, 0xe8]) {
    writeFileSync(bytes(root, '/image', last, '.png'), 'x')
    writeFileSync(bytes(root, '/note', last, '.txt'), 'x')
    writeFileSync(bytes(root, '/.hidden', last), 'x')
  }
  const proper = touch('image\uFFFD.png')
  const umlaut = touch('Mü.png')
  const found = await findImages([root], signal)
  expect(found.files).toEqual([umlaut, proper])
  const names = ['folder<E9>', 'image<E8>.png', 'image<E9>.png'].map((name) => join(root, name))
  expect(found.failed).toEqual(
    names.map((path) => ({
      path,
      code: 'path.not-utf8',
      message: `${path} cannot be opened, because its name is not valid UTF-8; signs such as <E9> show the bytes that are not. Rename the file or folder.`,
    })),
  )
  expect([found.skipped, found.hidden]).toEqual([[{ ending: '.txt', files: 2 }], 2])
  const listed = await listDirectory(root)
  expect(listed.entries.map(({ name }) => name)).toEqual(['image\uFFFD.png', 'Mü.png'])
  expect(listed.unreadable).toEqual(
    names.map((path) => basename(path)).concat(['note<E8>.txt', 'note<E9>.txt']),
  )
})

it.runIf(process.platform === 'linux')(
  'asks for another name where a path on the command line is not UTF-8',
  async () => {
    writeFileSync(
      Buffer.concat([Buffer.from(`${root}/image`), Buffer.from([0xe9]), Buffer.from('.png')]),
      'x',
    )
    const found = await findImages([join(root, 'image\uFFFD.png'), join(root, 'none')], signal)
    expect(found.failed).toMatchObject([{ code: 'path.not-utf8' }, { code: 'path.not-found' }])
    expect(found.failed[0]?.message).toContain('the sign \uFFFD replaces what cannot be read')
  },
)

describe('classFromFolders', () => {
  it('looks no further up than the given folder', () => {
    expect(classFromFolders('/benign/w/dropped/1/a.png', ['Benign'], '/benign/w/dropped/1')).toBeNull()
    expect(classFromFolders('/w/dropped/1/benign/a.png', ['Benign'], '/w/dropped/1')).toBe('Benign')
  })

  const classes = ['Benign', 'InSitu']
  it('uses the nearest folder with the name of a class, in upper or lower case', () => {
    expect(classFromFolders('/data/insitu/benign/adenosis/a.png', classes)).toBe('Benign')
    expect(classFromFolders('/data/x/a.png', classes)).toBeNull()
    expect(classFromFolders('/data/benign.png', classes)).toBeNull()
  })
})
