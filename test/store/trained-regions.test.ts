import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { parseClassScheme } from '../../electron/contract/index.ts'
import {
  countRegionsChangedSince,
  findModel,
  insertModel,
  insertReadingImport,
  insertRegionChange,
  insertRegions,
  insertTestSet,
  listFolds,
  listFoldTable,
  listImagesWithClassedRegions,
  openWorkspace,
  readTrainingData,
  setMissingPixelSize,
  type Store,
  type TrainedRegion,
} from '../../electron/store/index.ts'
import { oldImage, oldWorkspace } from '../support/old-workspace.ts'
import { newModel } from '../support/rows.ts'

let root: string
let store: Store
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-trained-'))
  store = openWorkspace(oldWorkspace(root, 22, `${oldImage(1)}${oldImage(2)}${oldImage(3)}`), 'test')
})
afterEach(() => {
  store.close()
  rmSync(root, { recursive: true })
})

const classes = parseClassScheme('Benign,Malignant*')
const geometryText = JSON.stringify({ kind: 'rectangle', left: 1, top: 2, right: 30, bottom: 20 })

/** Draws a region on each of these images; the ids of regions and changes are 1, 2, ... */
function draw(...imageIds: number[]): void {
  for (const [index, imageId] of imageIds.entries()) {
    const uuid = `00000000-0000-4000-8000-00000000000${index}`
    const [regionId = 0] = insertRegions(store.database, imageId, [uuid])
    change(imageId, regionId, 'Benign')
  }
}
const change = (
  imageId: number,
  regionId: number,
  className: string | null,
  more: { geometryText?: string | null; name?: string; comment?: string } = {},
): number =>
  insertRegionChange(store.database, {
    imageId,
    reader: 'ada',
    undoes: null,
    entries: [{ regionId, geometryText, className, name: null, comment: null, ...more }],
  })
const region = (regionId: number, imageId: number, fold: number): TrainedRegion => ({
  regionId,
  imageId,
  changeId: regionId,
  fold,
  className: 'Benign',
  fields: [{ x: 12, y: 11 }],
  probabilities: [0.75, 0.25],
})
const whole = (imageId: number, fold: number) => ({
  imageId,
  fold,
  className: 'Malignant',
  probabilities: [0.5, 0.5],
})

it('0023 adds trained regions; each image of a model counts once, with its fold', () => {
  const { database } = store
  draw(1, 1, 2)
  const id = insertModel(
    database,
    newModel(classes, {
      folds: [whole(1, 0), whole(3, 1)],
      regions: [region(1, 1, 0), region(2, 1, 0), region(3, 2, 1)],
    }),
  )
  expect(findModel(database, 'm')).toMatchObject({ images: 3, regions: 3, synthetic: false })
  expect([...listFolds(database, id)].toSorted()).toEqual([
    [1, 0],
    [2, 1],
    [3, 1],
  ])
  expect(listFoldTable(database, id).map(({ sha256, fold }) => `${sha256[0]} ${fold}`)).toEqual([
    '1 0',
    '2 1',
    '3 1',
  ])
  expect([...readTrainingData(database, id).sha256s].map((hash) => hash[0]).toSorted()).toEqual([
    '1',
    '2',
    '3',
  ])
  // Its pixel size is used: a field of image 2 was encoded.
  expect(setMissingPixelSize(database, 2, 0.5)).toBe(false)
  expect(database.prepare('SELECT fields FROM trained_regions WHERE region_id = 3').pluck().get()).toBe(
    '[[12,11]]',
  )
  for (const sql of ['UPDATE trained_regions SET fold = 1', 'DELETE FROM trained_regions'])
    expect(() => database.prepare(sql).run()).toThrow(/immutable/)
})

it('says how many regions of a model were changed or deleted since', () => {
  const { database } = store
  draw(1, 2)
  const id = insertModel(database, newModel(classes, { regions: [region(1, 1, 0), region(2, 2, 1)] }))
  expect(countRegionsChangedSince(database, id)).toBe(0)
  const counts = (className: string | null, more?: Parameters<typeof change>[3]): number => {
    change(1, 1, className, more)
    return countRegionsChangedSince(database, id)
  }
  expect(counts('Benign', { comment: 'here', name: 'a duct' })).toBe(0)
  expect(counts('Malignant')).toBe(1)
  expect(counts('Benign')).toBe(0)
  expect(counts('Benign', { geometryText: geometryText.replace('30', '31') })).toBe(1)
  expect(counts(null)).toBe(1)
  expect(counts('Benign', { name: 'Tissue' })).toBe(1)
  expect(counts(null, { geometryText: null })).toBe(1)
  change(2, 2, 'Malignant')
  expect(countRegionsChangedSince(database, id)).toBe(2)
})

it('counts what is in effect and not what came last, where changes came from another workspace', () => {
  const { database } = store
  draw(1, 2)
  const id = insertModel(database, newModel(classes, { regions: [region(1, 1, 0), region(2, 2, 1)] }))
  const importId = insertReadingImport(database, {
    ...{ fileSha256: 'a'.repeat(64), workspaceId: 'b'.repeat(64), workspaceName: 'w', headEvent: 1 },
    ...{ headHash: 'c'.repeat(64), madeAt: '2026-01-02T03:04:05.678Z', software: 'test' },
  })
  const receive = (undoes: number | null, orderMs: number, geometry: string | null): number =>
    insertRegionChange(database, {
      ...{
        imageId: 1,
        reader: 'ben',
        undoes,
        at: '2026-01-02T03:04:05.678Z',
        received: { importId, orderMs },
      },
      entries: [{ regionId: 1, geometryText: geometry, className: 'Malignant', name: null, comment: null }],
    })
  // It is the last row, and older than the drawing here.
  receive(null, 5, geometryText)
  expect(countRegionsChangedSince(database, id)).toBe(0)
  const later = receive(null, Date.now() + 1000, geometryText)
  expect(countRegionsChangedSince(database, id)).toBe(1)
  receive(later, Date.now() + 2000, null)
  expect(countRegionsChangedSince(database, id)).toBe(0)
  change(2, 2, 'Malignant')
  expect(countRegionsChangedSince(database, id)).toBe(1)
})

it('lists the images that have, or had, a region with a class', () => {
  const { database } = store
  expect(listImagesWithClassedRegions(database)).toEqual([])
  draw(3, 1)
  const [regionId = 0] = insertRegions(database, 2, ['00000000-0000-4000-8000-00000000000a'])
  change(2, regionId, null)
  expect(listImagesWithClassedRegions(database)).toEqual([1, 3])
})

it('stores no model with a region of a locked test set', () => {
  const { database } = store
  draw(1, 2)
  insertTestSet(database, {
    name: 't',
    rule: { kind: 'later' },
    reader: null,
    reason: 'why',
    caseNames: [],
    imageIds: [2],
  })
  const regions = [region(1, 1, 0), region(2, 2, 1)]
  expect(() => insertModel(database, newModel(classes, { regions }))).toThrow(
    expect.objectContaining({ code: 'test-set.locked-meanwhile' }),
  )
  const id = insertModel(database, newModel(classes, { regions: regions.slice(0, 1) }))
  expect(() =>
    database.prepare(`INSERT INTO trained_regions VALUES (?, 2, 2, 1, 'Benign', '[[1,1]]', '[1,0]')`).run(id),
  ).toThrow(/locked test set/)
})
