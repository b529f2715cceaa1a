import { platform } from 'node:os'
import { AppError, toErrorView } from '../../contract/errors.ts'
import {
  backendNames,
  encoderNames,
  type BackendName,
  type BackendView,
  type EncoderBackendView,
  type EncoderName,
} from '../../contract/index.ts'
import { architectures } from './architectures.ts'
import { BackendRecord } from './backend-record.ts'
import { backends } from './backends.ts'
import { EncoderStore } from './encoder-store.ts'
import { OpenEncoders } from './open-encoders.ts'
import { probePicture } from './self-test.ts'

/** What is measured: crops of the published size. */
const cropPx = 400
/** So many crops, or as many as fit into the time. */
const measuredCrops = 8
const mostMs = 4000
/** A back-end that takes longer for the probe is not worth the minutes that measuring it would take. */
const mostProbeMs = 1000

export interface BackendsReport {
  readonly backends: BackendView[]
  /** What a new encoding would begin with, as far as is known: one for each encoder. */
  readonly use: EncoderBackendView[]
}

/**
 * Every back-end with what is known of it: whether it can be here, what its self-tests gave. With `measure`
 * each one that can be here is tested again with each installed encoder, and timed; that takes seconds each.
 * A back-end that fails is a line of the report. job.cancelled; path.not-writable.
 */
export async function examineBackends(
  homeDir: string,
  options: { measure?: boolean; signal?: AbortSignal } = {},
): Promise<BackendsReport> {
  const record = new BackendRecord(homeDir)
  const installed = (await new EncoderStore(homeDir).list()).filter(({ source }) => source !== 'missing')
  const views: BackendView[] = []
  for (const name of backendNames) {
    const absent = absence(name)
    const cropsPerSecond: BackendView['cropsPerSecond'] = []
    if (options.measure === true && absent === null) {
      for (const encoder of installed) {
        if (!canRun(name, encoder.name)) continue
        const value = await measured(homeDir, name, encoder.name, record, options.signal)
        if (value !== null) cropsPerSecond.push({ encoder: encoder.name, value })
      }
    }
    views.push({ ...stateOf(name, record, absent), cropsPerSecond })
  }
  const readyFor = (encoder: EncoderName): BackendName =>
    views.find(({ name, status }) => status === 'ready' && canRun(name, encoder))?.name ?? 'cpu'
  return { backends: views, use: encoderNames.map((encoder) => ({ encoder, backend: readyFor(encoder) })) }
}

const canRun = (name: BackendName, encoder: EncoderName): boolean =>
  backends[name].backend.canRun?.(architectures[encoder]) !== false

/** Why a back-end cannot be here; null where it can. */
function absence(name: BackendName): Pick<BackendView, 'status' | 'reason'> | null {
  const { platforms, missing } = backends[name]
  if (platforms?.includes(platform()) === false) {
    return { status: 'unsupported', reason: `only on ${platforms.join(', ')}` }
  }
  const reason = missing()
  return reason === null ? null : { status: 'missing', reason }
}

function stateOf(
  name: BackendName,
  record: BackendRecord,
  absent: Pick<BackendView, 'status' | 'reason'> | null,
): Omit<BackendView, 'cropsPerSecond'> {
  const selfTests = record.of(name)
  const about = { name, title: backends[name].title, selfTests }
  if (absent !== null) return { ...about, ...absent }
  const refused = selfTests.find(({ status }) => status !== 'passed')
  if (refused !== undefined) return { ...about, status: 'refused', reason: refused.reason }
  if (selfTests.length > 0) return { ...about, status: 'ready', reason: null }
  return { ...about, status: 'untested', reason: 'it is tested at first use, or with --measure' }
}

async function measured(
  homeDir: string,
  backend: BackendName,
  name: EncoderName,
  record: BackendRecord,
  signal: AbortSignal | undefined,
): Promise<number | null> {
  const encoders = new OpenEncoders(homeDir, backend)
  try {
    const encoder = await encoders.get(name)
    const tested = record.find(backend, encoder.model)
    if ((tested?.probeMs ?? Infinity) > mostProbeMs) return null
    const crop = probePicture(cropPx, cropPx)
    await encoder.encode([crop], signal)
    const startedAt = performance.now()
    let done = 0
    while (done < measuredCrops && performance.now() - startedAt < mostMs) {
      await encoder.encode([crop], signal)
      done++
    }
    return (1000 * done) / (performance.now() - startedAt)
  } catch (error) {
    const { code } = toErrorView(error)
    if (!(error instanceof AppError) || code === 'job.cancelled' || code === 'path.not-writable') throw error
    return null
  } finally {
    await encoders.close()
  }
}
