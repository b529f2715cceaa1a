import type { CustomScheme } from 'electron'

/** Address of the page. */
export const pageAddress = 'app://lobule/'

/** Prefix of image addresses. */
export const picturePrefix = 'slide://image'

/** To be registered before Electron is ready. WebGL draws the images, and requests them with CORS. */
export const schemes: CustomScheme[] = [
  { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  {
    scheme: 'slide',
    privileges: { standard: true, secure: true, supportFetchAPI: true, corsEnabled: true },
  },
]

const parse = (address: string): URL | null => (URL.canParse(address) ? new URL(address) : null)

/** The path of an address with this scheme and host, or null for any other address. */
export function pathBelow(prefix: string, address: string): string | null {
  const own = new URL(prefix)
  const other = parse(address)
  return other?.protocol === own.protocol && other.host === own.host ? other.pathname : null
}

/** Whether the address belongs to our own page. */
export const isPageAddress = (address: string): boolean => pathBelow(pageAddress, address) !== null

/** Whether the page may load this address at all: the application makes no network requests. */
export const isLocalRequest = (address: string): boolean =>
  ['app:', 'slide:', 'blob:', 'data:', 'devtools:'].includes(parse(address)?.protocol ?? '')

/** The frame that a call came from; Electron's WebFrameMain fits. */
export interface SenderFrame {
  readonly url: string
  readonly parent: unknown
}

/** Whether a call comes from the main frame of our own page. null: the frame no longer exists. */
export const isOwnFrame = (frame: SenderFrame | null): boolean =>
  frame !== null && frame.parent === null && isPageAddress(frame.url)
