import { mkdtempSync } from 'node:fs'
import { readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { draftEnding } from '../../../../electron/base/atomic-file.ts'
import { recipes, type Recipe } from '../../../../electron/contract/recipe.ts'
import { encodePng } from '../../../../electron/engine/image/index.ts'
import {
  assessImage,
  augmentImage,
  cutImageCrops,
  normalizeImage,
  planImageCrops,
  resampleImage,
} from '../../../../electron/engine/preprocess/index.ts'
import { makeSyntheticField } from '../../../../electron/engine/synthetic/index.ts'
import { claimHugePng, writeTiffHead } from '../../../support/odd-files.ts'
import { canLink } from '../../../support/links.ts'

const folder = mkdtempSync(join(tmpdir(), 'lobule-broken-'))
afterAll(() => rm(folder, { recursive: true, force: true }))
const output = join(folder, 'out', 'never.png')
const { signal } = new AbortController()
const { stain: recipe, crops } = recipes['quick'] as Recipe
const good = join(folder, 'good.png')

const steps: Record<string, (path: string) => Promise<unknown>> = {
  resample: (input) => resampleImage({ input, output, scale: 0.5 }, signal),
  normalize: (input) => normalizeImage({ input, output, reference: null, recipe }, signal),
  'normalize to it': (reference) => normalizeImage({ input: good, output, reference, recipe }, signal),
  augment: (input) => augmentImage({ input, output, hematoxylin: 1, eosin: 1 }, signal),
  plan: (path) => planImageCrops({ path, sizePx: 32, count: 2, seed: 0, augmentation: 0 }, signal),
  assess: (path) => assessImage({ path, cropSets: crops.sets, recipe }, signal),
}

/** Files that import refuses, with the code of each. */
const broken: [name: string, code: string, make: (path: string) => Promise<void>][] = []
const add = (name: string, code: string, bytes: () => Promise<Uint8Array | string>) =>
  broken.push([name, code, async (path) => writeFile(path, await bytes())])

const field = makeSyntheticField({ className: 'Normal', seed: 4, index: 0, widthPx: 200, heightPx: 150 })
const raw = () => sharp(field.data, { raw: { width: 200, height: 150, channels: 3 } })
const png = () => encodePng(field)
const part = async (bytes: Promise<Buffer>, share: number) => {
  const whole = await bytes
  return whole.subarray(0, Math.floor(whole.length * share))
}
broken.push(['missing.png', 'path.not-found', () => Promise.resolve()])
if (canLink) broken.push(['dangling.png', 'path.not-found', (path) => symlink(join(folder, 'nowhere'), path)])
add('empty.png', 'image.empty-file', () => Promise.resolve(''))
add('text.tif', 'image.unsupported-format', () => Promise.resolve('this is not a picture at all\n'))
add('drawing.png', 'image.unsupported-format', () =>
  Promise.resolve('<svg xmlns="http://www.w3.org/2000/svg"/>'),
)
add('half.png', 'image.truncated', () => part(png(), 0.5))
add('nearly.png', 'image.truncated', () => part(png(), 0.999))
add('half.jpg', 'image.truncated', () => part(raw().jpeg().toBuffer(), 0.5))
add('half.tif', 'image.truncated', () => part(raw().tiff({ compression: 'lzw' }).toBuffer(), 0.5))
add('half.webp', 'image.truncated', () => part(raw().webp({ lossless: true }).toBuffer(), 0.5))
add('float.tif', 'image.unsupported-format', () =>
  sharp(field.data, { raw: { width: 200, height: 150, channels: 3 } })
    .toColourspace('scrgb')
    .raw({ depth: 'float' })
    .toBuffer()
    .then((data) => floatTiff(data)),
)
add('damaged.png', 'image.truncated', async () => {
  const bytes = await png()
  bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 0xff
  return bytes
})
add('huge.png', 'image.too-large', async () => claimHugePng(await png()))

/** An uncompressed TIFF of 200 x 150 pixels of three 32-bit floats. */
function floatTiff(data: Buffer): Buffer {
  const entries = [
    [256, 4, 1, 200],
    [257, 4, 1, 150],
    [258, 3, 1, 32],
    [259, 3, 1, 1],
    [262, 3, 1, 1],
    [273, 4, 1, 200],
    [277, 3, 1, 1],
    [278, 4, 1, 150],
    [279, 4, 1, 200 * 150 * 4],
    [339, 3, 1, 3],
  ] as const
  const head = Buffer.alloc(200)
  writeTiffHead(head, entries)
  return Buffer.concat([head, data.subarray(0, 200 * 150 * 4)])
}

beforeAll(async () => {
  await writeFile(good, await png())
  for (const [name, , make] of broken) await make(join(folder, name))
})

describe.each(Object.entries(steps))('%s', (_, step) => {
  test.each(broken.map(([name, code]) => [name, code] as const))('%s is %s', async (name, code) => {
    await expect(step(join(folder, name))).rejects.toMatchObject({ name: 'AppError', code })
  })

  test('a folder is refused, and nothing was written anywhere', async () => {
    await expect(step(folder)).rejects.toMatchObject({ code: 'path.unreadable' })
    expect((await readdir(folder)).filter((name) => name.endsWith(draftEnding) || name === 'out')).toEqual([])
  })
})

describe('invalid requests for a good file', () => {
  test('a location that cannot be written', async () => {
    await writeFile(join(folder, 'out'), 'a file')
    for (const name of ['resample', 'normalize', 'augment']) {
      await expect(steps[name]?.(good)).rejects.toMatchObject({ code: 'path.not-writable' })
    }
  })

  test('the image itself is never replaced, under any name', async () => {
    const link = join(folder, 'link.png')
    if (canLink) await symlink(good, link)
    for (const target of canLink ? [good, link] : [good]) {
      const task = { input: good, output: target, scale: 0.5 }
      await expect(resampleImage(task, signal)).rejects.toMatchObject({ code: 'path.not-writable' })
    }
    const task = { input: join(folder, 'other.png'), output: good, reference: good, recipe }
    await writeFile(task.input, await png())
    await expect(normalizeImage(task, signal)).rejects.toMatchObject({ code: 'path.not-writable' })
  })

  test('more pixels than fit in memory', async () => {
    const task = { input: good, output: join(folder, 'large.png'), scale: 100 }
    await expect(resampleImage(task, signal)).rejects.toMatchObject({ code: 'image.invalid-raster' })
  })

  test('a reference without stains', async () => {
    const glass = join(folder, 'glass.png')
    await writeFile(glass, await encodePng({ ...field, data: field.data.map(() => 245) }))
    const task = { input: good, output: join(folder, 'x.png'), reference: glass, recipe }
    await expect(normalizeImage(task, signal)).rejects.toMatchObject({ code: 'image.no-stains' })
  })

  test("another image's plan, and one that reaches past the edge", async () => {
    const plan = await planImageCrops({ path: good, sizePx: 64, count: 2, seed: 1, augmentation: 0 }, signal)
    const context = { signal, report: () => undefined }
    const cut = (changed: typeof plan) =>
      cutImageCrops({ path: good, plan: changed, directory: join(folder, 'crops') }, context)
    await expect(cut({ ...plan, imageSha256: 'a'.repeat(64) })).rejects.toMatchObject({
      code: 'crops.other-image',
    })
    const [crop] = plan.crops
    if (crop === undefined) throw new Error('no crop')
    await expect(cut({ ...plan, crops: [{ ...crop, left: 190 }] })).rejects.toMatchObject({
      code: 'image.invalid-raster',
    })
    await expect(
      cutImageCrops({ path: good, plan, directory: join(good, 'below-a-file') }, context),
    ).rejects.toMatchObject({ code: 'path.not-writable' })
  })

  test('cancelled', async () => {
    const cancelled = AbortSignal.abort()
    const task = { input: good, output: join(folder, 'x.png'), scale: 0.5 }
    await expect(resampleImage(task, cancelled)).rejects.toMatchObject({ code: 'job.cancelled' })
  })
})
