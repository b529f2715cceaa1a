import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type {
  CropPlan,
  NormalizedImage,
  ImageQuality,
  QualityFlag,
} from '../../../electron/contract/index.ts'
import { decodeRaster, inspectImage, writePng, type Raster } from '../../../electron/engine/image/index.ts'
import { makeSyntheticField } from '../../../electron/engine/synthetic/index.ts'
import { sharedPath } from '../../shared-data.ts'
import { cropOf, type GoldenCrop } from '../../support/golden-crop.ts'
import { isComputing, lobuleJson, runLobule } from '../../support/run-lobule.ts'

let root: string
let home: string
let field: string
const place = (name: string): string => join(root, name)
const json = <T>(...parameters: string[]): Promise<T> => lobuleJson<T>(parameters, { home })
const run = (...parameters: string[]): ReturnType<typeof runLobule> => runLobule(parameters, { home })

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-picture-'))
  home = place('home')
  field = place('field.png')
  const raster = makeSyntheticField({ className: 'Benign', seed: 2, index: 0, widthPx: 640, heightPx: 480 })
  await writePng(raster, field, { pixelSizeUm: 0.42 })
})
afterAll(() => rmSync(root, { recursive: true }))

/** How many channel values differ. */
function differences(actual: Raster, expected: Raster): number {
  expect([actual.widthPx, actual.heightPx]).toEqual([expected.widthPx, expected.heightPx])
  return actual.data.reduce((count, value, at) => count + Number(value !== expected.data[at]), 0)
}

interface GoldenField {
  file: string
  tissue_pixels: number
  stain_matrix_HE: [number, number][]
  max_concentration_99: [number, number]
  crops_of_half_macenko: GoldenCrop[]
}

const golden = sharedPath('reference/preprocess/golden.json')
// ../shared/reference/README.md allows a grey level on 0.1 % of values; these commands need none.
describe.skipIf(golden === null).each(['benign', 'malignant'])(
  'the published pictures of the %s field',
  (name) => {
    const picture = (kind: string): string => sharedPath(`reference/preprocess/${name}_${kind}.png`) ?? ''
    const expected = (kind: string): Promise<Raster> => decodeRaster(picture(kind))
    let values: GoldenField
    let source: string
    beforeAll(() => {
      const { images } = JSON.parse(readFileSync(golden ?? '', 'utf8')) as {
        images: Record<string, GoldenField>
      }
      values = images[name] as GoldenField
      source = sharedPath(values.file) ?? ''
    })

    it('resample, then stain normalize', async () => {
      const half = place(`${name}-half.png`)
      await json('resample', source, half, '--scale', '0.5')
      expect(differences(await decodeRaster(half), await expected('half'))).toBe(0)
      const normalized = place(`${name}-half-normalized.tif`)
      await json('stain', 'normalize', half, normalized)
      expect(differences(await decodeRaster(normalized), await expected('half_macenko'))).toBe(0)
    })

    it('stain normalize, with the fitted numbers', async () => {
      const out = place(`${name}-normalized.png`)
      const answer = await json<NormalizedImage>('stain', 'normalize', source, out)
      expect(differences(await decodeRaster(out), await expected('macenko'))).toBe(0)
      expect(answer).toMatchObject({ tissuePixels: values.tissue_pixels, degenerate: null, flags: [] })
      for (const [channel, [hematoxylin, eosin]] of values.stain_matrix_HE.entries()) {
        expect(answer.stains?.stainMatrix.hematoxylin[channel]).toBeCloseTo(hematoxylin, 9)
        expect(answer.stains?.stainMatrix.eosin[channel]).toBeCloseTo(eosin, 9)
      }
      const [hematoxylin, eosin] = values.max_concentration_99
      expect(answer.stains?.maximum.hematoxylin).toBeCloseTo(hematoxylin, 9)
      expect(answer.stains?.maximum.eosin).toBeCloseTo(eosin, 9)
      expect(answer.fitQuality?.explainedFraction).toBeGreaterThan(0.97)
    })

    it.each([
      ['0.8', '1.2'],
      ['1.25', '0.75'],
    ])('stain augment by %s and %s', async (hematoxylin, eosin) => {
      const out = place(`${name}-augmented.png`)
      const gains = ['--hematoxylin', hematoxylin, '--eosin', eosin]
      await json('stain', 'augment', picture('macenko'), out, ...gains, '--replace')
      expect(differences(await decodeRaster(out), await expected(`macenko_h${hematoxylin}_e${eosin}`))).toBe(
        0,
      )
    })

    it('crops, by a stored plan', async () => {
      const image = picture('half_macenko')
      const { widthPx, heightPx } = await decodeRaster(image)
      const imageSha256 = createHash('sha256').update(readFileSync(image)).digest('hex')
      const crops = values.crops_of_half_macenko.map(cropOf)
      const plan = { imageSha256, widthPx, heightPx, sizePx: 64, seed: 0, augmentation: 0, crops }
      writeFileSync(place('plan.json'), JSON.stringify(plan))
      const out = place(`${name}-crops`)
      const answer = await json<{ files: string[] }>(
        'crops',
        image,
        '--plan',
        place('plan.json'),
        '--out',
        out,
      )
      const hashes = []
      for (const file of answer.files) {
        hashes.push(
          createHash('sha256')
            .update((await decodeRaster(file)).data)
            .digest('hex'),
        )
      }
      expect(hashes).toEqual(values.crops_of_half_macenko.map((crop) => crop.rgb_sha256))
    })
  },
)

describe('single steps on one file', () => {
  it('keep the pixel size, and change it with the scale; PNG and TIFF hold the same', async () => {
    await json('resample', field, place('half.tiff'), '--scale', '0.5')
    await json('resample', field, place('half.png'), '--scale', '0.5')
    expect(await inspectImage(place('half.tiff'))).toMatchObject({ format: 'tiff', pixelSizeUm: 0.84 })
    expect(await inspectImage(place('half.png'))).toMatchObject({ format: 'png', pixelSizeUm: 0.84 })
    const [tiff, png] = [await decodeRaster(place('half.tiff')), await decodeRaster(place('half.png'))]
    expect(differences(tiff, png)).toBe(0)
    expect([png.widthPx, png.heightPx]).toEqual([320, 240])
  })

  it('normalise to the stains of another image', async () => {
    const target = place('target.png')
    await json('stain', 'augment', field, target, '--hematoxylin', '0.8', '--eosin', '1.25')
    const toTarget = place('to-target.png')
    const there = await json<NormalizedImage>('stain', 'normalize', field, toTarget, '--reference', target)
    const back = await json<NormalizedImage>(
      'stain',
      'normalize',
      target,
      place('x.png'),
      '--reference',
      target,
    )
    expect(there.target).toEqual(back.stains)
    expect(there.stains).not.toEqual(there.target)
  })

  it('leave an image without two stains in its own colours, flagged, and end with 0', async () => {
    const glass = place('glass.png')
    const data = new Uint8Array(100 * 80 * 3).fill(244)
    await writePng({ widthPx: 100, heightPx: 80, data }, glass)
    const answer = await json<NormalizedImage>('stain', 'normalize', glass, place('glass-out.png'))
    expect(answer).toMatchObject({ stains: null, fitQuality: null, degenerate: 'too-little-tissue' })
    expect(answer.flags.map(({ code }) => code)).toContain('too-little-tissue')
    expect(differences(await decodeRaster(place('glass-out.png')), await decodeRaster(glass))).toBe(0)
  })

  it('plan crops by seed, content, augmentation and size alone, and cut what was planned', async () => {
    type Answer = CropPlan & { flags: QualityFlag[]; files: string[] }
    const plan = (...options: string[]): Promise<Answer> =>
      json<Answer>('crops', field, '--size', '100', ...options)
    const first = await plan('--seed', '1', '--count', '3', '--out', place('crops'))
    expect(first).toMatchObject({
      widthPx: 640,
      heightPx: 480,
      sizePx: 100,
      seed: 1,
      augmentation: 0,
      flags: [],
    })
    expect(first.imageSha256).toBe(createHash('sha256').update(readFileSync(field)).digest('hex'))
    expect(readdirSync(place('crops')).sort()).toEqual([0, 1, 2].map((index) => `field_100_a0_${index}.png`))
    expect(first.files.map((file) => basename(file))).toEqual(readdirSync(place('crops')).sort())
    // Under another name, in another folder, with more requested: the same positions.
    mkdirSync(place('elsewhere'))
    writeFileSync(place('elsewhere/other.png'), readFileSync(field))
    const other = await json<Answer>('crops', place('elsewhere/other.png'), '--size', '100', '--seed', '1')
    expect(other.crops).toHaveLength(20)
    expect(other.crops.slice(0, 3)).toEqual(first.crops)
    expect((await plan('--seed', '2', '--count', '3')).crops).not.toEqual(first.crops)
    const next = await plan('--seed', '1', '--count', '3', '--augmentation', '1')
    expect(next.crops).not.toEqual(first.crops)
    // The printed plan can be stored and cut later, to the same bytes.
    writeFileSync(place('stored.json'), JSON.stringify(first))
    await json('crops', field, '--plan', place('stored.json'), '--out', place('again'))
    for (const name of readdirSync(place('crops'))) {
      expect(readFileSync(place(`again/${name}`)).equals(readFileSync(place(`crops/${name}`)))).toBe(true)
    }
    // Smaller than a crop: mirrored, and flagged.
    const large = await json<Answer>('crops', field, '--size', '500', '--count', '1', '--out', place('large'))
    expect(large.flags).toEqual([{ code: 'smaller-than-crop', measured: 480, threshold: 500 }])
    expect(await inspectImage(large.files[0] ?? '')).toMatchObject({ widthPx: 500, heightPx: 500 })
  })
})

describe('quality', () => {
  it('measures files and folders; a bad file is listed and the rest is done', async () => {
    const folder = place('batch ä')
    mkdirSync(folder)
    const bytes = readFileSync(field)
    writeFileSync(join(folder, 'a.png'), bytes)
    writeFileSync(join(folder, 'b.png'), bytes.subarray(0, bytes.length / 2))
    writeFileSync(join(folder, 'c.png'), '')
    writeFileSync(join(folder, 'd.tif'), 'this is no picture\n')
    const { code, stdout } = await run('quality', folder, field, '--json')
    expect(code).toBe(1)
    const answer = JSON.parse(stdout) as {
      images: ImageQuality[]
      failed: { path: string; code: string }[]
    }
    expect(answer.images.map(({ path }) => path)).toEqual([join(folder, 'a.png'), field])
    expect(answer.failed.map((one) => [basename(one.path), one.code])).toEqual([
      ['b.png', 'image.truncated'],
      ['c.png', 'image.empty-file'],
      ['d.tif', 'image.unsupported-format'],
    ])
    expect(answer.images[0]).toMatchObject({
      pixelSizeUm: 0.42,
      degenerate: null,
      measures: { pixelSizeFactor: 1, resampledEdgePx: 240 },
      flags: [{ code: 'smaller-than-crop', measured: 240, threshold: 400 }],
    })
    const text = await run('quality', field)
    expect(text).toMatchObject({ code: 0, stdout: expect.stringContaining('smaller-than-crop') as string })
  })
})

describe('bad input', () => {
  it('every command refuses a damaged file with its code, and writes nothing', async () => {
    const cut = place('cut.png')
    const bytes = readFileSync(field)
    writeFileSync(cut, bytes.subarray(0, bytes.length - 100))
    const commands = [
      ['resample', cut, place('never.png'), '--scale', '0.5'],
      ['stain', 'normalize', cut, place('never.png')],
      ['stain', 'normalize', field, place('never.png'), '--reference', cut],
      ['stain', 'augment', cut, place('never.tif'), '--hematoxylin', '1', '--eosin', '1'],
      ['crops', cut, '--size', '100', '--out', place('never')],
    ]
    for (const command of commands) {
      const { code, stdout, stderr } = await run(...command, '--json')
      expect(code).toBe(1)
      expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'image.truncated' } })
      expect(stderr).toContain('cut.png is damaged or cut off')
    }
    expect(readdirSync(root).filter((name) => name.includes('never') || name.endsWith('.tmp'))).toEqual([])
  })

  it('exits with 2 for wrong usage and 1 for a failure', async () => {
    const codes = async (...parameters: string[]): Promise<number | null> => (await run(...parameters)).code
    expect(await codes('resample', field, place('x.jpg'), '--scale', '0.5')).toBe(2)
    expect(await codes('resample', field, place('x.png'))).toBe(2)
    expect(await codes('resample', field, place('x.png'), '--scale', 'half')).toBe(2)
    expect(await codes('resample', field, place('x.png'), '--scale', '0')).toBe(2)
    expect(
      await codes('stain', 'augment', field, place('x.png'), '--hematoxylin', '-1', '--eosin', '1'),
    ).toBe(2)
    expect(await codes('crops', field, '--size', '0')).toBe(2)
    expect(await codes('quality', field, '--recipe', 'none')).toBe(2)
    expect(await codes('crops', '--help')).toBe(0)
    expect(await codes('resample', field, field, '--scale', '0.5')).toBe(1)
    expect(await codes('resample', field, field, '--scale', '0.5', '--replace')).toBe(1)
    expect(await codes('crops', field, '--plan', field)).toBe(1)
    writeFileSync(place('no-plan.json'), '{"crops": []}')
    expect(await codes('crops', field, '--plan', place('no-plan.json'), '--out', place('y'))).toBe(2)
  })

  it('stops at once when interrupted', async () => {
    const command = ['crops', field, '--size', '400', '--count', '9000', '--out', place('many'), '--json']
    const { code, stdout } = await runLobule(command, {
      home,
      interrupt: { signal: 'SIGINT', afterMs: 500, once: isComputing },
    })
    expect(code).toBe(130)
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'job.cancelled' } })
  })
})
