/**
 * How the page shows the server that it is the page of the browser that was let in (docs/architecture.md): the key
 * comes in the fragment of the first address, which no request contains. A browser sends it nowhere by itself, unlike a
 * cookie, which all ports of 127.0.0.1 get.
 */

/** The fragment that holds the key: `#key=...`. */
export const keyFragment = '#key='

/** The header that holds the key, in requests that the page makes itself. */
export const keyHeader = 'Lobule-Key'

/** Says whether the page has access: 204 or 403. */
export const accessPath = '/access'

/** The subprotocol of the WebSocket. */
export const socketProtocol = 'lobule'
const keyProtocolPrefix = 'lobule-key.'

/** The subprotocols that the page offers; a WebSocket has no other header that a page can set. */
export const socketProtocols = (key: string | null): string[] =>
  key === null ? [socketProtocol] : [socketProtocol, keyProtocolPrefix + key]

/** The key among offered subprotocols (the value of `Sec-WebSocket-Protocol`). */
export const keyInProtocols = (header: string | undefined): string | undefined =>
  (header ?? '')
    .split(',')
    .map((protocol) => protocol.trim())
    .find((protocol) => protocol.startsWith(keyProtocolPrefix))
    ?.slice(keyProtocolPrefix.length)
