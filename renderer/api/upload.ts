import { AppError, fromErrorView, keyHeader, type Answer } from '../../electron/contract/index.ts'

export interface UploadOptions {
  signal: AbortSignal
  onSent: (bytes: number) => void
}

const lost = (): AppError => new AppError('connection.lost', {})

/**
 * Sends a file to the server; returns its new path. `onSent` receives the bytes sent so far. Uses XMLHttpRequest,
 * since fetch does not report how much was sent.
 * @param key the page's key (`PageKey`)
 * @throws AppError the server's error; `connection.lost`; `job.cancelled` if the signal is aborted
 */
export function uploadFile(
  address: string,
  file: Blob,
  { signal, onSent, key }: UploadOptions & { key: string | null },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const stop = (): void => request.abort()
    request.open('POST', address)
    request.setRequestHeader('Content-Type', 'application/octet-stream')
    if (key !== null) request.setRequestHeader(keyHeader, key)
    request.upload.onprogress = (event) => onSent(event.loaded)
    request.onload = () => {
      try {
        const answer = JSON.parse(request.responseText) as Answer
        if (answer.ok) resolve((answer.value as { path: string }).path)
        else reject(fromErrorView(answer.error))
      } catch {
        reject(lost())
      }
    }
    request.onerror = () => reject(lost())
    request.onabort = () => reject(new AppError('job.cancelled', {}))
    request.onloadend = () => signal.removeEventListener('abort', stop)
    signal.addEventListener('abort', stop)
    if (signal.aborted) reject(new AppError('job.cancelled', {}))
    else request.send(file)
  })
}
