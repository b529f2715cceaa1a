import { join } from 'node:path'
import { removeFile } from '../../base/patient-files.ts'
import type { BuiltInEncoder } from '../../contract/index.ts'
import type { EncoderEntry } from './encoder-entry.ts'
import { EncoderStore } from './encoder-store.ts'
import { fetchFile } from './fetch-file.ts'
import { officialWeights } from './manifest.ts'

/**
 * Downloads one network's official weights and installs them. An interrupted download is resumed at the next attempt
 * (`<homeDir>/encoders/downloads`). Official weights that are already installed are kept. Weights that come with Lobule are
 * installed without a download.
 * @param options.baseUrl replaces the official host and folder: for tests, and for a mirror inside a hospital's network.
 *   The checksum is verified in any case
 * @throws AppError `encoder.not-included`, `encoder.download-failed`, `encoder.invalid-file`, `path.not-writable`, `job.cancelled`
 */
export async function fetchEncoder(
  homeDir: string,
  name: BuiltInEncoder,
  options: {
    baseUrl?: string | null
    signal?: AbortSignal
    onProgress?: (done: number, total: number) => void
  } = {},
): Promise<EncoderEntry> {
  const store = new EncoderStore(homeDir)
  const current = await store.find(name)
  if (current.source === 'official') return current
  const { url, file, md5 } = officialWeights[name]
  if (url === null) return store.installIncluded(name)
  const path = join(homeDir, 'encoders', 'downloads', `${file}.part`)
  const { signal, onProgress } = options
  await fetchFile({
    url: addressOf(url, options.baseUrl ?? null),
    path,
    hash: { algorithm: 'md5', hex: md5 },
    signal,
    onProgress,
  })
  const { installed, refused } = await store.importFiles([path])
  await removeFile(path)
  const [entry] = installed
  if (entry === undefined) throw refused[0]?.error ?? new Error(`${file} was neither installed nor refused`)
  return entry
}

/** The official address, or the same folder and file under `baseUrl`. */
function addressOf(url: string, baseUrl: string | null): string {
  if (baseUrl === null) return url
  return `${baseUrl.replace(/\/$/, '')}/${url.split('/').slice(-2).join('/')}`
}
