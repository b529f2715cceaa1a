import { createHash } from 'node:crypto'
import { canonicalJson } from '../base/canonical-json.ts'
import { firstClassName } from './class-names.ts'
import type { Readable } from './database.ts'

/** The content of a workspace when its audit trail began. Rows with larger ids are newer and have events. */
export interface AuditPin {
  images: number
  labels: number
  lastLabelId: number
  /** Hash of the labels up to the last one (`labelsHash`). */
  labelsSha256: string
  lastModelId: number
  lastOperatingPointId: number
  lastPromotionId: number
}

interface PinnedLabel {
  id: number
  image: string
  className: string | null
  reader: string
  at: string
  comment: string | null
  undoes: number | null
}

/**
 * sha256 over the labels with ids up to `lastId`, oldest first. Each label contributes the canonical JSON of
 * [id, the image's sha256, first name of the class or null, reader, time, comment or null, the undone label event or null] and a line feed.
 */
export function labelsHash(database: Readable, lastId: number): string {
  const hash = createHash('sha256')
  const labels = database
    .prepare<[number], PinnedLabel>(
      `SELECT l.id, i.sha256 AS image, ${firstClassName('l.class_id')} AS className, r.name AS reader, l.at, l.comment,
        l.undoes
       FROM labels l JOIN images i ON i.id = l.image_id JOIN readers r ON r.id = l.reader_id
       WHERE l.id <= ? ORDER BY l.id`,
    )
    .iterate(lastId)
  for (const { id, image, className, reader, at, comment, undoes } of labels) {
    hash.update(`${canonicalJson([id, image, className, reader, at, comment, undoes])}\n`)
  }
  return hash.digest('hex')
}

/** The pin that the first event contains, or null if the text is not a pin. */
export function parseAuditPin(text: string): AuditPin | null {
  try {
    const pin = JSON.parse(text) as Partial<AuditPin> | null
    const numbers = [pin?.lastLabelId, pin?.lastModelId, pin?.lastOperatingPointId, pin?.lastPromotionId]
    const isPin = numbers.every(Number.isInteger) && typeof pin?.labelsSha256 === 'string'
    return isPin ? (pin as AuditPin) : null
  } catch {
    return null
  }
}

/**
 * sha256 over the sources of the labels with ids up to `lastId`, oldest first. Each label contributes the canonical
 * JSON of [id, source, table or null] and a line feed.
 */
export function labelSourcesHash(database: Readable, lastId: number): string {
  const hash = createHash('sha256')
  const labels = database
    .prepare<[number], [number, string, string | null]>(
      'SELECT id, source, table_name FROM labels WHERE id <= ? ORDER BY id',
    )
    .raw()
    .iterate(lastId)
  for (const label of labels) hash.update(`${canonicalJson(label)}\n`)
  return hash.digest('hex')
}
