import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sha256OfFile } from '../../../../electron/base/sha256.ts'
import { recipes, type Recipe } from '../../../../electron/contract/index.ts'
import { descriptorFiles, ensureDescriptors, readNpy } from '../../../../electron/engine/descriptors/index.ts'
import { EncoderStore, OpenEncoders, probeImage } from '../../../../electron/engine/encoders/index.ts'
import { writePng } from '../../../../electron/engine/image/index.ts'
import { profileCase, tiffWithProfile } from '../../../support/colour-profiles.ts'
import { expectRefusal, temporaryFolder } from '../encoders/helpers.ts'

const set = (sizePx: number) => ({ sizePx, workingPixelSizeUm: null, scale: 0.5 })
const recipe: Recipe = {
  ...(recipes['quick'] as Recipe),
  augmentation: { count: 2, gainRange: [0.7, 1.3], firstIsIdentity: false },
  crops: { sets: [set(64), set(80)], count: 3 },
}

test('files are computed once, and again when damaged, with the same bits; they say that they are untrained', async () => {
  const folder = await temporaryFolder()
  const path = join(folder, 'image.png')
  await writePng(probeImage(260, 190), path)
  const sha256 = await sha256OfFile(path)
  await new EncoderStore(folder).installUntrained(['resnet50'])
  const encoders = new OpenEncoders(folder)
  const { model } = await encoders.get('resnet50')
  const request = {
    image: { path, page: 1, sha256, pixelSizeUm: null },
    recipe,
    encoders,
    directory: join(folder, 'descriptors'),
  }

  const first = await ensureDescriptors(request)
  expect(first.flags).not.toBeNull()
  const fingerprints = { resnet50: model.fingerprint }
  expect(first.files).toEqual(descriptorFiles(request.directory, sha256, recipe, fingerprints))
  const [small = '', large = ''] = first.files
  const { matrix, note } = await readNpy(small)
  expect([matrix.rows, matrix.columns]).toEqual([2, 2048])
  expect(matrix.data.some((value) => value > 0)).toBe(true)
  expect(note).toBe(`resnet50, UNTRAINED demo weights ${model.fingerprint}`)

  // Nothing to do: no file changes, and the image is not even needed, unless flags are.
  const long = new Date('2020-01-01')
  await utimes(small, long, long)
  expect(await ensureDescriptors(request)).toEqual({ files: first.files, flags: null, backends: [] })
  expect(await ensureDescriptors({ ...request, needFlags: true })).toEqual({ ...first, backends: [] })
  expect(first.backends).toEqual(['winograd'])
  expect((await stat(small)).mtime).toEqual(long)

  // A bit flips in one, the other is lost: both are restored exactly.
  const before = [await readFile(small), await readFile(large)]
  const damaged = Buffer.from(before[0] ?? '')
  damaged[1000] = (damaged[1000] ?? 0) ^ 4
  await writeFile(small, damaged)
  await rm(large)
  await ensureDescriptors(request)
  expect([await readFile(small), await readFile(large)]).toEqual(before)

  // Folds and boosting do not matter for descriptors, the seed does.
  const other = { ...recipe, folds: 3, seeds: 7 }
  expect(descriptorFiles(request.directory, sha256, other, fingerprints)).toEqual(first.files)
  const seeded = descriptorFiles(request.directory, sha256, { ...recipe, seed: 1 }, fingerprints)
  expect(seeded.some((file) => first.files.includes(file))).toBe(false)

  const cancelled = { ...request, recipe: { ...recipe, seed: 1 }, signal: AbortSignal.abort() }
  await expectRefusal(() => ensureDescriptors(cancelled), 'job.cancelled', /Cancelled/)
  await writePng(probeImage(260, 191), path)
  const changed = { ...request, recipe: { ...recipe, seed: 1 } }
  await expectRefusal(() => ensureDescriptors(changed), 'image.file-changed', /has changed/)
  const missing = { ...changed, recipe: { ...recipe, encoders: ['vgg16'] } satisfies Recipe }
  await expectRefusal(() => ensureDescriptors(missing), 'encoder.missing', /vgg16 is not installed/)
  await encoders.close()
})

test('descriptors of before serve recipes that convert colours, unless the picture has a profile', async () => {
  const folder = await temporaryFolder()
  await new EncoderStore(folder).installUntrained(['resnet50'])
  const encoders = new OpenEncoders(folder)
  const { colour: _, ...before } = recipe
  const raster = probeImage(130, 96)
  const pictures = { plain: join(folder, 'plain.png'), profiled: join(folder, 'profiled.tif') }
  await writePng(raster, pictures.plain)
  await writeFile(pictures.profiled, tiffWithProfile(raster, profileCase('wide').icc))
  const made = async (path: string): Promise<{ isNew: boolean; isSame: boolean }> => {
    const image = { path, page: 1, sha256: await sha256OfFile(path), pixelSizeUm: null }
    const request = { image, encoders, directory: join(folder, 'descriptors') }
    const earlier = await ensureDescriptors({ ...request, recipe: before })
    const later = await ensureDescriptors({ ...request, recipe })
    expect(later.files).not.toEqual(earlier.files)
    const [first, second] = await Promise.all([earlier, later].map(({ files }) => readFile(files[0] ?? '')))
    return {
      isNew: later.flags !== null,
      isSame: Buffer.compare(first ?? raster.data, second ?? raster.data) === 0,
    }
  }
  expect(await made(pictures.plain)).toEqual({ isNew: false, isSame: true })
  expect(await made(pictures.profiled)).toEqual({ isNew: true, isSame: false })
  await encoders.close()
})
