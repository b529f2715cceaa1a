import { AppError, hasCode } from '../../contract/errors.ts'
import type { BackendName } from '../../contract/index.ts'
import { encodeWindows } from '../descriptors/encode-windows.ts'
import type { PixelWindow, Raster } from '../image/index.ts'
import type { BackendEntry, BackendRecord } from './backend-record.ts'
import { isOnProcessor } from './backends.ts'
import type { EncoderBackend, FeatureMap, OpenEncoder } from './backend.ts'
import type { SelfTestResult } from './self-test.ts'
import { cropsPerSecond, gainProblem, slownessProblem } from './backend-speed.ts'
import { isOutOfMemory } from './out-of-memory.ts'

/**
 * Number of times that the process may end during a self-test before the back-end is refused. Once can be a user who
 * quits. `describeImages` retries an image as often, so that a crashing driver loses no image.
 */
const maxAttempts = 2

/**
 * Whether a self-test has no result because its process ended, and is run again: by a user who quits, or a power cut. The
 * CPU is never given up, since nothing else is left then.
 */
export const isTriedAgain = ({
  backend,
  status,
  attempts,
}: Pick<BackendEntry, 'backend' | 'status' | 'attempts'>): boolean =>
  status === 'trying' && (backend === 'cpu' || attempts < maxAttempts)

export interface FallbackRequest {
  readonly model: Pick<OpenEncoder['model'], 'name' | 'fingerprint'>
  /** Best first. */
  readonly candidates: readonly EncoderBackend[]
  readonly record: BackendRecord
  /** Opens the model on a back-end and runs its self-test. */
  readonly open: (backend: EncoderBackend) => Promise<{ encoder: OpenEncoder; figure: SelfTestResult }>
  /** Called with a sentence, without its full stop, when another back-end takes over. */
  readonly onNote?: (note: string) => void
  /** Crops per second. Default: `cropsPerSecond`. */
  readonly speedOf?: (encoder: OpenEncoder) => Promise<number>
}

/**
 * Opens an encoder on the first back-end that passes its self-test. If that back-end fails later, the same images go to
 * the next one, so nothing is lost, and it is not used again as long as the encoder is open. That holds for one that runs
 * out of memory, too: each back-end then runs one image at a time, so no smaller batch is left to try. All refusals and faults
 * are recorded. A back-end that was refused before, or that ended its process, is skipped until the machine changes
 * (`BackendRecord`), unless it is the only candidate. Half precision is used only if the same back-end in full precision
 * passes too, and if it is sufficiently faster (`gainProblem`), which is measured once.
 * @throws the error of the last candidate
 */
export async function openWithFallback(request: FallbackRequest): Promise<OpenEncoder> {
  const candidates = request.candidates.length < 2 ? request.candidates : usableOf(request)
  const encoder = new FallbackEncoder({ ...request, candidates })
  await encoder.openNext(null)
  return encoder
}

function usableOf({ candidates, record, model }: FallbackRequest): EncoderBackend[] {
  const usable = candidates.filter(({ name, halfOf }) => {
    const known = record.find(name, model)
    if (name === 'cpu' || known === null) return true
    if (known.gain !== null && gainProblem(known.gain, halfOf) !== null) return false
    return known.status === 'passed' || isTriedAgain(known)
  })
  return usable.filter(({ halfOf }) => halfOf === undefined || usable.some(({ name }) => name === halfOf))
}

class FallbackEncoder implements OpenEncoder {
  readonly #request: FallbackRequest
  #next = 0
  #current: OpenEncoder | null = null
  /** Back-ends in full precision that were opened for a comparison of speed. */
  readonly #siblings = new Map<BackendName, Promise<OpenEncoder>>()

  constructor(request: FallbackRequest) {
    this.#request = request
  }

  get model(): OpenEncoder['model'] {
    return this.#opened().model
  }

  get backend(): BackendName {
    return this.#opened().backend
  }

  encode(crops: readonly Raster[], signal?: AbortSignal): Promise<Float32Array[]> {
    return this.#withFallback((encoder) => encoder.encode(crops, signal))
  }

  encodeMaps(image: Raster, signal?: AbortSignal): Promise<FeatureMap[]> {
    return this.#withFallback((encoder) => encoder.encodeMaps(image, signal))
  }

  encodeWindows(
    image: Raster,
    windows: readonly PixelWindow[],
    signal?: AbortSignal,
  ): Promise<Float32Array[]> {
    return this.#withFallback((encoder) => encodeWindows(encoder, image, windows, signal))
  }

  async close(): Promise<void> {
    await this.#current?.close()
  }

  /** @param cause the fault of the previous back-end; thrown if there is no other */
  async openNext(cause: AppError | null): Promise<void> {
    const { candidates } = this.#request
    let last = cause
    while (this.#next < candidates.length) {
      const backend = candidates[this.#next++]
      if (backend === undefined) break
      try {
        const opened = this.#siblings.get(backend.name) ?? this.#open(backend)
        this.#siblings.delete(backend.name)
        this.#current = await opened
        return
      } catch (error) {
        if (!hasCode(error, 'encoder.backend-failed', 'encoder.self-test-failed')) throw error
        last = error
      }
    }
    throw last ?? new Error('no back-end left to try')
  }

  /** Runs `work` on the current back-end, and again on the next one if it fails. */
  async #withFallback<T>(work: (encoder: OpenEncoder) => Promise<T>): Promise<T> {
    for (;;) {
      const encoder = this.#opened()
      try {
        return await work(encoder)
      } catch (error) {
        if (!hasCode(error, 'encoder.backend-failed')) throw error
        const { record, model, onNote } = this.#request
        await record.addFault({ backend: encoder.backend, encoder: model.name, reason: error.message })
        // Closing can fail too if the device is lost.
        await encoder.close().catch(() => undefined)
        await this.openNext(error)
        // Of a driver's pages, what fits into the line of a job; the record has all.
        const reason = (error as AppError<'encoder.backend-failed'>).details.reason
          .split('\n', 1)
          .join()
          .slice(0, 200)
        const what = isOutOfMemory(error) ? 'ran out of memory' : 'failed'
        onNote?.(
          `${encoder.backend} ${what} with ${model.name} (${reason}), and ${this.backend} took its images over`,
        )
      }
    }
  }

  async #open(backend: EncoderBackend): Promise<OpenEncoder> {
    const { model, record, open } = this.#request
    const about = { backend: backend.name, encoder: model.name, fingerprint: model.fingerprint }
    const known = record.find(backend.name, model)
    const fullSpeed = await this.#speedToBeat(backend, known?.gain ?? null)
    // Record the attempt first, so that a crash in the driver is known at the next start.
    if (known === null || known.status === 'trying') {
      const attempts = (known?.attempts ?? 0) + 1
      const reason = 'the process ended during its self-test'
      await record.save({ ...about, status: 'trying', cosine: null, probeMs: null, reason, attempts })
    }
    try {
      const { encoder, figure } = await open(backend)
      const { gain, reason } = await this.#judge(backend, encoder, figure, fullSpeed)
      const status = reason === null ? 'passed' : 'refused'
      await record.save({ ...about, status, ...figure, reason, ...(gain !== null && { gain }) })
      if (reason === null) {
        await this.#closeSibling(backend)
        return encoder
      }
      await encoder.close()
      throw new AppError('encoder.backend-failed', { backend: backend.name, reason })
    } catch (error) {
      if (hasCode(error, 'encoder.self-test-failed')) {
        const { cosine } = (error as AppError<'encoder.self-test-failed'>).details
        await record.save({ ...about, status: 'refused', cosine, probeMs: null, reason: error.message })
      } else if (
        hasCode(error, 'encoder.backend-failed') &&
        record.find(backend.name, model)?.status === 'trying'
      ) {
        await record.save({ ...about, status: 'refused', cosine: null, probeMs: null, reason: error.message })
      }
      throw error
    }
  }

  /**
   * Crops per second of the same back-end in full precision; null if there is nothing to compare. That back-end stays
   * open in case half precision is refused. Throws its errors.
   */
  async #speedToBeat({ halfOf }: EncoderBackend, gain: number | null): Promise<number | null> {
    const { candidates, speedOf = cropsPerSecond } = this.#request
    const full = candidates.find(({ name }) => name === halfOf)
    if (full === undefined || gain !== null) return null
    const opened = this.#open(full)
    this.#siblings.set(full.name, opened)
    return speedOf(await opened)
  }

  async #closeSibling({ halfOf }: EncoderBackend): Promise<void> {
    if (halfOf === undefined) return
    const full = await this.#siblings.get(halfOf)
    this.#siblings.delete(halfOf)
    await full?.close()
  }

  /**
   * Decides whether a back-end that passed its self-test is used automatically; `reason`: why not, or null. Closes the
   * encoder if this cannot be determined.
   */
  async #judge(
    backend: EncoderBackend,
    encoder: OpenEncoder,
    figure: SelfTestResult,
    fullSpeed: number | null,
  ): Promise<{ gain: number | null; reason: string | null }> {
    const { candidates, speedOf = cropsPerSecond } = this.#request
    if (candidates.length < 2) return { gain: null, reason: null }
    try {
      if (backend.halfOf === undefined)
        return { gain: null, reason: await this.#slownessProblem(backend, figure) }
      if (fullSpeed === null) return { gain: null, reason: null }
      const gain = (await speedOf(encoder)) / fullSpeed
      return { gain, reason: gainProblem(gain, backend.halfOf) }
    } catch (error) {
      await encoder.close()
      throw error
    }
  }

  /** Why a back-end is too slow compared with the processor; null if it is fast enough. */
  async #slownessProblem({ name }: EncoderBackend, { probeMs }: SelfTestResult): Promise<string | null> {
    const { candidates, open } = this.#request
    const processor = candidates.find((candidate) => candidate.name === 'cpu')
    if (isOnProcessor(name) || processor === undefined) return null
    const { encoder, figure } = await open(processor)
    await encoder.close()
    return slownessProblem(probeMs, figure.probeMs)
  }

  #opened(): OpenEncoder {
    if (this.#current === null) throw new Error('no back-end is open')
    return this.#current
  }
}
