import { folderCases, type CaseProposal } from '../../electron/contract/index.ts'
import { readPattern } from './case-patterns.ts'

/** How an import reads the cases from the names of files: by a proposal, by an own expression, or not at all. */
export class CaseChoice {
  hasCases = $state(true)
  pattern = $state(String.raw`case(\d+)`)
  #proposals = $state.raw<readonly CaseProposal[]>([])
  /** The paths that the proposals are for, as JSON; empty: none were requested. */
  #proposedFor = $state('')
  /** Whether the user chose how cases are read; a proposal does not replace it. */
  #hasChosen = $state(false)
  #isOwnPattern = $state(false)

  /** Ways to read the cases from the names of the chosen files, the best first. */
  get proposals(): readonly CaseProposal[] {
    return this.#proposals
  }

  /** Whether no known form fits the names of the chosen files. */
  get hasNoProposal(): boolean {
    return this.#proposedFor !== '' && this.#proposals.length === 0
  }

  /** The expression of a proposal, `own` or `none`. */
  get choice(): string {
    if (!this.hasCases) return 'none'
    const isProposed = !this.#isOwnPattern && this.#proposals.some(({ pattern }) => pattern === this.pattern)
    return isProposed ? this.pattern : 'own'
  }

  /** Whether the choice was found in the names of the files, and is not confirmed. */
  get isGuessed(): boolean {
    return !this.#hasChosen && this.choice !== 'own' && this.choice !== 'none'
  }

  /** The expression; null: cases are not read. */
  get expression(): string | null {
    return this.hasCases ? this.pattern : null
  }

  /** Why the expression cannot be used, as while it is typed; null: it can, or is not needed. */
  get reason(): string | null {
    const read = this.hasCases ? readPattern(this.pattern) : null
    return read !== null && 'reason' in read ? read.reason : null
  }

  choose(choice: string): void {
    this.#hasChosen = true
    this.hasCases = choice !== 'none'
    this.#isOwnPattern = choice === 'own'
    if (choice === 'own' && this.pattern === folderCases) this.pattern = ''
    else if (choice !== 'own' && choice !== 'none') this.pattern = choice
  }

  /** Whether the proposals are those for these paths, as JSON. */
  isProposedFor(paths: string): boolean {
    return this.#proposedFor === paths
  }

  /** Takes the best of the proposals for other paths than before, if the user chose none. */
  propose(paths: string, found: readonly CaseProposal[]): void {
    this.#proposedFor = paths
    this.#proposals = found
    const [best] = found
    if (this.#hasChosen || found.some(({ pattern }) => this.#isOwnPattern && pattern === this.pattern)) return
    this.hasCases = best !== undefined
    if (best !== undefined) this.pattern = best.pattern
  }

  /** Another workspace starts without what was proposed and chosen in the last one; the expression stays. */
  clear(): void {
    this.#proposals = []
    this.#proposedFor = ''
    this.#hasChosen = false
    this.#isOwnPattern = false
  }
}
