import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** 256 random bits, as text for addresses, headers and names of protocols. */
export const newSecret = (): string => randomBytes(32).toString('base64url')

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
/** Whether two texts are equal; takes the same time wherever they differ. */
export const isEqual = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b))

/** What a browser gets for the token. */
export interface Admission {
  /** Value of `Set-Cookie`. */
  cookie: string
  /** The page's own secret. */
  key: string
}

/**
 * Access to the server: only for the browser that opened the printed address first. The token in it works once and is
 * exchanged for two secrets. The cookie opens the files of the page and nothing else: a browser sends it to every port
 * of 127.0.0.1, so programs of other people on this machine may see it. All ports share cookies, so its name contains
 * the port. Calls, images and dropped files need the key as well. Only the page knows it, and no browser sends it by
 * itself.
 */
export class Access {
  readonly token = newSecret()
  readonly #session = newSecret()
  readonly #key = newSecret()
  readonly #cookieName: string
  #isTokenUsed = false

  constructor(port: number) {
    this.#cookieName = `lobule-${port}`
  }

  /** The secrets for the correct token, the first time; null otherwise. */
  exchange(token: string): Admission | null {
    if (this.#isTokenUsed || !isEqual(token, this.token)) return null
    this.#isTokenUsed = true
    const cookie = `${this.#cookieName}=${this.#session}; Path=/; HttpOnly; SameSite=Strict`
    return { cookie, key: this.#key }
  }

  /** Whether the browser was let in. Others may know its cookie; see `isOwnPage`. */
  hasCookie(cookieHeader: string | undefined): boolean {
    return (cookieHeader ?? '').split(';').some((pair) => {
      const [name, ...value] = pair.trim().split('=')
      return name === this.#cookieName && isEqual(value.join('='), this.#session)
    })
  }

  /** Whether the page of a browser that was let in is asking: it has the cookie and the key. */
  isOwnPage(cookieHeader: string | undefined, key: string | undefined): boolean {
    return this.hasCookie(cookieHeader) && key !== undefined && isEqual(key, this.#key)
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
