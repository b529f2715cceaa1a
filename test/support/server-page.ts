import { get, request, type Agent } from 'node:http'
import { WebSocket } from 'ws'
import {
  keyFragment,
  socketProtocols,
  wholeAnswer,
  type Answer,
  type AnswerFrame,
  type CallInput,
  type CallName,
  type CallOutput,
} from '../../electron/contract/index.ts'

type Frame = AnswerFrame<number> | { event: unknown }

/** A page of the real server without a browser: its secrets, and calls over its socket. */
export class ServerPage {
  readonly origin: string
  readonly cookie: string
  /** Where a browser with the cookie gets the key too. */
  readonly pageUrl: string
  readonly #socket: WebSocket
  readonly #waiting = new Map<number, { items: unknown[]; resolve: (answer: Answer) => void }>()
  #nextId = 1
  #tiles = ''

  private constructor(origin: string, cookie: string, key: string, socket: WebSocket) {
    this.origin = origin
    this.cookie = cookie
    this.pageUrl = `${origin}/${keyFragment}${key}`
    this.#socket = socket
    socket.on('message', (data: Buffer) => {
      const frame = JSON.parse(data.toString('utf8')) as Frame
      if (!('id' in frame)) return
      const waiting = this.#waiting.get(frame.id)
      if ('items' in frame) {
        waiting?.items.push(...frame.items)
        return
      }
      waiting?.resolve(wholeAnswer(waiting.items, frame.answer))
      this.#waiting.delete(frame.id)
    })
  }

  /** @param url as the server prints it, with its token */
  static async open(url: string): Promise<ServerPage> {
    const { origin } = new URL(url)
    const [cookie, key] = await new Promise<[string, string]>((resolve, reject) => {
      const asked = request(url, (response) => {
        const { headers } = response.resume()
        resolve([
          headers['set-cookie']?.[0]?.split(';')[0] ?? '',
          headers.location?.split(keyFragment)[1] ?? '',
        ])
      })
      asked.on('error', reject).end()
    })
    const address = `${origin.replace('http', 'ws')}/socket`
    const socket = new WebSocket(address, socketProtocols(key), { origin, headers: { cookie } })
    await new Promise((resolve, reject) => {
      socket.once('open', resolve)
      socket.once('error', reject)
    })
    const page = new ServerPage(origin, cookie, key, socket)
    page.#tiles = (await page.call('app.info', {})).tiles
    return page
  }

  async call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
    const id = this.#nextId++
    const answer = await new Promise<Answer>((resolve) => {
      this.#waiting.set(id, { items: [], resolve })
      this.#socket.send(JSON.stringify({ id, name, input }))
    })
    if (!answer.ok) throw new Error(`${name}: ${answer.error.message}`)
    return answer.value as CallOutput<N>
  }

  /**
   * The status of a picture, once all of it is here; fails where the connection breaks.
   * @param path below the address of pictures, as `tilePath` makes it
   */
  picture(path: string, agent?: Agent): Promise<number> {
    return new Promise((resolve, reject) => {
      get(`${this.origin}${this.#tiles}${path}`, { agent, headers: { cookie: this.cookie } }, (response) => {
        response.resume().once('error', reject)
        response.once('end', () => resolve(response.statusCode ?? 0))
      }).once('error', reject)
    })
  }

  close(): void {
    this.#socket.close()
  }
}
