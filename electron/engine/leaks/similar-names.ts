/** Why case names look like one patient's. */
type NameDifference = 'spelling' | 'suffix'

/** Case names that look like one patient's. */
interface SimilarNames {
  names: string[]
  /** `spelling`: they differ only in case, accents, spaces, signs or leading zeros. `suffix`: only in letters at the end. */
  difference: NameDifference
}

/** What names a specimen or a block of a patient, as in 29960AB and 29960CD. */
const suffix = /(?<=\d{3})\p{L}{1,2}$/u

/**
 * Groups of case names that look like one patient's. A suffix counts only after at least three digits, since `A1b` and `A1c`
 * are as likely to be two patients.
 */
export function findSimilarNames(caseNames: readonly string[]): SimilarNames[] {
  const names = [...new Set(caseNames)].toSorted()
  const bySpelling = Map.groupBy(names, spellingOf)
  const byStem = Map.groupBy(bySpelling.keys(), (spelling) => spelling.replace(suffix, ''))
  return [...byStem.values()].flatMap((spellings): SimilarNames[] => {
    const alike = spellings.flatMap((spelling) => bySpelling.get(spelling) ?? [])
    if (alike.length < 2) return []
    return [{ names: alike, difference: spellings.length > 1 ? 'suffix' : 'spelling' }]
  })
}

/** A name without what people write differently: case, accents, spaces, signs, leading zeros. */
const spellingOf = (name: string): string =>
  name
    .normalize('NFKD')
    .replaceAll(/[\p{M}\p{Cf}]/gu, '')
    .toLocaleUpperCase('en')
    .toLocaleLowerCase('en')
    .replaceAll(/[\s\p{P}\p{S}]+/gu, (signs, at: number, whole: string) => separatorOf(signs, at, whole))
    .replaceAll(/(?<!\d)0+(?=\d)/g, '')

/** A sign between two digits separates numbers (14-9146 is not 149146); any other says nothing. */
const separatorOf = (signs: string, at: number, whole: string): string => {
  const [before = '', after = ''] = [whole[at - 1], whole[at + signs.length]]
  return /\d/.test(before) && /\d/.test(after) ? '-' : ''
}
