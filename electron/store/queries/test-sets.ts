import { AppError, type TestSetRule } from '../../contract/index.ts'
import type { Readable, Writable } from '../database.ts'
import { whereImage, type OfImages } from './of-images.ts'
import { prepared } from './prepared.ts'
import { appendTestSetEvent } from './test-set-event.ts'
import { trainedImages } from './trained-regions.ts'

/** A locked test set, or one that was released, as it is stored. */
export interface TestSetRecord {
  id: number
  name: string
  rule: TestSetRule
  at: string
  reader: string | null
  reason: string
  isCollecting: boolean
  released: { at: string; reader: string | null; reason: string } | null
}

interface TestSetRow {
  id: number
  name: string
  rule: string
  at: string
  reader: string | null
  reason: string
  after_image_id: number | null
  until_image_id: number | null
  released_at: string | null
  released_by: string | null
  released_reason: string | null
}

const fromRow = (row: TestSetRow): TestSetRecord => ({
  id: row.id,
  name: row.name,
  rule: JSON.parse(row.rule) as TestSetRule,
  at: row.at,
  reader: row.reader,
  reason: row.reason,
  isCollecting: row.after_image_id !== null && row.until_image_id === null && row.released_at === null,
  released:
    row.released_at === null
      ? null
      : { at: row.released_at, reader: row.released_by, reason: row.released_reason ?? '' },
})

/** Whether the image `i` would belong to the test set `s` if it was not removed. */
const isOf = `(EXISTS (SELECT 1 FROM test_set_images m WHERE m.test_set_id = s.id AND m.image_id = i.id)
  OR EXISTS (SELECT 1 FROM test_set_cases c WHERE c.test_set_id = s.id AND c.case_id = i.case_id)
  OR i.id > s.after_image_id AND i.id <= coalesce(s.until_image_id, i.id))`

/** Whether the image `i` belongs to the test set `s`; a removed image belongs to none. */
const belongs = `(i.removed_at IS NULL AND ${isOf})`

/** Newest first. */
export const listTestSets = (database: Readable): TestSetRecord[] =>
  database.prepare<[], TestSetRow>('SELECT * FROM test_sets ORDER BY id DESC').all().map(fromRow)

/** @throws AppError `test-set.not-found` */
export function findTestSet(database: Readable, name: string): TestSetRecord {
  const found = listTestSets(database).find((set) => set.name.toLowerCase() === name.trim().toLowerCase())
  if (found === undefined) throw new AppError('test-set.not-found', { testSet: name })
  return found
}

/**
 * The name of the locked test set of each of these images that belongs to one, by image; `withRemoved` also of removed images
 * that would if they came back.
 */
export function lockedImages(
  database: Readable,
  of: OfImages = null,
  { withRemoved = false } = {},
): Map<number, string> {
  const { where, values } = whereImage('i.id', of)
  const rows = database
    .prepare<(number | string)[], { id: number; name: string }>(
      `SELECT i.id, s.name FROM test_sets s JOIN images i ON ${withRemoved ? isOf : belongs}
       ${where === '' ? 'WHERE' : `${where} AND`} s.released_at IS NULL ORDER BY s.id DESC`,
    )
    .all(...values)
  return new Map(rows.map(({ id, name }) => [id, name]))
}

/** Content hashes of the images of all locked test sets. */
export const lockedHashes = (database: Readable): Set<string> =>
  new Set(
    database
      .prepare<[], string>(
        `SELECT i.sha256 FROM test_sets s JOIN images i ON ${belongs} WHERE s.released_at IS NULL`,
      )
      .pluck()
      .all(),
  )

/** Ids of the images of a test set, locked or released. */
export const listTestSetImages = (database: Readable, testSetId: number): number[] =>
  database
    .prepare<[number], number>(
      `SELECT i.id FROM test_sets s JOIN images i ON ${belongs} WHERE s.id = ? ORDER BY i.id`,
    )
    .pluck()
    .all(testSetId)

/** How many removed images would belong to a test set. */
export const countRemovedOf = (database: Readable, testSetId: number): number =>
  database
    .prepare<[number], number>(
      `SELECT count(*) FROM test_sets s JOIN images i ON ${isOf} WHERE s.id = ? AND i.removed_at IS NOT NULL`,
    )
    .pluck()
    .get(testSetId) ?? 0

/** How many images of a test set had a suggested class before it was locked. */
export const countSuggestedBefore = (database: Readable, { id, at }: TestSetRecord): number =>
  database
    .prepare<[number, string], number>(
      `SELECT count(DISTINCT v.image_id) FROM test_sets s JOIN images i ON ${belongs}
       JOIN verdicts v ON v.image_id = i.id WHERE s.id = ? AND v.at < ?`,
    )
    .pluck()
    .get(id, at) ?? 0

/** What trained a model, wherever it was trained. */
export interface TrainingData {
  /** Content hashes of its images. */
  sha256s: ReadonlySet<string>
  /** Names of the cases of its images, at the time of the training and now. */
  caseNames: ReadonlySet<string>
}

export function readTrainingData(database: Readable, modelId: number): TrainingData {
  const texts = (sql: string): string[] =>
    database.prepare<[{ id: number }], string>(sql).pluck().all({ id: modelId })
  return {
    sha256s: new Set(
      texts(
        `SELECT i.sha256 FROM ${trainedImages} f JOIN images i ON i.id = f.image_id WHERE f.model_id = :id
         UNION SELECT sha256 FROM imported_folds WHERE model_id = :id`,
      ),
    ),
    caseNames: new Set(
      texts(
        `SELECT k.name FROM ${trainedImages} f JOIN images i ON i.id = f.image_id JOIN cases k ON k.id = i.case_id
         WHERE f.model_id = :id
         UNION SELECT p.value ->> '$.caseName' FROM model_reports r, json_each(r.content, '$.predictions') p
         WHERE r.model_id = :id AND p.value ->> '$.caseName' IS NOT NULL`,
      ),
    ),
  }
}

interface NewTestSet {
  name: string
  rule: TestSetRule
  reader: string | null
  reason: string
  /** Names of whole cases. */
  caseNames: readonly string[]
  imageIds: readonly number[]
}

/** Locks a test set, with its event in the audit trail. Returns its id. */
export function insertTestSet(
  database: Writable,
  { name, rule, reader, reason, caseNames, imageIds }: NewTestSet,
): number {
  return database.transaction(() => {
    const newest =
      rule.kind === 'later'
        ? (database.prepare<[], number>('SELECT coalesce(max(id), 0) FROM images').pluck().get() ?? 0)
        : null
    const { lastInsertRowid } = database
      .prepare(
        'INSERT INTO test_sets (name, rule, at, reader, reason, after_image_id) VALUES (?, ?, ?, ?, ?, ?)',
      )
      .run(name, JSON.stringify(ruleWithoutList(rule)), new Date().toISOString(), reader, reason, newest)
    const id = Number(lastInsertRowid)
    const addCase = database.prepare(
      'INSERT INTO test_set_cases (test_set_id, case_id) SELECT ?, id FROM cases WHERE name = ?',
    )
    for (const caseName of caseNames) addCase.run(id, caseName)
    const addImage = database.prepare('INSERT INTO test_set_images (test_set_id, image_id) VALUES (?, ?)')
    for (const imageId of imageIds) addImage.run(id, imageId)
    appendTestSetEvent(
      database,
      { id, name },
      {
        after: {
          testSet: id,
          state: 'locked',
          rule: ruleWithoutList(rule),
          cases: caseNames.length,
          images: imageIds.length,
        },
        reader,
        reason,
        rows: { test_sets: [id], test_set_cases: [id], test_set_images: [id] },
      },
    )
    return id
  })()
}

/** What a rule says besides its list, which has tables of its own. */
const ruleWithoutList = (rule: TestSetRule): object => (rule.kind === 'random' ? rule : { kind: rule.kind })

/**
 * Ends the collecting of later images, and takes the cases that only this set has, so that later images of these
 * patients are locked too.
 */
export function closeTestSet(database: Writable, { id, name }: TestSetRecord, reader: string | null): void {
  database.transaction(() => {
    database
      .prepare('UPDATE test_sets SET until_image_id = (SELECT coalesce(max(id), 0) FROM images) WHERE id = ?')
      .run(id)
    database
      .prepare(
        `INSERT INTO test_set_cases (test_set_id, case_id)
         SELECT s.id, k.id FROM test_sets s JOIN cases k WHERE s.id = ?
           AND EXISTS (SELECT 1 FROM images i WHERE i.case_id = k.id)
           AND NOT EXISTS (SELECT 1 FROM images i WHERE i.case_id = k.id AND i.id <= s.after_image_id)
         ON CONFLICT DO NOTHING`,
      )
      .run(id)
    const images = listTestSetImages(database, id).length
    appendTestSetEvent(
      database,
      { id, name },
      {
        before: { state: 'collecting' },
        after: { testSet: id, state: 'closed', images },
        reader,
        reason: null,
        rows: { test_sets: [id], test_set_cases: [id] },
      },
    )
  })()
}

/** Releases a test set for good. */
export function releaseTestSet(
  database: Writable,
  { id, name }: TestSetRecord,
  { reader, reason }: { reader: string | null; reason: string },
): void {
  database.transaction(() => {
    const images = listTestSetImages(database, id).length
    database
      .prepare('UPDATE test_sets SET released_at = ?, released_by = ?, released_reason = ? WHERE id = ?')
      .run(new Date().toISOString(), reader, reason, id)
    appendTestSetEvent(
      database,
      { id, name },
      {
        before: { state: 'locked' },
        after: { testSet: id, state: 'released', images },
        reader,
        reason,
        rows: { test_sets: [id] },
      },
    )
  })()
}

/** Keeps an image in its locked test set whatever becomes of its case. Returns the sets whose lists grew. */
export function keepInTestSets(database: Writable, imageId: number): number[] {
  const ids = prepared<[number], { id: number }>(
    database,
    `SELECT s.id FROM test_sets s JOIN images i ON i.id = ? JOIN test_set_cases c
       ON c.test_set_id = s.id AND c.case_id = i.case_id
     WHERE s.released_at IS NULL
       AND NOT EXISTS (SELECT 1 FROM test_set_images m WHERE m.test_set_id = s.id AND m.image_id = i.id)`,
  )
    .all(imageId)
    .map(({ id }) => id)
  const add = prepared(database, 'INSERT INTO test_set_images (test_set_id, image_id) VALUES (?, ?)')
  for (const id of ids) add.run(id, imageId)
  return ids
}
