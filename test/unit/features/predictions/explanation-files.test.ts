import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  heatMapPath,
  parseClassScheme,
  parseTilePath,
  type Explanation,
} from '../../../../electron/contract/index.ts'
import {
  writeExplanation,
  readExplanation,
} from '../../../../electron/features/predictions/explanation-files.ts'
import { giveClassName } from '../../../../electron/features/labels/rename-class.ts'
import { createWorkspace, type OpenWorkspace } from '../../../../electron/store/index.ts'
import { newExplanation } from '../../../support/explanation.ts'

let root: string
let workspace: OpenWorkspace
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-maps-'))
  workspace = createWorkspace(root, parseClassScheme('Benign,Malignant*'), 'test')
})
afterAll(() => {
  workspace.close()
  rmSync(root, { recursive: true })
})

const hash = (image: number): string => image.toString(16).padStart(64, '0')
const mapOf = (image: number, modelId = 1): Explanation =>
  newExplanation({
    imageId: image,
    fileName: `${image}.png`,
    sha256: hash(image),
    modelId,
    modelName: `model ${modelId}`,
  })
const viewOf = (image: number, fileName = `${image}.png`) => ({
  id: image,
  fileName,
  sha256: hash(image),
  pixelSizeUm: mapOf(image).pixelSizeUm,
})
const read = (image: number, modelId = 1): Promise<Explanation | null> =>
  readExplanation(workspace, modelId, viewOf(image))
const files = (): string[] => readdirSync(join(root, 'explanations'))

it('finds a map by content and model, with the current number and name of the image', async () => {
  expect(await read(1)).toBeNull()
  await writeExplanation(workspace, mapOf(1))
  await writeExplanation(workspace, mapOf(1, 2))
  expect(await read(1)).toEqual(mapOf(1))
  expect(await read(1, 2)).toEqual(mapOf(1, 2))
  expect(await read(1, 3)).toBeNull()
  const again = await readExplanation(workspace, 1, {
    ...viewOf(1, 'moved.png'),
    id: 7,
  })
  expect(again).toEqual({ ...mapOf(1), imageId: 7, fileName: 'moved.png' })
})

it('gives the present names of classes that were renamed since', async () => {
  giveClassName(workspace.database, { name: 'Benign', newName: 'Harmless' })
  expect(await read(1)).toEqual({ ...mapOf(1), classes: ['Harmless', 'Malignant'], leading: 'Harmless' })
  giveClassName(workspace.database, { name: 'Harmless', newName: 'Benign' })
  expect(await read(1)).toEqual(mapOf(1))
})

it('finds no map that was made with another pixel size, or with other bits of the camera', async () => {
  const image = viewOf(1)
  const readAs = (changes: { pixelSizeUm?: number | null; cameraBits?: 12 | 14 | null }) =>
    readExplanation(workspace, 1, { ...image, ...changes })
  expect(await readAs({ cameraBits: null })).not.toBeNull()
  expect(await readAs({ pixelSizeUm: (image.pixelSizeUm ?? 1) / 2 })).toBeNull()
  expect(await readAs({ pixelSizeUm: image.pixelSizeUm === null ? 1 : null })).toBeNull()
  expect(await readAs({ cameraBits: 12 })).toBeNull()
  await writeExplanation(workspace, { ...mapOf(1), modelName: 'of 12 bits' }, 12)
  expect(await readAs({ cameraBits: 12 })).toMatchObject({ modelName: 'of 12 bits' })
  expect(await readAs({ cameraBits: 14 })).toBeNull()
  expect(await read(1)).toEqual(mapOf(1))
  rmSync(join(root, 'explanations', `1-${hash(1)}-bits12-v1.json`))
})

it('reads a map of Lobule 0.1, which called the weights source encoders', async () => {
  const path = join(root, 'explanations', `1-${hash(1)}-v1.json`)
  const text = readFileSync(path, 'utf8')
  expect(text).toContain('"weights":"official"')
  writeFileSync(path, text.replace('"weights":"official"', '"encoders":"keras"'))
  expect(await read(1)).toEqual(mapOf(1))
  writeFileSync(path, text)
})

it('ignores a damaged or incomplete map', async () => {
  const [file = ''] = files()
  const path = join(root, 'explanations', file)
  const text = readFileSync(path, 'utf8')
  for (const damaged of [
    text.slice(0, 100),
    text.replace('"rows":1', '"rows":0'),
    text.replace('0.75', '1.75'),
    '',
  ]) {
    writeFileSync(path, damaged)
    expect(await read(1)).toBeNull()
  }
  await writeExplanation(workspace, mapOf(1))
  expect(await read(1)).toEqual(mapOf(1))
})

it('keeps 256 maps; the least recently used is removed first', async () => {
  for (let image = 2; image <= 255; image++) await writeExplanation(workspace, mapOf(image))
  expect(files()).toHaveLength(256)
  const long = new Date('2020-01-01')
  for (const file of files()) utimesSync(join(root, 'explanations', file), long, long)
  const older = new Date('2019-01-01')
  utimesSync(join(root, 'explanations', `1-${hash(9)}-v1.json`), older, older)
  await writeExplanation(workspace, mapOf(300))
  expect(files()).toHaveLength(256)
  expect(await read(9)).toBeNull()
  // A read counts as use: 10 stays when the next one is added, although it was as old as all others.
  expect(await read(10)).not.toBeNull()
  for (let image = 301; image < 301 + 253; image++) await writeExplanation(workspace, mapOf(image))
  expect(files()).toHaveLength(256)
  expect(await read(10)).not.toBeNull()
  expect(await read(300)).not.toBeNull()
})

it('parses the address of a map, and no other', () => {
  const request = { kind: 'heat-map', imageId: 7, modelId: 12, classIndex: 3 }
  expect(parseTilePath(heatMapPath(7, 12, 3))).toEqual(request)
  for (const path of [
    '/7/heat/12_3.jpg',
    '/7/heat/0_3.png',
    '/7/heat/12_300.png',
    '/7/heat/../1_2.png',
    '/7/heat/1.png',
  ]) {
    expect(parseTilePath(path)).toBeNull()
  }
})
