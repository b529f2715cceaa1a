import { z } from 'zod'
import { worklistColumnIds, type WorklistColumnId } from '../../electron/contract/index.ts'
import { setOf } from './collections.ts'
import { columns } from '../features/worklist/columns/columns.ts'

const key = 'lobule columns'
const storedSchema = z.array(z.enum(worklistColumnIds))

const standard = columns.filter(({ isHiddenByDefault }) => isHiddenByDefault !== true).map(({ id }) => id)

/** Which columns the worklist shows, kept by the page on this machine. The file is always shown. */
export class ColumnChoice {
  #shown = $state.raw<ReadonlySet<WorklistColumnId>>(setOf(read()))

  has(id: WorklistColumnId): boolean {
    return id === 'file' || this.#shown.has(id)
  }

  toggle(id: WorklistColumnId): void {
    this.#keep(worklistColumnIds.filter((other) => (other === id ? !this.has(id) : this.has(other))))
  }

  reset(): void {
    this.#keep(standard)
  }

  #keep(shown: readonly WorklistColumnId[]): void {
    this.#shown = setOf(shown)
    localStorage.setItem(key, JSON.stringify(shown))
  }
}

function read(): readonly WorklistColumnId[] {
  try {
    const kept = localStorage.getItem(key)
    return kept === null ? standard : storedSchema.parse(JSON.parse(kept))
  } catch {
    return standard
  }
}
