import { z } from 'zod'
import { worklistColumnIds, type WorklistColumnId } from '../../electron/contract/index.ts'
import { setOf } from './collections.ts'
import type { ListColumn } from './list-column.ts'

const key = 'lobule columns'
const storedSchema = z.array(z.enum(worklistColumnIds))

/** Which columns the worklist shows, stored by the page on this machine. The file column is always shown. */
export class ColumnChoice {
  readonly #default: readonly WorklistColumnId[]
  /** Chosen columns that the table has no space for at the moment. */
  withoutSpace = $state.raw<readonly WorklistColumnId[]>([])
  #shown = $state.raw<ReadonlySet<WorklistColumnId>>(setOf())

  constructor(columns: readonly ListColumn[]) {
    this.#default = columns.filter(({ isHiddenByDefault }) => isHiddenByDefault !== true).map(({ id }) => id)
    this.#shown = setOf(stored() ?? this.#default)
  }

  has(id: WorklistColumnId): boolean {
    return id === 'file' || this.#shown.has(id)
  }

  toggle(id: WorklistColumnId): void {
    this.#keep(worklistColumnIds.filter((other) => (other === id ? !this.has(id) : this.has(other))))
  }

  reset(): void {
    this.#keep(this.#default)
  }

  #keep(shown: readonly WorklistColumnId[]): void {
    this.#shown = setOf(shown)
    localStorage.setItem(key, JSON.stringify(shown))
  }
}

/** The stored choice; null if there is none or it cannot be read. */
function stored(): readonly WorklistColumnId[] | null {
  try {
    const kept = localStorage.getItem(key)
    return kept === null ? null : storedSchema.parse(JSON.parse(kept))
  } catch {
    return null
  }
}
