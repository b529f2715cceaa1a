/** The regular expression, or why the pattern is invalid. */
export function readPattern(pattern: string): { expression: RegExp } | { reason: string } {
  if (pattern === '') return { reason: 'it is empty' }
  try {
    return { expression: new RegExp(pattern) }
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) }
  }
}

/** The case that a pattern reads from a file name: its first group, or the whole match; null without a match. */
export function caseOf(fileName: string, pattern: string): string | null {
  const read = readPattern(pattern)
  const match = 'expression' in read ? read.expression.exec(fileName) : null
  return (match?.[1] ?? match?.[0] ?? '').trim() || null
}
