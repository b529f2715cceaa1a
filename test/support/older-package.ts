import { createHash } from 'node:crypto'
import { unzipSync, zipSync } from 'fflate'
import { packageDocuments } from '../../electron/contract/index.ts'

type JsonObject = Record<string, unknown>
const read = (bytes: Uint8Array | undefined): JsonObject =>
  JSON.parse(Buffer.from(bytes ?? []).toString('utf8')) as JsonObject
const written = (content: unknown): Uint8Array => Buffer.from(JSON.stringify(content))

/** The package of a model as a version without likeness would have written it. */
export function withoutLikeness(bytes: Uint8Array): Uint8Array {
  const { [packageDocuments.manifest]: first, [packageDocuments.likeness]: _, ...rest } = unzipSync(bytes)
  const others: Record<string, Uint8Array> = rest
  const { likeness: _reference, ...report } = read(others[packageDocuments.report])
  const predictions = report['predictions'] as JsonObject[]
  others[packageDocuments.report] = written({
    ...report,
    predictions: predictions.map(({ likeness: _own, ...row }) => row),
  })
  const entries = Object.entries(others).map(([path, content]) => ({
    path,
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  }))
  const manifest = written({ ...read(first), version: 1, entries })
  return zipSync({ [packageDocuments.manifest]: manifest, ...others })
}
