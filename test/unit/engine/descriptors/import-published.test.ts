import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { changeRecipe, recipes, type EncoderName } from '../../../../electron/contract/index.ts'
import {
  ensureDescriptors,
  importPublished,
  listExternalSets,
  openStepwise,
  readNpy,
  recipeOnSet,
  type EnsureRequest,
} from '../../../../electron/engine/descriptors/index.ts'
import type { OpenEncoders } from '../../../../electron/engine/encoders/index.ts'
import { writeAsNumpy } from '../../../support/numpy-file.ts'
import { expectRefusal, temporaryFolder } from '../encoders/helpers.ts'

const rows = 3
const lengths = { ResNet: 2048, Inception: 2048, VGG: 1408 } as const
const hash = (digit: number): string => String(digit).repeat(64)
const images = [
  { stem: 'b001', sha256: hash(1) },
  { stem: 'iv002', sha256: hash(2) },
  { stem: 'n003', sha256: hash(3) },
  { stem: 'twice', sha256: hash(4) },
  { stem: 'twice', sha256: hash(5) },
]

let from: string
let directory: string
beforeEach(async () => {
  const root = await temporaryFolder()
  from = join(root, 'train')
  directory = join(root, 'descriptors')
  await mkdir(from)
})

/** A table whose values identify image, position and folder. */
const tableOf = (folder: string, stem: string, columns: number, count = rows): Float32Array =>
  Float32Array.from({ length: count * columns }, (_, i) => i + folder.length / 8 + stem.length * 1000)

function put(
  folder: keyof typeof lengths,
  crop: number,
  stem: string,
  values?: Float32Array,
  shape?: number[],
): void {
  const columns = lengths[folder]
  const name = `${folder}-0.5-${crop}`
  const path = join(from, name, `${stem}.npy`)
  writeAsNumpy(path, values ?? tableOf(name, stem, columns), shape ?? [rows, columns])
}

const doImport = (name = 'published 2018') => importPublished({ from, directory, name, images })

test('imports a folder in the published layout, records its source, and uses it for a training and a prediction', async () => {
  for (const stem of ['b001', 'iv002']) {
    for (const folder of ['VGG', 'ResNet'] as const) for (const crop of [650, 400]) put(folder, crop, stem)
  }
  await writeFile(join(from, 'README.txt'), 'hello')
  await writeFile(join(from, 'VGG-0.5-400', 'notes.md'), 'hello')
  const report = await doImport()
  expect(report).toMatchObject({
    name: 'published 2018',
    encoders: ['resnet50', 'vgg16'],
    crops: [{ sizePx: 400, scale: 0.5 }, { sizePx: 650, scale: 0.5 }], // prettier-ignore
    augmentations: rows,
    images: 2,
    unchanged: 0,
    withoutDescriptors: 3,
    passedOver: ['README.txt', join('VGG-0.5-400', 'notes.md')],
    failed: [],
  })
  const sets = await listExternalSets(directory)
  expect(sets).toEqual([expect.objectContaining({ name: 'published 2018', fingerprint: report.fingerprint })])

  const [set] = sets
  if (set === undefined) throw new Error('no set')
  const recipe = recipeOnSet(changeRecipe(recipes['standard'], { encoders: ['vgg16'] }), set)
  expect(recipe).toMatchObject({ augmentation: { count: rows }, encoders: ['vgg16'] })
  expect(recipe).not.toHaveProperty('colour')
  // Neither encoders nor the image are needed.
  const encoders = { get: () => Promise.reject(new Error('asked')) } as unknown as OpenEncoders
  const request: EnsureRequest = {
    image: { path: '/gone.png', page: 1, sha256: hash(2), pixelSizeUm: null },
    recipe,
    encoders,
    directory,
  }
  const { files, flags, backends } = await ensureDescriptors(request)
  expect([files.length, flags, backends]).toEqual([2, null, []])
  const { matrix, note, checked } = await readNpy(files[1] ?? '')
  expect(matrix).toEqual({ rows, columns: 1408, data: tableOf('VGG-0.5-650', 'iv002', 1408) })
  expect([note, checked]).toEqual(['vgg16, EXTERNAL: made by another program, set published 2018', true])

  const stepwise = await openStepwise(request)
  await stepwise.next()
  const [small, large] = await stepwise.next()
  expect(small).toEqual(tableOf('VGG-0.5-400', 'iv002', 1408).slice(1408, 2816))
  expect(large).toEqual(tableOf('VGG-0.5-650', 'iv002', 1408).slice(1408, 2816))
  await stepwise.next()
  expect(() => stepwise.next()).toThrow(/no further augmentation/)

  await expectRefusal(
    () => ensureDescriptors({ ...request, image: { ...request.image, sha256: hash(3) } }),
    'descriptors.none',
    /do not include/,
  )
  const other = { ...recipe, external: { name: set.name, fingerprint: hash(0) } }
  await expectRefusal(
    () => ensureDescriptors({ ...request, recipe: other }),
    'descriptors.set-missing',
    /does not have/,
  )
  await expectRefusal(
    () => recipeOnSet(recipes['standard'], set),
    'descriptors.not-in-set',
    /do not include inceptionv3 400 at scale 0.5, inceptionv3 650 at scale 0.5\. They include resnet50 400/,
  )
  // A bit flips: Lobule cannot compute it again.
  const damaged = await readFile(files[0] ?? '')
  damaged[900] = (damaged[900] ?? 0) ^ 1
  await writeFile(files[0] ?? '', damaged)
  await expectRefusal(() => ensureDescriptors(request), 'descriptors.invalid-file', /checksum/)
})

test('a second import changes nothing, repairs damaged files, and adds images; other values are refused', async () => {
  put('ResNet', 400, 'b001')
  const first = await doImport()
  const place = join(directory, 'external', 'published 2018', '11', hash(1), 'resnet50-0.5-400.npy')
  const { mtimeMs } = await stat(place)
  put('ResNet', 400, 'iv002')
  const again = await doImport('Published 2018')
  expect(again).toMatchObject({ images: 2, unchanged: 1, fingerprint: first.fingerprint, name: first.name })
  expect((await stat(place)).mtimeMs).toBe(mtimeMs)

  const bytes = await readFile(place)
  await writeFile(place, bytes.subarray(0, 500))
  expect(await doImport()).toMatchObject({ images: 2, unchanged: 1 })
  expect(await readFile(place)).toEqual(bytes)

  put('ResNet', 400, 'b001', tableOf('other values', 'b001', 2048))
  expect(await doImport()).toMatchObject({
    images: 1,
    failed: [{ path: 'b001', code: 'descriptors.other-values' }],
  })
  expect(await readFile(place)).toEqual(bytes)
  put('ResNet', 650, 'b001')
  await expectRefusal(doImport, 'descriptors.other-layout', /different encoders or crop sizes/)
  // The same values are the same set, whatever its name and location.
  await rm(join(from, 'ResNet-0.5-650'), { recursive: true })
  put('ResNet', 400, 'b001')
  await rm(join(from, 'ResNet-0.5-400', 'iv002.npy'))
  expect((await doImport('elsewhere')).fingerprint).toBe(first.fingerprint)
})

describe('an image is left out with its reason, and the others are imported', () => {
  const columns = 2048
  const whole = tableOf('', 'iv002', columns)
  const cases: [what: string, stem: string, code: string, message: RegExp, spoil: () => void][] = [
    ['of an unknown name', 'unknown', 'descriptors.no-image', /no image named "unknown"/, () => put('ResNet', 400, 'unknown')],
    ['of a name that two images have', 'twice', 'descriptors.ambiguous-name', /2 images .* named "twice"/, () => put('ResNet', 400, 'twice')],
    ['of another length', 'iv002', 'descriptors.invalid-file', /3 x 2047 values, 3 x 2048 are needed/, () => put('ResNet', 400, 'iv002', whole.subarray(0, 3 * 2047), [3, 2047])],
    ['with fewer augmentations than the others', 'iv002', 'descriptors.invalid-file', /2 x 2048 values, 3 x 2048/, () => put('ResNet', 400, 'iv002', whole.subarray(0, 2 * columns), [2, columns])],
    ['of one dimension', 'iv002', 'descriptors.invalid-file', /1 x 2048 values/, () => put('ResNet', 400, 'iv002', whole.subarray(0, columns), [columns])],
    ['of three dimensions', 'iv002', 'descriptors.invalid-file', /not a table/, () => put('ResNet', 400, 'iv002', whole, [rows, 1, columns])],
    ['with a value that is no number', 'iv002', 'descriptors.invalid-file', /row 1, column 2 holds NaN/, () => put('ResNet', 400, 'iv002', whole.with(columns + 2, NaN))],
    ['with an infinite value', 'iv002', 'descriptors.invalid-file', /row 0, column 5 holds Infinity/, () => put('ResNet', 400, 'iv002', whole.with(5, Infinity))],
    ['with a negative value', 'iv002', 'descriptors.invalid-file', /row 2, column 0 holds -1/, () => put('ResNet', 400, 'iv002', whole.with(2 * columns, -1))],
  ] // prettier-ignore
  test.each(cases)('%s', async (_what, stem, code, message, spoil) => {
    put('ResNet', 400, 'b001')
    put('ResNet', 400, 'n003')
    spoil()
    const { images: taken, failed } = await doImport()
    expect([taken, failed]).toEqual([
      2,
      [{ path: stem, code, message: expect.stringMatching(message) as string }],
    ])
    const kept = await readdir(join(directory, 'external', 'published 2018'), { recursive: true })
    expect(kept.filter((file) => file.endsWith('.npy'))).toHaveLength(2)
  })

  test('that is missing from a folder', async () => {
    for (const crop of [400, 650]) put('ResNet', crop, 'b001')
    put('ResNet', 400, 'n003')
    expect(await doImport()).toMatchObject({
      images: 1,
      failed: [{ path: 'n003', code: 'descriptors.incomplete' }],
    })
  })
})

test('refuses a folder if nothing in it can be used', async () => {
  await expectRefusal(doImport, 'descriptors.no-layout', /no folder named like ResNet-0.5-400/)
  put('ResNet', 400, 'unknown')
  await expectRefusal(doImport, 'descriptors.nothing-usable', /This workspace has no image named "unknown"/)
  put('ResNet', 400, 'b001')
  put('VGG', 650, 'b001')
  await expectRefusal(
    doImport,
    'descriptors.no-layout',
    /resnet50 has no folder for crops of 650 at scale 0.5/,
  )
  const absent = { from: join(from, 'nowhere'), directory, name: 'x', images }
  await expectRefusal(() => importPublished(absent), 'path.not-found', /nowhere/)
  await expectRefusal(
    () => importPublished({ from, directory, name: 'x', images, signal: AbortSignal.abort() }),
    'descriptors.no-layout',
    /resnet50/,
  )
  expect(await listExternalSets(directory)).toEqual([])
})

test('every encoder of the published system has its name', async () => {
  const names: Record<keyof typeof lengths, EncoderName> = {
    ResNet: 'resnet50',
    Inception: 'inceptionv3',
    VGG: 'vgg16',
  }
  for (const folder of ['VGG', 'Inception', 'ResNet'] as const) put(folder, 400, 'b001')
  expect((await doImport()).encoders).toEqual([names.ResNet, names.Inception, names.VGG])
})

test('stops between two images when cancelled', async () => {
  put('ResNet', 400, 'b001')
  const request = { from, directory, name: 'x', images, signal: AbortSignal.abort() }
  await expectRefusal(() => importPublished(request), 'job.cancelled', /Cancelled/)
})
