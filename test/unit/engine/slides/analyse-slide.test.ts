import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { doubtMargin, type SlideDraft } from '../../../../electron/contract/index.ts'
import type { OpenEncoders } from '../../../../electron/engine/encoders/index.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'
import { allTissue } from '../../../support/all-tissue.ts'
import { analyseSlide, type SlideAnalysisRequest } from '../../../../electron/engine/slides/analyse-slide.ts'
import { readDraftMap } from '../../../../electron/engine/slides/draft-map.ts'
import { draftMapFile, readSlideMap } from '../../../../electron/engine/slides/map-file.ts'
import { isDoubtful } from '../../../../electron/engine/slides/predict-block.ts'
import { darkAndLight, heightPx, isDark, recipe, widthPx } from '../../../support/dark-and-light.ts'
import { pixelEncoder } from '../../../support/pixel-encoder.ts'
import { expectRefusal } from '../encoders/helpers.ts'

let folder: string
let base: Omit<SlideAnalysisRequest, 'encoders' | 'directory' | 'draft'>
/** Pictures that the encoder was given. */
let encoded = 0
const encoders = { get: () => Promise.resolve(pixelEncoder(() => encoded++)) } as unknown as OpenEncoders

beforeAll(async () => {
  ;({ folder, base } = await darkAndLight())
})
afterAll(async () => {
  await base.cache.keepOnly(new Set())
  rmSync(folder, { recursive: true })
})

const directoryOf = (name: string): string => join(folder, name)
const draftOf = (name: string): string => draftMapFile(directoryOf(name), base.image.sha256, 1)
const analyse = (name: string, changes: Partial<SlideAnalysisRequest> = {}) =>
  analyseSlide({ ...base, encoders, directory: directoryOf(name), draft: draftOf(name), ...changes })

/** The files of the blocks of an unfinished analysis. */
const blocksOf = (drafts: string): string[] => (existsSync(drafts) ? readdirSync(drafts).toSorted() : [])

describe('the analysis of a slide', () => {
  it('finds at each place what is there, and sums it up', async () => {
    const steps: [number, number][] = []
    const found = await analyse('whole', { onProgress: (...step) => steps.push(step) })
    expect(found.grid).toEqual({ rows: 10, columns: 13, strideUm: 64, placeUm: 64 })
    const map = await readSlideMap(directoryOf('whole'), found.mapSha256)
    // The last row ends 40 um past the slide; 24 of 64 um are less than half. The last column has 32 of 64.
    expect([...map.cells]).toEqual(Array.from({ length: 9 * 13 }, (_, cell) => cell))
    expect(found.places).toBe(117)
    expect(steps[0]).toEqual([0, 117])
    expect(steps.at(-1)).toEqual([117, 117])
    for (const [place, cell] of map.cells.entries()) {
      const [light = NaN, dark = NaN] = map.probabilities.subarray(2 * place, 2 * place + 2)
      expect(light + dark).toBeCloseTo(1, 6)
      const share = darkShare(128 * (cell % 13), 128 * Math.floor(cell / 13))
      if (share === 1) expect(dark, String(cell)).toBeGreaterThan(0.9)
      if (share === 0) expect(dark, String(cell)).toBeLessThan(0.1)
    }
    expect(found.summary.tissueMm2).toBeCloseTo(0.48, 2)
    expect(found.summary.classes.map(({ places }) => places).reduce((a, b) => a + b)).toBe(117)
    expect(map.likeness).toBeNull()
  })

  it('gives the same bits whatever was interrupted, and computes no block twice', async () => {
    const changes = { strideUm: 21 }
    encoded = 0
    const whole = await analyse('at once', changes)
    const blocks = encoded
    expect(blocks).toBeGreaterThan(4)
    const random = keyedGenerator('stops')
    encoded = 0
    for (;;) {
      const stop = new AbortController()
      const after = Math.floor(random.nextUniform(1, 3))
      let made = 0
      const onProgress = (): void => {
        if (++made > after) stop.abort()
      }
      const run = analyse('in parts', { ...changes, signal: stop.signal, onProgress })
      const found = await run.catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'job.cancelled' })
        return null
      })
      if (found === null) continue
      expect(found.mapSha256).toBe(whole.mapSha256)
      expect(found).toEqual({ ...whole, drafts: found.drafts })
      break
    }
    expect(encoded).toBe(blocks)

    // Damaged, cut, missing: only these are made again.
    const path = (index: number): string => join(whole.drafts, blocksOf(whole.drafts)[index] ?? '')
    const bytes = readFileSync(path(0))
    bytes[bytes.length - 50] = (bytes[bytes.length - 50] ?? 0) ^ 1
    writeFileSync(path(0), bytes)
    writeFileSync(path(1), readFileSync(path(1)).subarray(0, 60))
    rmSync(path(2))
    encoded = 0
    expect((await analyse('at once', changes)).mapSha256).toBe(whole.mapSha256)
    expect(encoded).toBe(3)
  })

  it('shares no block with an analysis of anything else', async () => {
    const { drafts } = await analyse('keys')
    const square = { kind: 'rectangle', left: 0, top: 0, right: 800, bottom: 800 } as const
    const others: Partial<SlideAnalysisRequest>[] = [
      { strideUm: 80 },
      { region: square },
      { recipe: { ...recipe, poolingNorm: 2 } },
      { image: { ...base.image, pixelSizeUm: 0.51 } },
      { image: { ...base.image, cameraBits: 12 } },
      { image: { ...base.image, cameraBits: 14 } },
      { heldOutFold: 0 },
      { effort: 'adaptive' },
      { effort: 'adaptive', threshold: 0.6 },
      {
        findTissue: async (image) => {
          const mask = await allTissue(image)
          mask.cells.fill(0, 0, 5)
          return mask
        },
      },
    ]
    const keys = [drafts]
    for (const change of others) keys.push((await analyse('keys', change)).drafts)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('predicts a place the same, to the bit, in any tile of an encoder without context', async () => {
    const everywhere = await analyse('tiles')
    const map = await readSlideMap(directoryOf('tiles'), everywhere.mapSha256)
    const region = { kind: 'rectangle', left: 500, top: 400, right: 1100, bottom: 800 } as const
    const some = await analyse('tiles', { region })
    const part = await readSlideMap(directoryOf('tiles'), some.mapSha256)
    expect(part.cells.length).toBeGreaterThan(5)
    for (const [place, cell] of part.cells.entries()) {
      const there = map.cells.indexOf(cell)
      expect([...part.probabilities.subarray(2 * place, 2 * place + 2)]).toEqual([
        ...map.probabilities.subarray(2 * there, 2 * there + 2),
      ])
    }
  })

  it('has a coarse map of all its parts before a tenth of the pixels are encoded, and no file of it afterwards', async () => {
    const path = draftOf('coarse')
    let [pixels, begunAt] = [0, Infinity]
    const drafts: Promise<SlideDraft | null>[] = []
    const encoder = pixelEncoder(
      ({ widthPx: width, heightPx: height }) => {
        if (existsSync(path)) {
          begunAt = Math.min(begunAt, pixels)
          drafts.push(readDraftMap(path))
        }
        pixels += width * height
      },
      ({ widthPx: width, heightPx: height }) => (pixels += width * height),
    )
    const own = { get: () => Promise.resolve(encoder) } as unknown as OpenEncoders
    const found = await analyse('coarse', { strideUm: 21, encoders: own })
    expect(begunAt).toBeLessThan(pixels / 10)
    const draft = (await drafts[0]) ?? null
    expect(draft).toMatchObject({ grid: found.grid, classes: base.classes, done: 0, total: found.places })
    const { cells = [], spans = [], probabilities = [] } = draft ?? {}
    const span = spans[0] ?? 0
    expect(spans).toEqual(cells.map(() => span))
    const { columns, rows } = found.grid
    expect(span).toBeGreaterThanOrEqual(4)
    expect(span).toBeLessThan(8)
    // One in each whole square of the grid, which is all tissue but for its last row and column.
    expect(cells.length).toBeGreaterThanOrEqual(
      (Math.floor(columns / span) - 1) * (Math.floor(rows / span) - 1),
    )
    for (const [place, cell] of cells.entries()) {
      const share = darkShare(42 * (cell % columns), 42 * Math.floor(cell / columns))
      const dark = probabilities[2 * place + 1] ?? NaN
      if (share === 1) expect(dark, String(cell)).toBeGreaterThan(0.9)
      if (share === 0) expect(dark, String(cell)).toBeLessThan(0.1)
    }
    expect(existsSync(path)).toBe(false)
  })

  it('removes what a run that was killed left behind, before it reads the slide', async () => {
    const path = draftOf('killed')
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, 'of another recipe')
    let isThere = true
    await analyse('killed', {
      findTissue: (image) => {
        isThere = existsSync(path)
        return allTissue(image)
      },
    })
    expect(isThere).toBe(false)
  })

  it('goes on where what is known so far can be neither written nor removed', async () => {
    const draft = draftOf('no draft')
    mkdirSync(join(draft, 'a file of a folder'), { recursive: true })
    const { mapSha256 } = await analyse('no draft')
    expect(mapSha256).toBe((await analyse('a draft')).mapSha256)
    expect(existsSync(draft)).toBe(true)
  })

  it('predicts only doubtful places again, the same ones and with the same bits after an interruption', async () => {
    const changes = { strideUm: 32, effort: 'adaptive' } as const
    const fixed = await analyse('doubt', { ...changes, effort: 'fixed' })
    const once = await readSlideMap(directoryOf('doubt'), fixed.mapSha256)
    expect([fixed.effort, once.augmentations]).toEqual([null, null])
    const found = await analyse('doubt', changes)
    const map = await readSlideMap(directoryOf('doubt'), found.mapSha256)
    const doubt = { margin: doubtMargin, isPositive: base.isPositive, threshold: 0.5, imageSha256: '' }
    let again = 0
    for (const place of map.cells.keys()) {
      const [own, other] = [map, once].map(({ probabilities }) => [
        ...probabilities.subarray(2 * place, 2 * place + 2),
      ])
      const used = map.augmentations?.[place] ?? 0
      if (isDoubtful(other ?? [], doubt)) {
        again++
        // In `quick` there are four; the rule may leave out only the last ones.
        expect(used).toBeGreaterThan(1)
        expect(used).toBeLessThanOrEqual(4)
      } else {
        expect([used, own]).toEqual([1, other])
      }
      expect((own?.[0] ?? 0) + (own?.[1] ?? 0)).toBeCloseTo(1, 6)
    }
    expect(again).toBeGreaterThan(0)
    expect(again).toBeLessThan(map.cells.length / 2)
    expect(found.effort).toEqual({ margin: doubtMargin, possible: 4, again })

    const stop = new AbortController()
    const onProgress = (done: number): void => {
      if (done > 0) stop.abort()
    }
    const halves = { ...changes, signal: stop.signal, onProgress }
    await expect(analyse('doubt in parts', halves)).rejects.toMatchObject({ code: 'job.cancelled' })
    expect((await analyse('doubt in parts', changes)).mapSha256).toBe(found.mapSha256)
  })

  it('of a training image uses only classifiers of the fold that held it out', async () => {
    await expectRefusal(() => analyse('folds', { heldOutFold: 3 }), 'model.corrupt', /without/)
  })

  it('of a slide without tissue has no places', async () => {
    const noTissue = async (image: typeof base.image) => {
      const mask = await allTissue(image)
      return { ...mask, cells: new Uint8Array(mask.cells.length) }
    }
    const found = await analyse('glass', { findTissue: () => noTissue(base.image) })
    expect(found).toMatchObject({ places: 0, summary: { tissueMm2: 0, score95: null, worthALook: [] } })
    expect((await readSlideMap(directoryOf('glass'), found.mapSha256)).cells).toHaveLength(0)
  })

  it('refuses a file that has changed', async () => {
    const image = { ...base.image, sha256: 'a'.repeat(64) }
    await expectRefusal(() => analyse('changed', { image }), 'image.file-changed', /changed/)
  })
})

/** Of a square of 128 pixels, as far as it is inside. */
function darkShare(left: number, top: number): number {
  let [dark, count] = [0, 0]
  for (let y = top; y < Math.min(heightPx, top + 128); y++) {
    for (let x = left; x < Math.min(widthPx, left + 128); x++) {
      if (isDark(x, y)) dark++
      count++
    }
  }
  return dark / count
}
