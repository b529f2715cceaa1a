import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const newSecret = (): string => randomBytes(32).toString('base64url')

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
const isEqual = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b))

/**
 * Who may use the server: whoever opened the printed address first. Its token works once and becomes a
 * cookie; a cookie on 127.0.0.1 is shared by all ports, so its name holds ours.
 */
export class Access {
  readonly token = newSecret()
  readonly #session = newSecret()
  readonly #cookieName: string
  #isTokenUsed = false

  constructor(port: number) {
    this.#cookieName = `lobule-${port}`
  }

  /** The `Set-Cookie` value that a first, right token is worth; null for any other. */
  exchange(token: string): string | null {
    if (this.#isTokenUsed || !isEqual(token, this.token)) return null
    this.#isTokenUsed = true
    return `${this.#cookieName}=${this.#session}; Path=/; HttpOnly; SameSite=Strict`
  }

  isLetIn(cookieHeader: string | undefined): boolean {
    return (cookieHeader ?? '').split(';').some((pair) => {
      const [name, ...value] = pair.trim().split('=')
      return name === this.#cookieName && isEqual(value.join('='), this.#session)
    })
  }
}

/**
 * Whether the request names this server itself. A foreign name that was made to point at 127.0.0.1 (DNS
 * rebinding) does not.
 */
export const isOwnHost = (host: string | undefined, port: number): host is string =>
  host === `127.0.0.1:${port}` || host === `localhost:${port}`

/** Whether a WebSocket was opened by a page of this server: browsers let any site try. */
export const isOwnOrigin = (origin: string | undefined, host: string): boolean => origin === `http://${host}`
