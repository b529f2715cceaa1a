import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeRaster, inspectImage } from '../../../../electron/engine/image/index.ts'
import { exponential, unitVector } from '../../../../electron/engine/synthetic/portable-math.ts'
import {
  makeSyntheticField,
  syntheticClasses,
  writeSyntheticSet,
} from '../../../../electron/engine/synthetic/index.ts'

const small = { seed: 3, widthPx: 320, heightPx: 240 }
const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex')

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lobule-synthetic-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('makeSyntheticField', () => {
  // Written by this generator itself: they keep it the same on every machine and engine. A deliberate change of the
  // images changes them.
  test('the same bytes on every machine', () => {
    const digests = syntheticClasses.map((className) =>
      sha256(makeSyntheticField({ ...small, className, index: 0 }).data).slice(0, 16),
    )
    expect(digests).toMatchInlineSnapshot(`
      [
        "287df582e2b80146",
        "8cc4b88b24eacda0",
        "e28edbd4a0e47b68",
        "f56e3e63ffba46a2",
      ]
    `)
  })

  test('every field is different and has the requested size', () => {
    const first = makeSyntheticField({ ...small, className: 'Benign', index: 0 })
    expect([first.widthPx, first.heightPx, first.data.length]).toEqual([320, 240, 320 * 240 * 3])
    const others = [
      makeSyntheticField({ ...small, className: 'Benign', index: 1 }),
      makeSyntheticField({ ...small, className: 'Benign', index: 0, seed: 4 }),
      makeSyntheticField({ ...small, className: 'Normal', index: 0 }),
    ]
    expect(new Set([first, ...others].map(({ data }) => sha256(data))).size).toBe(4)
  })

  test('it looks like a stained section: bright glass, dark blue nuclei, pink between', () => {
    const { data } = makeSyntheticField({ ...small, className: 'InSitu', index: 2 })
    let dark = 0
    let pink = 0
    for (let at = 0; at < data.length; at += 3) {
      const [red = 0, green = 0, blue = 0] = data.subarray(at, at + 3)
      if (red < 130 && blue > red) dark += 1
      if (red > green + 20 && red > 150) pink += 1
    }
    expect(dark / (data.length / 3)).toBeGreaterThan(0.05)
    expect(pink / (data.length / 3)).toBeGreaterThan(0.1)
  })

  test('the smallest field there is', () => {
    for (const className of syntheticClasses) {
      const tiny = makeSyntheticField({ className, seed: 0, index: 0, widthPx: 64, heightPx: 64 })
      expect(tiny.data).toHaveLength(64 * 64 * 3)
    }
  })

  test('our own sine and exponential', () => {
    for (let turns = -2.3; turns < 2.3; turns += 0.0371) {
      const [cosine, sine] = unitVector(turns)
      // The series' first left-out term: (pi / 4)^10 / 10!.
      expect(Math.abs(cosine - Math.cos(2 * Math.PI * turns))).toBeLessThan(3e-8)
      expect(Math.abs(sine - Math.sin(2 * Math.PI * turns))).toBeLessThan(3e-8)
    }
    for (const x of [-6, -1, -1e-3, 0, 0.5]) {
      expect(Math.abs(exponential(x) / Math.exp(x) - 1)).toBeLessThan(1e-9)
    }
  })
})

describe('writeSyntheticSet', () => {
  test('writes marked files by class and case, and reports progress', async () => {
    const directory = join(folder, 'set')
    const progress: number[] = []
    const files = await writeSyntheticSet(directory, {
      ...small,
      perClass: 4,
      onProgress: (done) => progress.push(done),
    })
    expect(progress).toEqual(Array.from({ length: 17 }, (_, index) => index))
    expect((await readdir(directory)).sort()).toEqual(['Benign', 'InSitu', 'Invasive', 'Normal'])
    expect((await readdir(join(directory, 'Benign'))).sort()).toEqual([
      'synthetic-benign-case02-01.png',
      'synthetic-benign-case02-02.png',
      'synthetic-benign-case06-03.png',
      'synthetic-benign-case06-04.png',
    ])
    const classesOfCase = Map.groupBy(files, (file) => file.caseName)
    for (const members of classesOfCase.values()) {
      expect(new Set(members.map(({ className }) => className)).size).toBe(1)
    }
    const [first] = files
    if (first === undefined) throw new Error('no file')
    expect(basename(first.path)).toContain(first.caseName)
    expect(await inspectImage(first.path)).toMatchObject({
      format: 'png',
      widthPx: 320,
      heightPx: 240,
      pixelSizeUm: 0.42,
      pixelSizeSource: 'resolution-tag',
      synthetic: true,
    })
    const raster = makeSyntheticField({ ...small, className: first.className, index: 0 })
    expect(sha256((await decodeRaster(first.path)).data)).toBe(sha256(raster.data))
  })

  test('stops when cancelled, and refuses a location that cannot be written', async () => {
    const cancelled = writeSyntheticSet(join(folder, 'none'), {
      ...small,
      perClass: 1,
      signal: AbortSignal.abort(),
    })
    await expect(cancelled).rejects.toMatchObject({ code: 'job.cancelled' })
    const file = join(folder, 'file')
    await writeFile(file, 'x')
    const blocked = writeSyntheticSet(file, { ...small, perClass: 1 })
    await expect(blocked).rejects.toMatchObject({ code: 'path.not-writable' })
  })
})
