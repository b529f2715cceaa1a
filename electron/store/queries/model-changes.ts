import type { Writable } from '../database.ts'
import { appendEvent } from './audit.ts'
import { keepInUse } from './model-reports.ts'
import type { ModelKey } from './models.ts'

interface Author {
  reader: string
  reason: string | null
}

/** Gives a model another name, with its event in the audit trail. */
export function renameModel(
  database: Writable,
  { id, name: before }: ModelKey,
  name: string,
  by: Author,
): void {
  database.transaction(() => {
    database.prepare('UPDATE models SET name = ? WHERE id = ?').run(name, id)
    appendModelEvent(database, { id, name }, { before: { name: before }, after: { name } }, by)
  })()
}

/**
 * Removes a model or restores it, with its event in the audit trail; its row, predictions and files stay. Restoring puts no
 * model in use (`keepInUse`).
 */
export function setModelRemoved(database: Writable, model: ModelKey, isRemoved: boolean, by: Author): void {
  database.transaction(() => {
    if (!isRemoved) keepInUse(database, model, by)
    const at = isRemoved ? new Date().toISOString() : null
    database.prepare('UPDATE models SET removed_at = ? WHERE id = ?').run(at, model.id)
    const said = { before: { removed: !isRemoved }, after: { removed: isRemoved } }
    appendModelEvent(database, model, said, by)
  })()
}

const appendModelEvent = (
  database: Writable,
  { id, name }: ModelKey,
  said: { before: object; after: object },
  by: Author,
): void => {
  const object = { type: 'model', id, name }
  appendEvent(database, { kind: 'model-change', object, ...said, ...by, rows: { models: [id] } })
}
