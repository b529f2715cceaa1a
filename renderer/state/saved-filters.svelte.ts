import { z } from 'zod'
import { qualityFlagCodes } from '../../electron/contract/index.ts'
import { shows, type Filter } from './filters.ts'

export interface SavedFilter {
  name: string
  filter: Filter
  isGrouped: boolean
}

const name = z.string().nullable()
const storedSchema = z.array(
  z.object({
    name: z.string(),
    filter: z.object({
      show: z.enum(shows),
      label: name,
      suggested: name,
      caseName: name,
      flag: z.enum(qualityFlagCodes).nullable(),
      search: z.string(),
    }),
    isGrouped: z.boolean(),
  }),
)

/** Filters that were given a name, of one workspace; kept in the page's own storage on this machine. */
export class SavedFilters {
  #key: string | null = null
  #all = $state.raw<readonly SavedFilter[]>([])

  get all(): readonly SavedFilter[] {
    return this.#all
  }

  /** Reads those of a workspace; null: of none. What cannot be read counts as none. */
  open(workspacePath: string | null): void {
    this.#key = workspacePath === null ? null : `lobule filters ${workspacePath}`
    this.#all = this.#key === null ? [] : read(this.#key)
  }

  /** A filter of the same name is replaced. */
  save(saved: SavedFilter): void {
    this.#write([...this.#all.filter((other) => other.name !== saved.name), saved])
  }

  remove(filterName: string): void {
    this.#write(this.#all.filter((other) => other.name !== filterName))
  }

  #write(all: readonly SavedFilter[]): void {
    this.#all = all
    if (this.#key !== null) localStorage.setItem(this.#key, JSON.stringify(all))
  }
}

function read(key: string): readonly SavedFilter[] {
  try {
    return storedSchema.parse(JSON.parse(localStorage.getItem(key) ?? '[]'))
  } catch {
    return []
  }
}
