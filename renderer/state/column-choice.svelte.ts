import { z } from 'zod'
import { setOf } from './collections.ts'
import { sortColumns, type SortColumn } from './worklist-order.svelte.ts'

const key = 'lobule columns'
const storedSchema = z.array(z.enum(sortColumns))

/** Shown until somebody chooses otherwise, as many as a window of 1440 pixels holds; the file is always shown. */
const hidden: readonly SortColumn[] = ['size', 'attention', 'spread']
const standard = sortColumns.filter((id) => !hidden.includes(id))

/** Which columns the worklist shows, kept by the page on this machine. */
export class ColumnChoice {
  #shown = $state.raw<ReadonlySet<SortColumn>>(setOf(read()))

  has(id: SortColumn): boolean {
    return id === 'file' || this.#shown.has(id)
  }

  toggle(id: SortColumn): void {
    this.#keep(sortColumns.filter((other) => (other === id ? !this.has(id) : this.has(other))))
  }

  reset(): void {
    this.#keep(standard)
  }

  #keep(shown: readonly SortColumn[]): void {
    this.#shown = setOf(shown)
    localStorage.setItem(key, JSON.stringify(shown))
  }
}

function read(): readonly SortColumn[] {
  try {
    const kept = localStorage.getItem(key)
    return kept === null ? standard : storedSchema.parse(JSON.parse(kept))
  } catch {
    return standard
  }
}
