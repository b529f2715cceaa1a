import type { EncoderName } from '../../contract/index.ts'
import type { EncoderBackend, OpenEncoder } from './backend.ts'
import { EncoderStore } from './encoder-store.ts'
import { onnxCpu } from './onnx-cpu.ts'

/**
 * Encoders kept open between images, since opening one reads and checks up to 94 MB. One that was installed
 * anew in the meantime is opened anew. Not for two callers at once: `get` of one name must not overlap.
 */
export class OpenEncoders {
  readonly #store: EncoderStore
  readonly #backend: EncoderBackend
  readonly #open = new Map<EncoderName, OpenEncoder>()

  constructor(homeDir: string, backend: EncoderBackend = onnxCpu()) {
    this.#store = new EncoderStore(homeDir)
    this.#backend = backend
  }

  /** The encoder as it is installed now. Errors as `EncoderStore.open`. */
  async get(name: EncoderName): Promise<OpenEncoder> {
    const { fingerprint, source } = await this.#store.find(name)
    const open = this.#open.get(name)
    if (open?.model.fingerprint === fingerprint && open.model.source === source) return open
    this.#open.delete(name)
    await open?.close()
    const opened = await this.#store.open(name, this.#backend)
    this.#open.set(name, opened)
    return opened
  }

  async close(): Promise<void> {
    const open = [...this.#open.values()]
    this.#open.clear()
    await Promise.all(open.map((encoder) => encoder.close()))
  }
}
