import { AppError } from '../../contract/errors.ts'
import { isBuiltIn, type BackendChoice, type EncoderName } from '../../contract/index.ts'
import { architectures } from './architectures.ts'
import { BackendRecord } from './backend-record.ts'
import { requireAllowed } from './allowed-encoders.ts'
import type { EncoderBackend, OpenEncoder } from './backend.ts'
import { candidatesFor } from './backends.ts'
import { EncoderStore } from './encoder-store.ts'
import { openWithFallback } from './fallback-encoder.ts'
import { OwnEncoderStore } from './own/own-store.ts'
import type { SelfTestResult } from './self-test.ts'

/** Whether a back-end can run an encoder. Those of a lab are run by ONNX Runtime alone, in the precision of their file. */
export const runs = ({ canRun, openOwn }: EncoderBackend, name: EncoderName): boolean =>
  isBuiltIn(name) ? canRun?.(architectures[name]) !== false : openOwn !== undefined

/**
 * Keeps encoders open between images, because opening one reads and checks up to 94 MB. An encoder that was installed
 * again in the meantime is opened again. Not for concurrent use: calls of `get` with the same name must not overlap.
 */
export class OpenEncoders {
  readonly #store: EncoderStore
  readonly #own: OwnEncoderStore
  readonly #record: BackendRecord
  readonly #candidates: readonly EncoderBackend[]
  readonly #open = new Map<EncoderName, OpenEncoder>()
  #notes: string[] = []

  /** @param backends a choice, or the back-ends to try, best first */
  constructor(homeDir: string, backends: BackendChoice | readonly EncoderBackend[] = 'auto') {
    this.#store = new EncoderStore(homeDir)
    this.#own = new OwnEncoderStore(homeDir)
    this.#record = new BackendRecord(homeDir)
    this.#candidates = typeof backends === 'string' ? candidatesFor(backends, homeDir) : backends
  }

  /** The encoder that is currently installed. Errors as in `requireAllowed`, `EncoderStore.open` and `openWithFallback`. */
  async get(name: EncoderName): Promise<OpenEncoder> {
    const { fingerprint, source } = await (isBuiltIn(name) ? this.#store.find(name) : this.#own.find(name))
    requireAllowed(name, fingerprint)
    const open = this.#open.get(name)
    if (open?.model.fingerprint === fingerprint && open.model.source === source) return open
    this.#open.delete(name)
    await open?.close()
    const suitable = this.#candidates.filter((backend) => runs(backend, name))
    const [first] = this.#candidates
    if (suitable.length === 0 && first !== undefined) {
      throw new AppError('encoder.backend-failed', { backend: first.name, reason: `it cannot run ${name}` })
    }
    const opened = await openWithFallback({
      model: { name, fingerprint: fingerprint ?? '' },
      candidates: suitable,
      record: this.#record,
      onNote: (note) => void this.#notes.push(note),
      open: (backend) => this.#openOn(name, backend),
    })
    this.#open.set(name, opened)
    return opened
  }

  /** What happened to back-ends since the last call, in sentences (`FallbackRequest.onNote`). */
  takeNotes(): string[] {
    const notes = this.#notes
    this.#notes = []
    return notes
  }

  async close(): Promise<void> {
    const open = [...this.#open.values()]
    this.#open.clear()
    await Promise.all(open.map((encoder) => encoder.close()))
  }

  async #openOn(
    name: EncoderName,
    backend: EncoderBackend,
  ): Promise<{ encoder: OpenEncoder; figure: SelfTestResult }> {
    const figures: SelfTestResult[] = []
    const onTested = (found: SelfTestResult): void => void figures.push(found)
    const encoder = await (isBuiltIn(name)
      ? this.#store.open(name, backend, onTested)
      : this.#own.open(name, backend, onTested))
    const [figure] = figures
    if (figure === undefined) throw new Error('an encoder was opened without a self-test')
    return { encoder, figure }
  }
}
