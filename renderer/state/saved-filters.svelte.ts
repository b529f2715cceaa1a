import { z } from 'zod'
import { qualityFlagCodes } from '../../electron/contract/index.ts'
import { shows, withPresentClasses, type Filter } from './filters.ts'

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
      // Filters of earlier versions have neither this nor `importedFrom`.
      assignedTo: name.default(null),
      flag: z.enum(qualityFlagCodes).nullable(),
      importedFrom: name.default(null),
      search: z.string(),
    }),
    isGrouped: z.boolean(),
  }),
)

/** Named filters of one workspace, stored by the page on this machine. */
export class SavedFilters {
  #key: string | null = null
  #all = $state.raw<readonly SavedFilter[]>([])

  get all(): readonly SavedFilter[] {
    return this.#all
  }

  /**
   * Reads the filters of a workspace; null: no workspace is open. A stored value that cannot be read counts as no
   * filters.
   */
  open(workspacePath: string | null): void {
    this.#key = workspacePath === null ? null : `lobule filters ${workspacePath}`
    this.#all = this.#key === null ? [] : read(this.#key)
  }

  /**
   * A filter for the present classes; undefined: there is none of this name. What is stored keeps the names of then.
   * @param classNameOf as in `withPresentClasses`
   */
  find(filterName: string, classNameOf: (name: string) => string | null): SavedFilter | undefined {
    const saved = this.#all.find((one) => one.name === filterName)
    return saved && { ...saved, filter: withPresentClasses(saved.filter, classNameOf) }
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
