import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import sharp from 'sharp'
import { findCopies } from '../../../../electron/engine/leaks/find-copies.ts'
import {
  fromBytes,
  makePrint,
  toBytes,
  type PicturePrint,
} from '../../../../electron/engine/leaks/picture-print.ts'
import { storedPrint } from '../../../../electron/engine/leaks/stored-print.ts'
import { makeSyntheticField, syntheticClasses } from '../../../../electron/engine/synthetic/index.ts'
import { writePng } from '../../../../electron/engine/image/index.ts'
import { plantCopy, plantedCopies } from '../../../support/planted-copies.ts'

let folder: string
let originals: string[]
let prints: PicturePrint[]
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lobule-copies-'))
  originals = []
  for (const [index, className] of syntheticClasses.slice(0, 3).entries()) {
    const path = join(folder, `${index}.png`)
    await writePng(makeSyntheticField({ className, index, seed: 5, widthPx: 700, heightPx: 460 }), path)
    originals.push(path)
  }
  prints = await Promise.all(originals.map((path) => makePrint(path, 1)))
})
afterAll(() => rmSync(folder, { recursive: true }))

it.each(Object.keys(plantedCopies))('finds a copy that was %s, and no other image', async (kind) => {
  const copy = join(folder, `copy.${kind.includes('JPEG') ? 'jpg' : 'png'}`)
  await plantCopy(originals[1] ?? '', kind, copy)
  const pairs = await findCopies([...prints, await makePrint(copy, 1)])
  expect(pairs.map(({ first, second }) => [first, second])).toEqual([[1, 3]])
  const [pair] = pairs
  expect(pair?.isMirrored).toBe(kind === 'mirrored')
  expect(pair?.overlap).toBeGreaterThan(0.9)
  if (kind.startsWith('turned by 90')) expect(Math.abs(pair?.turn ?? 0)).toBeCloseTo(90, 0)
})

it('says how much of a picture overlaps with another one', async () => {
  const [left, right] = ['left.png', 'right.png'].map((name) => join(folder, name)) as [string, string]
  await sharp(originals[0]).extract({ left: 0, top: 0, width: 440, height: 460 }).toFile(left)
  await sharp(originals[0]).extract({ left: 220, top: 0, width: 440, height: 460 }).toFile(right)
  const [pair, ...others] = await findCopies([await makePrint(left, 1), await makePrint(right, 1)])
  expect(others).toEqual([])
  // Half of each; the alignment is good to some pixels of a small image.
  expect(pair?.overlap).toBeCloseTo(0.5, 1)
})

it('finds nothing in pictures without detail', async () => {
  const blank = join(folder, 'blank.png')
  await sharp({ create: { width: 300, height: 200, channels: 3, background: '#eee' } }).toFile(blank)
  const print = await makePrint(blank, 1)
  expect(print.hashes).toHaveLength(0)
  expect(await findCopies([print, print, ...prints])).toEqual([])
})

it('stops between two pictures', async () => {
  await expect(findCopies(prints, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'job.cancelled',
  })
})

it('keeps prints by content, and makes a damaged one again', async () => {
  const image = { path: originals[0] ?? '', page: 1, sha256: 'a'.repeat(64), pixelSizeUm: null }
  const first = await storedPrint(image, folder)
  expect(first.hasDetail).toBe(true)
  // The file alone is enough the second time.
  expect(await storedPrint({ ...image, path: '/nowhere.png' }, folder)).toEqual(first)
  writeFileSync(first.file, 'damaged')
  await expect(storedPrint({ ...image, path: '/nowhere.png' }, folder)).rejects.toMatchObject({
    code: 'path.not-found',
  })
  expect(await storedPrint(image, folder)).toEqual(first)
})

it('reads back the bytes that it wrote, and refuses others', () => {
  const [print] = prints
  if (print === undefined) throw new Error('there is no print')
  const bytes = toBytes(print)
  expect(fromBytes(bytes)).toEqual(print)
  for (const wrong of [
    bytes.slice(0, 20),
    bytes.slice(0, -1),
    Uint8Array.of(...bytes, 0),
    new Uint8Array(64),
  ])
    expect(fromBytes(wrong)).toBeNull()
})
