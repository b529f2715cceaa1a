import {
  classKeys,
  classPalette,
  hasControlCharacter,
  hasLetterOrDigit,
  isWordForNone,
  mixesAlphabets,
  newClassSchemeSchema,
  plainClassName,
  type ClassScheme,
  type TissueClass,
} from '../../../electron/contract/index.ts'
import { keepsPlaces } from '../../state/class-places.ts'

/** A class while it is edited; `id` stays through every change of its name. */
export interface ClassRow extends TissueClass {
  id: number
}

export const minClasses = 2
export const maxClasses = 20

/**
 * Colours to choose from: eight of Okabe and Ito (2008), nine of Paul Tol's muted scheme (2021). Colour-blind
 * readers can distinguish the colours within each group.
 */
export const colourGroups: readonly (readonly { colour: string; name: ColourName }[])[] = [
  (['blue', 'green', 'skyBlue', 'grey', 'orange', 'vermilion', 'pink', 'yellow'] as const).map(
    (name, index) => ({ colour: classPalette[index] ?? '#666666', name }),
  ),
  [
    { colour: '#332288', name: 'indigo' },
    { colour: '#88ccee', name: 'cyan' },
    { colour: '#44aa99', name: 'teal' },
    { colour: '#117733', name: 'forest' },
    { colour: '#999933', name: 'olive' },
    { colour: '#ddcc77', name: 'sand' },
    { colour: '#cc6677', name: 'rose' },
    { colour: '#882255', name: 'wine' },
    { colour: '#aa4499', name: 'purple' },
  ],
]
export type ColourName =
  | 'blue'
  | 'green'
  | 'orange'
  | 'vermilion'
  | 'skyBlue'
  | 'pink'
  | 'yellow'
  | 'grey'
  | 'indigo'
  | 'cyan'
  | 'teal'
  | 'forest'
  | 'olive'
  | 'sand'
  | 'rose'
  | 'wine'
  | 'purple'

export const rowsOf = (classes: ClassScheme): ClassRow[] =>
  classes.map((one, index) => ({ ...one, id: index + 1 }))

/** Adds a class with an unused key and colour, as long as there are any. */
export function withNewClass(rows: readonly ClassRow[], name: string): ClassRow[] {
  const keys = new Set(rows.map((row) => row.key))
  const colours = new Set(rows.map((row) => row.colour))
  const all = colourGroups.flat().map(({ colour }) => colour)
  const id = Math.max(0, ...rows.map((row) => row.id)) + 1
  return [
    ...rows,
    {
      id,
      name,
      isPositive: false,
      key: classKeys.find((key) => !keys.has(key)) ?? '',
      colour: all.find((colour) => !colours.has(colour)) ?? all[rows.length % all.length] ?? '#666666',
    },
  ]
}

/** Moves a class one place up (-1) or down (1). */
export function withMoved(rows: readonly ClassRow[], id: number, by: -1 | 1): ClassRow[] {
  const from = rows.findIndex((row) => row.id === id)
  const moved = rows[from]
  const other = rows[from + by]
  return moved === undefined || other === undefined
    ? [...rows]
    : rows.with(from, other).with(from + by, moved)
}

export type NameProblem = 'empty' | 'same' | 'letters' | 'long' | 'reserved' | 'signs' | 'alphabets'

export interface ClassProblems {
  /** Problems of single classes, by their id. */
  name: ReadonlyMap<number, NameProblem>
  key: ReadonlyMap<number, 'empty' | 'same' | 'taken'>
  /** Classes that share their colour with another; a hint, not an error. */
  sameColour: ReadonlySet<number>
  isUsable: boolean
}

/** The problems of each class, and whether all classes form a valid scheme. */
export function problemsOf(rows: readonly ClassRow[]): ClassProblems {
  const nameOf = (row: ClassRow): string => plainClassName(row.name)
  const names = Map.groupBy(rows, nameOf)
  const keys = Map.groupBy(rows, (row) => row.key.toLowerCase())
  const colours = Map.groupBy(rows, (row) => row.colour)
  const name = new Map<number, NameProblem>()
  const key = new Map<number, 'empty' | 'same' | 'taken'>()
  for (const row of rows) {
    if (nameOf(row) === '') name.set(row.id, 'empty')
    else if (/[,*/\\]/.test(row.name) || hasControlCharacter(row.name)) name.set(row.id, 'letters')
    else if (!hasLetterOrDigit(row.name)) name.set(row.id, 'signs')
    else if (isWordForNone(row.name)) name.set(row.id, 'reserved')
    else if (mixesAlphabets(row.name)) name.set(row.id, 'alphabets')
    else if (row.name.trim().length > 60) name.set(row.id, 'long')
    else if ((names.get(nameOf(row)) ?? []).length > 1) name.set(row.id, 'same')
    if (row.key.length !== 1) key.set(row.id, 'empty')
    else if (!classKeys.includes(row.key)) key.set(row.id, 'taken')
    else if ((keys.get(row.key.toLowerCase()) ?? []).length > 1) key.set(row.id, 'same')
  }
  const shared = rows.filter((row) => (colours.get(row.colour) ?? []).length > 1).map((row) => row.id)
  const isUsable = name.size === 0 && key.size === 0 && newClassSchemeSchema.safeParse(schemeOf(rows)).success
  return { name, key, sameColour: new Set(shared), isUsable }
}

export const schemeOf = (rows: readonly ClassRow[]): ClassScheme =>
  rows.map(({ id: _id, ...one }) => ({ ...one, name: one.name.trim() }))

/**
 * Rows with unsaved changes, over classes that were changed elsewhere: what was not edited here is as there. null: here or there
 * classes were added, moved or removed, so that it is not known which row is the same class.
 * @param before the classes that were edited
 */
export function rowsOver(
  rows: readonly ClassRow[],
  before: ClassScheme,
  present: ClassScheme,
): ClassRow[] | null {
  const edited = schemeOf(rows)
  if (!keepsPlaces(edited, before) || !keepsPlaces(present, before)) return null
  return rows.map((row, index) => {
    const [own, old, now] = [edited[index], before[index], present[index]]
    if (own === undefined || old === undefined || now === undefined) return row
    const one = <K extends keyof TissueClass>(field: K): TissueClass[K] =>
      own[field] === old[field] ? now[field] : row[field]
    return {
      ...row,
      name: one('name'),
      key: one('key'),
      colour: one('colour'),
      isPositive: one('isPositive'),
    }
  })
}

export const isSameScheme = (a: ClassScheme, b: ClassScheme): boolean =>
  a.length === b.length &&
  a.every((one, index) => {
    const other = b[index]
    return (
      other !== undefined &&
      one.name === other.name &&
      one.key === other.key &&
      one.colour === other.colour &&
      one.isPositive === other.isPositive
    )
  })
