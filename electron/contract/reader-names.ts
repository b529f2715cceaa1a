/**
 * Whether two names mean the same reader. Case, spaces, invisible characters and the way in which Unicode writes a
 * letter (composed, decomposed, full width) do not matter. null is no reader.
 */
export const isSameReader = (a: string | null, b: string): boolean =>
  a === b || (a !== null && plainReader(a) === plainReader(b))

/**
 * Whether two names look so alike that a person could take one for the other: as `isSameReader`, and without accents,
 * with letters of other alphabets that have the shape of a Latin one, and with 0 as o and 1 as l. Such a name may not be
 * added, and it is as blind as the other.
 */
export const looksLikeReader = (a: string, b: string): boolean => outline(a) === outline(b)

/** A name as readers' names are compared (`isSameReader`). */
export const plainReader = (name: string): string =>
  name
    .normalize('NFKC')
    .replaceAll(/\p{Cf}/gu, '')
    .replaceAll(/\s+/gu, ' ')
    .trim()
    .toLocaleLowerCase('en')

/** Lower-case letters of other alphabets, digits and signs, each above the Latin letter of its shape. */
const sameShape = {
  from: 'авеѕіјкмнорстухԁԛԝαεικνορτυχ01|ıøłđ',
  to: 'abesijkmhopctyxdqwaeikvoptyxolliold',
}

const letters = new Map(
  Array.from(sameShape.from, (letter, index) => [letter, sameShape.to[index] ?? letter]),
)

const outline = (name: string): string =>
  Array.from(
    plainReader(name).normalize('NFKD').replaceAll(/\p{M}/gu, ''),
    (letter) => letters.get(letter) ?? letter,
  )
    .join('')
    .replaceAll(/[.,'’]/gu, '')
    .replaceAll(/[\s_-]+/gu, ' ')
