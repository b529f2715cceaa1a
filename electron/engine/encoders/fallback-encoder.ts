import { AppError, hasCode } from '../../contract/errors.ts'
import type { BackendName } from '../../contract/index.ts'
import type { Raster } from '../image/index.ts'
import type { BackendRecord } from './backend-record.ts'
import { processorBackends } from './backends.ts'
import type { EncoderBackend, FeatureMap, OpenEncoder } from './backend.ts'
import type { SelfTestFigure } from './self-test.ts'
import { cropsPerSecond, gainProblem, slownessProblem } from './backend-speed.ts'

/**
 * So often may a process end during the self-test: once can be a person who quits. `describeImages` tries an
 * image that often again, so that a driver which crashes costs no image.
 */
const maxAttempts = 2

export interface FallbackRequest {
  readonly model: Pick<OpenEncoder['model'], 'name' | 'fingerprint'>
  /** Best first. */
  readonly candidates: readonly EncoderBackend[]
  readonly record: BackendRecord
  /** Opens the model on a back-end that has passed its self-test. */
  readonly open: (backend: EncoderBackend) => Promise<{ encoder: OpenEncoder; figure: SelfTestFigure }>
  /** Crops a second; default: as measured. */
  readonly speedOf?: (encoder: OpenEncoder) => Promise<number>
}

/**
 * An encoder on the first back-end that passes its self-test; when that one fails in the middle of work, the
 * same pictures go to the next, so nothing is lost. Each refusal and each fault is recorded. One that was
 * refused before, or ended its process, is passed over until something changes (`BackendRecord`), unless it is
 * the only candidate. Half precision is only used beside a sibling in full that passes too, and where it is so much
 * faster that it is worth it (`gainProblem`); that is measured once. Throws what the last candidate threw.
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
    return known.status === 'passed' || (known.status === 'trying' && known.attempts < maxAttempts)
  })
  return usable.filter(({ halfOf }) => halfOf === undefined || usable.some(({ name }) => name === halfOf))
}

class FallbackEncoder implements OpenEncoder {
  readonly #request: FallbackRequest
  #next = 0
  #current: OpenEncoder | null = null
  /** In full precision, opened for a comparison: what came of it. */
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
    return this.#work((encoder) => encoder.encode(crops, signal))
  }

  encodeMaps(image: Raster, signal?: AbortSignal): Promise<FeatureMap[]> {
    return this.#work((encoder) => encoder.encodeMaps(image, signal))
  }

  async close(): Promise<void> {
    await this.#current?.close()
  }

  /** @param cause why the one before was left; thrown where there is no other */
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
    throw last ?? new Error('there is no back-end to try')
  }

  async #work<T>(ask: (encoder: OpenEncoder) => Promise<T>): Promise<T> {
    for (;;) {
      const encoder = this.#opened()
      try {
        return await ask(encoder)
      } catch (error) {
        if (!hasCode(error, 'encoder.backend-failed')) throw error
        const { record, model } = this.#request
        await record.addFault({ backend: encoder.backend, encoder: model.name, reason: error.message })
        // A device that is lost may not even be let go of.
        await encoder.close().catch(() => undefined)
        await this.openNext(error)
      }
    }
  }

  async #open(backend: EncoderBackend): Promise<OpenEncoder> {
    const { model, record, open } = this.#request
    const about = { backend: backend.name, encoder: model.name, fingerprint: model.fingerprint }
    const known = record.find(backend.name, model)
    const fullSpeed = await this.#speedToBeat(backend, known?.gain ?? null)
    // Should the driver end this process, the next one knows.
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
   * Crops a second of the sibling in full, which stays open for the time when the one in half is refused; null where
   * there is nothing to compare. Throws what the sibling throws.
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

  /** Whether a back-end that passed its self-test is used by itself. Closes it where that cannot be found out. */
  async #judge(
    backend: EncoderBackend,
    encoder: OpenEncoder,
    figure: SelfTestFigure,
    fullSpeed: number | null,
  ): Promise<{ gain: number | null; reason: string | null }> {
    const { candidates, speedOf = cropsPerSecond } = this.#request
    if (candidates.length < 2) return { gain: null, reason: null }
    try {
      if (backend.halfOf === undefined) return { gain: null, reason: await this.#tooSlow(backend, figure) }
      if (fullSpeed === null) return { gain: null, reason: null }
      const gain = (await speedOf(encoder)) / fullSpeed
      return { gain, reason: gainProblem(gain, backend.halfOf) }
    } catch (error) {
      await encoder.close()
      throw error
    }
  }

  /** Why a back-end is not worth its trouble, compared with the processor; null where it is. */
  async #tooSlow({ name }: EncoderBackend, { probeMs }: SelfTestFigure): Promise<string | null> {
    const { candidates, open } = this.#request
    const processor = candidates.find((candidate) => candidate.name === 'cpu')
    if (processorBackends.some((one) => one.name === name) || processor === undefined) return null
    const { encoder, figure } = await open(processor)
    await encoder.close()
    return slownessProblem(probeMs, figure.probeMs)
  }

  #opened(): OpenEncoder {
    if (this.#current === null) throw new Error('no back-end is open')
    return this.#current
  }
}
