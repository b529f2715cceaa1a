import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const newSecret = (): string => randomBytes(32).toString('base64url')

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
const isEqual = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b))

/**
 * Access to the server: only for the browser that opened the printed address first. The token works once and is
 * exchanged for a cookie. All ports of 127.0.0.1 share cookies, so the cookie's name contains the port.
 */
export class Access {
  readonly token = newSecret()
  readonly #session = newSecret()
  readonly #cookieName: string
  #isTokenUsed = false

  constructor(port: number) {
    this.#cookieName = `lobule-${port}`
  }

  /** The `Set-Cookie` value for the correct token, the first time; null otherwise. */
  exchange(token: string): string | null {
    if (this.#isTokenUsed || !isEqual(token, this.token)) return null
    this.#isTokenUsed = true
    return `${this.#cookieName}=${this.#session}; Path=/; HttpOnly; SameSite=Strict`
  }

  hasAccess(cookieHeader: string | undefined): boolean {
    return (cookieHeader ?? '').split(';').some((pair) => {
      const [name, ...value] = pair.trim().split('=')
      return name === this.#cookieName && isEqual(value.join('='), this.#session)
    })
  }
}

/**
 * Whether the request's host is this server. The name of another site that resolves to 127.0.0.1 (DNS rebinding) is
 * refused.
 */
export const isOwnHost = (host: string | undefined, port: number): host is string =>
  host === `127.0.0.1:${port}` || host === `localhost:${port}`

/** Whether a page of this server opened the WebSocket: browsers let any site try. */
export const isOwnOrigin = (origin: string | undefined, host: string): boolean => origin === `http://${host}`
