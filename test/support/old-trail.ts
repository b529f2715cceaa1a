import Sqlite from 'better-sqlite3'
import { join } from 'node:path'
import { appendEvent, type Writable } from '../../electron/store/index.ts'
import { oldTime } from './old-workspace.ts'

interface Entry {
  reader?: 'ada' | 'eva'
  className?: 'Benign' | 'Malignant' | null
  undoes?: number
  isImport?: boolean
  isUnsure?: boolean
}

/** A label as it was written. */
export type OldEntry = Required<Pick<Entry, 'reader' | 'className'>> & {
  id: number
  undoes: number | undefined
  isUnsure: boolean
}

/** Writes labels and events into a workspace as format 10 did, for two readers and the classes of `oldWorkspace`. */
export class OldTrail {
  readonly #database: InstanceType<typeof Sqlite>
  readonly writable: Writable
  #labels = 0

  constructor(workspace: string) {
    this.#database = new Sqlite(join(workspace, 'workspace.sqlite'))
    this.writable = this.#database as unknown as Writable
  }

  label(
    imageId: number,
    { reader = 'ada', className = 'Benign', undoes, isImport = false, isUnsure = false }: Entry = {},
  ): OldEntry {
    const id = ++this.#labels
    const classId = className === null ? null : className === 'Benign' ? 1 : 2
    this.#database
      .prepare(
        'INSERT INTO labels (id, image_id, reader_id, class_id, at, undoes, is_unsure) VALUES (?, ?, ?, ?, ?, ?, ?)',
      )
      .run(id, imageId, reader === 'ada' ? 1 : 2, classId, oldTime, undoes ?? null, isUnsure ? 1 : 0)
    appendEvent(this.writable, {
      kind: undoes === undefined ? 'label' : 'undo',
      at: oldTime,
      reader,
      object: { type: 'image', id: imageId, name: `${imageId}.png` },
      after: {
        class: className,
        comment: null,
        label: id,
        sha256: String(imageId).repeat(64),
        suggested: null,
        ...(undoes === undefined ? {} : { undoes }),
        ...(isImport ? { source: 'import' } : {}),
        ...(isUnsure ? { unsure: true } : {}),
      },
    })
    return { id, reader, className, undoes, isUnsure }
  }

  job(id: number, after: object): void {
    const object = { type: 'job', id, name: 'Import images' }
    appendEvent(this.writable, { kind: 'import', reader: 'ada', object, after })
  }

  /** An import that labels images; `input` is in its first event. */
  import(id: number, input: object, labels: () => void): void {
    const stored = JSON.stringify('input' in input ? input.input : null)
    this.#database
      .prepare(
        `INSERT INTO jobs (id, kind, title, input, state, created_at)
         VALUES (?, 'import', 'Import images', ?, 'done', ?) ON CONFLICT (id) DO UPDATE SET state = 'done'`,
      )
      .run(id, stored, oldTime)
    this.job(id, { state: 'running', ...input })
    labels()
    this.job(id, { state: 'done', error: null })
  }

  close(): void {
    this.#database.close()
  }
}

export const standing = (entries: readonly OldEntry[]): OldEntry[] =>
  entries.filter(({ id, undoes }) => undoes === undefined && !entries.some((other) => other.undoes === id))

/** The rule of format 10: the newest standing entry of each reader counts; the label is what all who chose chose. */
export function labelOfFormat10(entries: readonly OldEntry[]): string | null {
  const classes = ['ada', 'eva'].flatMap(
    (reader) => standing(entries).findLast((entry) => entry.reader === reader)?.className ?? [],
  )
  return new Set(classes).size === 1 ? (classes[0] ?? null) : null
}
