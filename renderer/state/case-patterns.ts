/** The regular expression, or why the pattern is invalid. */
export function readPattern(pattern: string): { expression: RegExp } | { reason: string } {
  if (pattern === '') return { reason: 'it is empty' }
  try {
    return { expression: new RegExp(pattern) }
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) }
  }
}

export interface CasePattern {
  pattern: string
  /** A file name of the form that the pattern reads. */
  example: string
}

/** Expressions for common forms of file names; each reads the case from its example. */
export const casePatterns: readonly CasePattern[] = [
  { pattern: String.raw`case(\d+)`, example: 'case07_field2.png' },
  { pattern: String.raw`^([^_]+)_`, example: 'H23-1204_A1_x20.tif' },
  { pattern: String.raw`^([^-]+)-`, example: '2023.118-3.png' },
  { pattern: String.raw`^([^.]+)\.`, example: 'B1204.2.tif' },
  { pattern: String.raw`(\d+)`, example: 'img 0815 b.jpg' },
  { pattern: String.raw`([A-Z]+\d{2}[-_. ]?\d{3,})`, example: 'scan S21-04512 II.svs' },
  { pattern: String.raw`^(TCGA-\w{2}-\w{4})`, example: 'TCGA-A2-A0CX-01Z-00-DX1.svs' },
  // BreaKHis: the letters after the number name a slide of the patient.
  { pattern: String.raw`^SOB_[BM]_[A-Z]+-(\d+-\d+)`, example: 'SOB_B_A-14-29960CD-100-001.png' },
]

/** The case that a pattern reads from a file name: its first group, or the whole match; null without a match. */
export function caseOf(fileName: string, pattern: string): string | null {
  const read = readPattern(pattern)
  const match = 'expression' in read ? read.expression.exec(fileName) : null
  return (match?.[1] ?? match?.[0] ?? '').trim() || null
}
