import { sha256 } from '../../electron/base/sha256.ts'
import type { ReadingsHeader, ReadingsLine } from '../../electron/contract/index.ts'

/** A label of a reader elsewhere, as a line of a file of readings; a test can override each part. */
export const labelLine = (
  image: string,
  said: Partial<ReadingsLine & { type: 'label' }> = {},
): ReadingsLine & { type: 'label' } => {
  const at = said.at ?? '2026-01-02T03:04:05.678Z'
  return {
    ...{ type: 'label', image, reader: 'gina', at, orderMs: Date.parse(at), undoes: null },
    ...{ kind: 'reading', className: 'Benign', isUnsure: false, isBlind: false, source: 'reader' },
    ...{ table: null, comment: null },
    ...said,
  }
}

/** The text of a file of readings with these lines, which its first and its last line fit; a test can override the first. */
export function readingsFileText(
  images: readonly string[],
  lines: readonly unknown[],
  header: Partial<Record<keyof ReadingsHeader, unknown>> = {},
): string {
  const first = {
    ...{ type: 'lobule-readings', version: 1, software: 'test', madeAt: '2026-01-02T03:04:05.678Z' },
    workspace: { id: 'a'.repeat(64), name: 'elsewhere' },
    head: { event: 3, hash: 'b'.repeat(64) },
    ...{ reader: null, images: images.length, entries: lines.length },
    ...header,
  }
  const listed = images.map((image) => ({ type: 'image', image }))
  const body = [first, ...listed, ...lines].map((line) => `${JSON.stringify(line)}\n`).join('')
  return `${body}${JSON.stringify({ type: 'end', sha256: sha256(body) })}\n`
}
