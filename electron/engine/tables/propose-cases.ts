import { caseForms, folderCases, type CaseProposal } from '../../contract/case-forms.ts'
import { AppError } from '../../contract/errors.ts'
import { casesOfFolders, matchCases } from './cases-of-names.ts'

export interface NamedFile {
  /** Without its folder. */
  name: string
  /** Name of its folder; null: the folder says nothing of the case, as one with the name of a class. */
  folder: string | null
}

export interface ProposalRequest {
  files: readonly NamedFile[]
  /** The expression of the last import; null: there was none. */
  last: string | null
  /** For the matching of each expression. */
  limitMs: number
}

/** Part of the files that a form must find a case for. */
const minShare = 0.8
/** From this share of matching files on, a more specific form comes before one that matches more. */
const goodShare = 0.95
/** Most forms give nearly each image a case of its own on names that they do not fit: cases at most, in images. */
const maxCaseShare = 0.75
const maxProposals = 4

/**
 * Ways to read the cases from the names, the best first. A way counts if it finds a case for most files, more than one case,
 * and clearly fewer cases than images. Ways that give the same cases as a better one are left out.
 */
export function proposeCases({ files, last, limitMs }: ProposalRequest): CaseProposal[] {
  const forms: { id: CaseProposal['form']; pattern: string }[] = [...caseForms]
  if (last !== null && forms.every(({ pattern }) => pattern !== last))
    forms.unshift({ id: null, pattern: last })
  const found = forms.flatMap(({ id, pattern }, order) => {
    const cases = tryForm(files, pattern, limitMs)
    const proposal = describe(files, cases, { form: id, pattern, isLast: pattern === last })
    return proposal === null ? [] : [{ proposal, order, groups: groupsOf(cases) }]
  })
  const rankOf = ({ proposal, order }: (typeof found)[number]): number => {
    const share = 1 - proposal.withoutCase / files.length
    return (proposal.isLast ? 0 : 100) + (share >= goodShare ? 0 : 50) + order
  }
  const chosen: typeof found = []
  for (const one of found.toSorted((a, b) => rankOf(a) - rankOf(b))) {
    if (chosen.every(({ groups }) => groups !== one.groups)) chosen.push(one)
  }
  return chosen.slice(0, maxProposals).map(({ proposal }) => proposal)
}

function tryForm(files: readonly NamedFile[], pattern: string, limitMs: number): (string | null)[] {
  try {
    if (pattern === folderCases) return casesOfFolders(files)
    return matchCases({ names: files.map(({ name }) => name), pattern, limitMs })
  } catch (error) {
    // The expression of the last import may take too long on these names.
    if (error instanceof AppError) return files.map(() => null)
    throw error
  }
}

function describe(
  files: readonly NamedFile[],
  cases: readonly (string | null)[],
  how: Pick<CaseProposal, 'form' | 'pattern' | 'isLast'>,
): CaseProposal | null {
  const counts = new Map<string, number>()
  for (const name of cases) if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1)
  const matched = cases.filter((name) => name !== null).length
  const sizes = [...counts.values()]
  const at = cases.findIndex((name) => name !== null)
  const example = { file: files[at]?.name ?? '', caseName: cases[at] ?? '' }
  const isPlausible = counts.size >= 2 && counts.size <= maxCaseShare * matched
  if (matched < minShare * files.length || !isPlausible) return null
  return {
    ...how,
    cases: counts.size,
    withoutCase: files.length - matched,
    minImages: Math.min(...sizes),
    maxImages: Math.max(...sizes),
    example,
  }
}

/** Which files are together, whatever the cases are called. */
function groupsOf(cases: readonly (string | null)[]): string {
  const numbers = new Map<string | null, number>()
  return cases
    .map((name) => {
      const known = numbers.get(name) ?? numbers.size
      numbers.set(name, known)
      return name === null ? '-' : known
    })
    .join(' ')
}
