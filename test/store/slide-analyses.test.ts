import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { sha256 } from '../../electron/base/sha256.ts'
import { hasCode } from '../../electron/contract/index.ts'
import {
  getSlideAnalysis,
  insertSlideAnalysis,
  listSlideAnalyses,
  listSlideMaps,
  listSlidesAnalysedSince,
  listWholeSlides,
  openWorkspace,
  type NewSlideAnalysis,
} from '../../electron/store/index.ts'
import { hashRows, rowText } from '../../electron/store/audited-tables.ts'
import { oldImage, oldWorkspace } from '../support/old-workspace.ts'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'lobule-analyses-'))))
afterEach(() => rmSync(root, { recursive: true }))

/** A model of format 20. */
const model = `
  INSERT INTO recipes (fingerprint, name, content) VALUES ('${'a'.repeat(64)}', 'quick', '{}');
  INSERT INTO models (name, recipe_fingerprint, weights, encoder_fingerprints, classes, cases, grouped_by,
    images_without_case, accuracy, fold_accuracies, duration_ms, software, created_at)
  VALUES ('m', '${'a'.repeat(64)}', 'untrained', '{}', '[{"name":"A","isPositive":true}]', 1, 'case', 0, 0.5, '[]', 1,
    '{}', '2026-01-01T00:00:00.000Z');`

const square = { kind: 'rectangle', left: 1, top: 2, right: 30, bottom: 40 } as const
const summary = {
  tissueMm2: 1,
  analysedMm2: 1,
  classes: [],
  worthALook: [],
  score95: null,
  abovePoint: null,
}
const analysis: NewSlideAnalysis = {
  algorithm: 3,
  imageId: 1,
  modelId: 1,
  pixelSizeUm: 0.5,
  grid: { rows: 1, columns: 2, strideUm: 168, placeUm: 336 },
  region: null,
  effort: null,
  tissueSource: 'found',
  maskSha256: 'a'.repeat(64),
  outOfFold: false,
  places: 2,
  summary,
  mapSha256: 'b'.repeat(64),
  durationMs: 12.5,
}

it('0021 adds analyses, which are only added, and gives them back as they were stored', () => {
  const store = openWorkspace(oldWorkspace(root, 20, oldImage(1) + model), 'test')
  const { database } = store
  expect(listSlideAnalyses(database, 1)).toEqual([])
  const first = insertSlideAnalysis(database, analysis)
  const second = insertSlideAnalysis(database, { ...analysis, region: square, mapSha256: 'c'.repeat(64) })
  expect(listSlideAnalyses(database, 1).map(({ id }) => id)).toEqual([second, first])
  expect(getSlideAnalysis(database, 1, second)).toMatchObject({
    ...analysis,
    region: square,
    mapSha256: 'c'.repeat(64),
    modelName: 'm',
    weights: 'untrained',
    classes: ['A'],
  })
  expect(() => getSlideAnalysis(database, 1, 9)).toThrow(
    expect.toSatisfy((e) => hasCode(e, 'slide.no-analysis')),
  )
  expect(listSlideMaps(database)).toEqual([{ sha256: 'b'.repeat(64) }, { sha256: 'c'.repeat(64) }])
  for (const change of ['UPDATE slide_analyses SET id = id', 'DELETE FROM slide_analyses'])
    expect(() => database.prepare(change).run(), change).toThrow(/append-only/)
  store.close()
})

it('finds the analyses of a model, stride and region since a job was submitted', () => {
  const store = openWorkspace(oldWorkspace(root, 20, oldImage(1) + model), 'test')
  const { database } = store
  const before = new Date(Date.now() - 1000).toISOString()
  insertSlideAnalysis(database, analysis)
  const analysisId = insertSlideAnalysis(database, { ...analysis, region: square })
  const question = { modelId: 1, strideUm: 168, effort: 'fixed', region: square } as const
  expect([...listSlidesAnalysedSince(database, question, before)]).toEqual([[1, { analysisId, places: 2 }]])
  // The order of a region's keys does not matter.
  const { kind, ...edges } = square
  expect(listSlidesAnalysedSince(database, { ...question, region: { ...edges, kind } }, before).size).toBe(1)
  expect(listSlidesAnalysedSince(database, { ...question, strideUm: 42 }, before).size).toBe(0)
  expect(listSlidesAnalysedSince(database, { ...question, modelId: 2 }, before).size).toBe(0)
  expect(listSlidesAnalysedSince(database, { ...question, effort: 'adaptive' }, before).size).toBe(0)
  expect(listSlidesAnalysedSince(database, question, null).size).toBe(0)
  expect(listSlidesAnalysedSince(database, question, new Date(Date.now() + 1000).toISOString()).size).toBe(0)
  store.close()
})

/** An analysis of format 21. */
const older = `
  INSERT INTO slide_analyses (image_id, model_id, pixel_size_um, stride_um, region, tissue_source, mask_sha256, grid,
    out_of_fold, places, summary, map_sha256, duration_ms, at)
  VALUES (1, 1, 0.5, 168, NULL, 'found', '${'a'.repeat(64)}', '${JSON.stringify(analysis.grid)}', 0, 2,
    '${JSON.stringify({ ...summary, classes: [{ isPositive: true, share: 0.25 }] })}', '${'b'.repeat(64)}', 12.5,
    '2026-11-01T00:00:00.000Z');`

it('0026 adds the algorithm; analyses of earlier formats have none, and their hashes stay', () => {
  const path = oldWorkspace(root, 25, oldImage(1) + oldImage(2) + model + older)
  const before = new Sqlite(join(path, 'workspace.sqlite'))
  const row = before.prepare<[], Record<string, unknown>>('SELECT * FROM slide_analyses').get() ?? {}
  before.close()
  const store = openWorkspace(path, 'test')
  const { database } = store
  expect(hashRows(database, 'slide_analyses', 1)).toBe(sha256(rowText(row)))
  const classes = [{ className: 'A', isPositive: true, places: 2, areaMm2: 1, share: 0.5, largest: null }]
  insertSlideAnalysis(database, { ...analysis, imageId: 2, summary: { ...summary, classes } })
  expect(listWholeSlides(database, 1)).toMatchObject([
    { imageId: 1, algorithm: null, share: 0.25 },
    { imageId: 2, algorithm: 3, share: 0.5 },
  ])
  store.close()
})

it('0024 adds the effort; analyses of earlier formats predicted each place once, and their hashes stay', () => {
  const path = oldWorkspace(
    root,
    23,
    oldImage(1) +
      model +
      `INSERT INTO slide_analyses (image_id, model_id, pixel_size_um, stride_um, region, tissue_source, mask_sha256, grid,
         out_of_fold, places, summary, map_sha256, duration_ms, at)
       VALUES (1, 1, 0.5, 168, NULL, 'found', '${'a'.repeat(64)}', '${JSON.stringify(analysis.grid)}', 0, 2,
         '${JSON.stringify(summary)}', '${'b'.repeat(64)}', 12.5, '2026-11-01T00:00:00.000Z');`,
  )
  const store = openWorkspace(path, 'test')
  const { database } = store
  const { algorithm: _, ...stored } = analysis
  expect(listSlideAnalyses(database, 1)).toMatchObject([{ ...stored, effort: null }])
  const effort = { margin: 0.2, possible: 4, again: 1 }
  const id = insertSlideAnalysis(database, { ...analysis, effort })
  expect(getSlideAnalysis(database, 1, id).effort).toEqual(effort)
  const question = { modelId: 1, strideUm: 168, effort: 'adaptive', region: null } as const
  expect([...listSlidesAnalysedSince(database, question, '2026-01-01T00:00:00.000Z')]).toEqual([
    [1, { analysisId: id, places: 2 }],
  ])
  store.close()
})
