import type { Protocol } from 'electron'
import { AppError } from '../contract/index.ts'
import type { Application } from '../application/application.ts'
import { contentSecurityPolicy, readPageFile, securityHeaders } from '../application/page-files.ts'
import { pageAddress, pathBelow, picturePrefix } from './address.ts'

/** The used part of a request; the global Request has it. */
interface ProtocolRequest {
  readonly url: string
  readonly method: string
}

const pageHeaders = {
  ...securityHeaders,
  'Content-Security-Policy': contentSecurityPolicy({ pictures: 'slide:', connect: '' }),
  'Cache-Control': 'no-store',
}

const nothing = (status: number): Response => new Response(null, { status, headers: securityHeaders })

/** Serves the built page at `app://lobule/`. */
export const servePage =
  (rendererDirectory: string) =>
  async ({ url, method }: ProtocolRequest): Promise<Response> => {
    const path = pathBelow(pageAddress, url)
    const file = path === null || method !== 'GET' ? null : await readPageFile(rendererDirectory, path)
    if (file === null) return nothing(404)
    return new Response(file.bytes, { headers: { ...pageHeaders, 'Content-Type': file.type } })
  }

/** Serves tiles and thumbnails of known images at `slide://image/`, to our own page only. */
export const servePictures =
  (application: Pick<Application, 'readPicture'>) =>
  async ({ url, method }: ProtocolRequest): Promise<Response> => {
    const path = pathBelow(picturePrefix, url)
    if (path === null || method !== 'GET') return nothing(404)
    try {
      const { bytes, type } = await application.readPicture(path)
      const origin = pageAddress.slice(0, -1)
      const headers = { ...securityHeaders, 'Content-Type': type, 'Access-Control-Allow-Origin': origin }
      return new Response(new Uint8Array(bytes), { headers: { ...headers, 'Cache-Control': 'no-store' } })
    } catch (error) {
      if (error instanceof AppError) return nothing(404)
      console.error('unexpected error while reading an image', error)
      return nothing(500)
    }
  }

export function serveProtocols(
  protocol: Pick<Protocol, 'handle'>,
  rendererDirectory: string,
  application: Application,
): void {
  protocol.handle('app', servePage(rendererDirectory))
  protocol.handle('slide', servePictures(application))
}
