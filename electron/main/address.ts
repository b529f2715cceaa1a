import type { CustomScheme } from 'electron'

/** Where the page lives. */
export const pageAddress = 'app://lobule/'

/** Prefix of picture addresses. */
export const picturePrefix = 'slide://image'

/** To be registered before Electron is ready. Pictures are drawn by WebGL, which asks for them with CORS. */
export const schemes: CustomScheme[] = [
  { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  {
    scheme: 'slide',
    privileges: { standard: true, secure: true, supportFetchAPI: true, corsEnabled: true },
  },
]

const parse = (address: string): URL | null => (URL.canParse(address) ? new URL(address) : null)

/** The path of an address that begins like `prefix`, or null for any other address. */
export function pathBelow(prefix: string, address: string): string | null {
  const own = new URL(prefix)
  const asked = parse(address)
  return asked?.protocol === own.protocol && asked.host === own.host ? asked.pathname : null
}

/** Whether the address is of our own page. */
export const isPageAddress = (address: string): boolean => pathBelow(pageAddress, address) !== null

/** Whether the page may load this address at all: the application asks nothing of any network. */
export const isLocalRequest = (address: string): boolean =>
  ['app:', 'slide:', 'blob:', 'data:', 'devtools:'].includes(parse(address)?.protocol ?? '')

/** What is known of the frame that a call came from; Electron's WebFrameMain fits. */
export interface SenderFrame {
  readonly url: string
  readonly parent: unknown
}

/** Whether a call comes from the main frame of our own page. A frame that is gone is null. */
export const isOwnFrame = (frame: SenderFrame | null): boolean =>
  frame !== null && frame.parent === null && isPageAddress(frame.url)
