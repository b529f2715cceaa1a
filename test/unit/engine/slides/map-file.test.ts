import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sha256 } from '../../../../electron/base/sha256.ts'
import { BlockFiles } from '../../../../electron/engine/slides/block-files.ts'
import { decodeChecked, encodeChecked } from '../../../../electron/engine/slides/checked-file.ts'
import { readSlideMap, slideMapFile, writeSlideMap } from '../../../../electron/engine/slides/map-file.ts'
import { expectRefusal } from '../encoders/helpers.ts'

let folder: string
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'lobule-map-'))))
afterAll(() => rmSync(folder, { recursive: true }))

const map = {
  imageSha256: 'a'.repeat(64),
  widthPx: 1000,
  heightPx: 900,
  pixelSizeUm: 0.5,
  grid: { rows: 2, columns: 3, strideUm: 168, placeUm: 336 },
  classes: ['Tumour é', 'Normal'],
  isPositive: [true, false],
  cells: Int32Array.of(1, 4),
  probabilities: Float32Array.of(0.25, 0.75, 1, 0),
  likeness: Float32Array.of(0.5, 0.01),
  tissueShare: Float32Array.of(1, 0.5),
  augmentations: null,
}

describe('a map', () => {
  it('comes back as it was written, under its hash, with and without likeness and augmentations', async () => {
    for (const changes of [{}, { likeness: null }, { augmentations: Int32Array.of(1, 4) }]) {
      const name = await writeSlideMap(folder, { ...map, ...changes })
      expect(name).toBe(sha256(readFileSync(slideMapFile(folder, name))))
      expect(await readSlideMap(folder, name)).toEqual({ ...map, ...changes })
      expect(await writeSlideMap(folder, { ...map, ...changes })).toBe(name)
    }
  })

  it('is refused if any byte was changed, if it was cut, is missing, or is another kind of file', async () => {
    const name = await writeSlideMap(folder, map)
    const path = slideMapFile(folder, name)
    const bytes = readFileSync(path)
    const isRefused = (reason: RegExp, of = name): Promise<void> =>
      expectRefusal(() => readSlideMap(folder, of), 'slide.map-damaged', reason)
    for (const index of [0, 9, 40, bytes.length - 40, bytes.length - 1]) {
      const changed = Buffer.from(bytes)
      changed[index] = (changed[index] ?? 0) ^ 1
      writeFileSync(path, changed)
      await isRefused(/has changed/)
    }
    writeFileSync(path, bytes.subarray(0, 100))
    await isRefused(/has changed/)
    rmSync(path)
    await isRefused(/is missing/)
    // Under its own name, so that only the content tells.
    const other = encodeChecked('slide block 1', {}, {})
    writeFileSync(slideMapFile(folder, sha256(other)), other)
    await isRefused(/of the kind "slide block 1"/, sha256(other))
    for (const text of ['', 'too short to be one of them, but longer than a checksum needs it to be']) {
      writeFileSync(slideMapFile(folder, sha256(text)), text)
      await isRefused(text === '' ? /cut off/ : /not such a file/, sha256(text))
    }
    const partless = encodeChecked('slide map 1', {}, { cells: map.cells })
    writeFileSync(slideMapFile(folder, sha256(partless)), partless)
    await isRefused(/lacks a part/, sha256(partless))
  })
})

it('a checked file of arrays refuses what does not match its checksum', () => {
  const bytes = encodeChecked('x', { a: 1 }, { values: Float32Array.of(1, 2), ids: Int32Array.of(-3) })
  expect(decodeChecked('x', bytes)).toEqual({
    content: { a: 1 },
    arrays: { values: Float32Array.of(1, 2), ids: Int32Array.of(-3) },
  })
  // It may lie anywhere in memory.
  const shifted = new Uint8Array(bytes.length + 3)
  shifted.set(bytes, 3)
  expect(decodeChecked('x', shifted.subarray(3)).content).toEqual({ a: 1 })
  for (let index = 8; index < bytes.length; index++) {
    const changed = Uint8Array.from(bytes)
    changed[index] = (changed[index] ?? 0) ^ 128
    expect(() => decodeChecked('x', changed)).toThrow(/checksum/)
  }
})

describe('a block', () => {
  it('is there only whole and with the places that it should have', async () => {
    const blocks = new BlockFiles(join(folder, 'drafts', 'key'), 2)
    const result = {
      probabilities: Float32Array.of(0.5, 0.5, 1, 0),
      likeness: Float32Array.of(0.1, 0.2),
      augmentations: Int32Array.of(1, 3),
    }
    await blocks.write(7, result)
    expect(await blocks.read(7, 2)).toEqual(result)
    expect(await blocks.read(7, 3)).toBeNull()
    expect(await blocks.read(8, 2)).toBeNull()
    const [name = ''] = readdirSync(join(folder, 'drafts', 'key'))
    const path = join(folder, 'drafts', 'key', name)
    const bytes = readFileSync(path)
    for (const length of [0, 20, bytes.length - 1]) {
      writeFileSync(path, bytes.subarray(0, length))
      expect(await blocks.read(7, 2)).toBeNull()
    }
  })
})
