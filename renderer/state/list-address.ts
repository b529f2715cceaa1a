import { z } from 'zod'
import { qualityFlagCodes, worklistColumnIds, type WorklistColumnId } from '../../electron/contract/index.ts'
import { noFilter, shows, withPresentClasses, type Filter } from './filters.ts'
import type { SortDirection } from './sort-images.ts'

/** By a column, by what to label next, which depends on all images together, or in the order of import. */
export type Sorting = { id: WorklistColumnId; direction: SortDirection } | 'label-next' | 'import'

/** What the worklist shows, and where the user is in it. */
export interface ListView {
  filter: Filter
  sorting: Sorting
  isGrouped: boolean
  /** The image under the cursor. */
  cursorId: number | null
}

export const byFile = { id: 'file', direction: 'ascending' } as const satisfies Sorting
const usual: ListView = { filter: noFilter, sorting: byFile, isGrouped: false, cursorId: null }

const isoTime = z.iso.datetime()
const maxQueryCharacters = 2000
const maxTextCharacters = 200
/** Where the user is, and what is still being typed: no step for the Back button. */
const places = ['q', 'at']

/** Names of files and cases, and times of imports: a blind reader may not see them, so nothing of them is kept. */
const namesIn = ({ filter }: ListView, isBlind: boolean): Record<string, string | null> =>
  isBlind ? {} : { case: filter.caseName, from: filter.importedFrom, q: filter.search }

/** A view as a query for the address; empty: the usual view. Only what differs from that is named. */
export function queryOf(view: ListView, isBlind: boolean): string {
  const { filter, sorting, isGrouped, cursorId } = view
  const parts: Record<string, string | null> = {
    show: filter.show === noFilter.show ? null : filter.show,
    label: filter.label,
    suggested: filter.suggested,
    flag: filter.flag,
    assigned: filter.assignedTo,
    ...namesIn(view, isBlind),
    sort: sortText(sorting),
    group: isGrouped ? 'case' : null,
    at: cursorId === null ? null : String(cursorId),
  }
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parts))
    if (value !== null && value !== '') query.set(name, value)
  const text = query.toString()
  return text.length > maxQueryCharacters ? '' : text
}

/**
 * The view of a query. An address may come from anywhere: what is unknown, too long or badly written counts as not
 * given.
 * @param classNameOf as in `withPresentClasses`: an address from before a class was renamed has its former name
 */
export function viewOf(
  query: string,
  classNameOf: (name: string) => string | null,
  isBlind: boolean,
): ListView {
  if (query.length > maxQueryCharacters) return usual
  const given = new URLSearchParams(query)
  const oneOf = <T extends string>(name: string, values: readonly T[]): T | null =>
    values.find((value) => value === given.get(name)) ?? null
  const plain = (name: string): string | null => {
    const value = given.get(name) ?? ''
    return value === '' || value.length > maxTextCharacters || /\p{Cc}/u.test(value) ? null : value
  }
  const text = (name: string): string | null => (isBlind ? null : plain(name))
  const filter: Filter = {
    show: oneOf('show', shows) ?? noFilter.show,
    label: given.get('label'),
    suggested: given.get('suggested'),
    caseName: text('case'),
    assignedTo: plain('assigned'),
    flag: oneOf('flag', qualityFlagCodes),
    importedFrom: isoTime.safeParse(text('from')).data ?? null,
    search: text('q') ?? '',
  }
  return {
    filter: withPresentClasses(filter, classNameOf),
    sorting: sortingOf(given.get('sort')),
    isGrouped: given.get('group') === 'case',
    cursorId: /^[1-9]\d{0,15}$/.test(given.get('at') ?? '') ? Number(given.get('at')) : null,
  }
}

/** Whether two queries show the same list, wherever the cursor is and whatever is searched for. */
export const isSameList = (first: string, second: string): boolean => lastingOf(first) === lastingOf(second)

function lastingOf(query: string): string {
  const parts = new URLSearchParams(query)
  for (const name of places) parts.delete(name)
  return parts.toString()
}

/** A column, after a minus if it is descending; null: by file name. */
function sortText(sorting: Sorting): string | null {
  if (typeof sorting === 'string') return sorting
  if (sorting.id === byFile.id && sorting.direction === byFile.direction) return null
  return sorting.direction === 'descending' ? `-${sorting.id}` : sorting.id
}

function sortingOf(text: string | null): Sorting {
  if (text === 'label-next' || text === 'import') return text
  const isDescending = text?.startsWith('-') ?? false
  const id = worklistColumnIds.find((column) => column === (isDescending ? text?.slice(1) : text))
  return id === undefined ? byFile : { id, direction: isDescending ? 'descending' : 'ascending' }
}
