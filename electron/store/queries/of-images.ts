/** What is read: of one image, of several, or of all (null). */
export type OfImages = number | readonly number[] | null

/** The condition that a column names one of these images, with its parameters; empty for all. */
export function whereImage(column: string, of: OfImages): { where: string; values: (number | string)[] } {
  if (of === null) return { where: '', values: [] }
  if (typeof of === 'number') return { where: `WHERE ${column} = ?`, values: [of] }
  return { where: `WHERE ${column} IN (SELECT value FROM json_each(?))`, values: [JSON.stringify(of)] }
}
