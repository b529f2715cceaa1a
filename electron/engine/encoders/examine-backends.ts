import { toErrorView } from '../../contract/error-view.ts'
import { AppError } from '../../contract/errors.ts'
import {
  backendNames,
  type BackendName,
  type BackendView,
  type EncoderBackendView,
  type EncoderName,
} from '../../contract/index.ts'
import { BackendRecord } from './backend-record.ts'
import { backends, isOnProcessor, unsupportedReason } from './backends.ts'
import { listEncoders, type AnyEncoderEntry } from './installed-encoders.ts'
import { isTriedAgain } from './fallback-encoder.ts'
import { OpenEncoders, runs } from './open-encoders.ts'
import { cropsPerSecond, gainProblem, slownessProblem } from './backend-speed.ts'

/** A back-end that takes longer for the probe is not timed, because that would take minutes. */
const maxProbeMs = 1000

export interface BackendsReport {
  readonly backends: BackendView[]
  /** For each encoder that can be used here, the back-end that a new encoding would start with, as far as is known. */
  readonly use: EncoderBackendView[]
}

/**
 * Reports on all back-ends: whether they are available here, and the results of their self-tests. With `measure`,
 * every available back-end is tested again with every installed encoder and timed, which takes seconds each. A back-end
 * that fails is reported like the others.
 * @throws AppError `job.cancelled`, `path.not-writable`
 */
export async function examineBackends(
  homeDir: string,
  options: { measure?: boolean; signal?: AbortSignal } = {},
): Promise<BackendsReport> {
  const record = new BackendRecord(homeDir)
  const encoders = await listEncoders(homeDir)
  const installed = encoders.filter(({ source }) => source !== 'missing')
  const speeds = new Map<BackendName, BackendView['cropsPerSecond']>()
  for (const name of options.measure === true ? backendNames : []) {
    if (absence(name, homeDir) !== null) continue
    const found: BackendView['cropsPerSecond'] = []
    for (const encoder of installed) {
      if (!canRun(name, encoder.name)) continue
      const value = await measured(homeDir, name, encoder.name, record, options.signal)
      if (value !== null) found.push({ encoder: encoder.name, value })
    }
    speeds.set(name, found)
  }
  for (const encoder of installed) await recordGains(record, encoder, speeds)
  const views = backendNames.map((name) => ({
    ...stateOf(name, record, absence(name, homeDir)),
    cropsPerSecond: speeds.get(name) ?? [],
  }))
  const use = encoders.flatMap((encoder) => {
    const backend = views.find((view) => isUsed(view, encoder, record))?.name
    if (backend === undefined) return []
    const own = testOf(backend, encoder, record)
    return [{ encoder: encoder.name, backend, isTested: own !== null && !isTriedAgain(own) }]
  })
  return { backends: views, use }
}

/** The self-test with the installed weights. */
const testOf = (backend: BackendName, { name, fingerprint }: AnyEncoderEntry, record: BackendRecord) =>
  record.find(backend, { name, fingerprint: fingerprint ?? '' })

const canRun = (name: BackendName, encoder: EncoderName): boolean => runs(backends[name].backend, encoder)

/**
 * Whether a new encoding would use this back-end if all better ones failed (`openWithFallback`). One on the processor that has no
 * self-test yet is taken to pass it, as it needs no driver; a GPU only if it passed one with other weights. A back-end that was chosen
 * by name can have passed its self-test without being fast enough to be used automatically.
 */
function isUsed(
  { name, status }: Pick<BackendView, 'name' | 'status'>,
  encoder: AnyEncoderEntry,
  record: BackendRecord,
): boolean {
  if (status === 'missing' || status === 'unsupported' || !canRun(name, encoder.name)) return false
  // Tried in any case: where all others fail, nothing else is left.
  if (name === 'cpu') return true
  const isWorthIt = (backend: BackendName): boolean => {
    const [own, processor] = [testOf(backend, encoder, record), testOf('cpu', encoder, record)]
    if (own?.status !== 'passed') return false
    const { halfOf } = backends[backend].backend
    if (halfOf !== undefined)
      return isWorthIt(halfOf) && (own.gain === null || gainProblem(own.gain, halfOf) === null)
    if (isOnProcessor(backend)) return true
    return own.probeMs === null || slownessProblem(own.probeMs, processor?.probeMs ?? Infinity) === null
  }
  const own = testOf(name, encoder, record)
  if (own === null || isTriedAgain(own)) return isOnProcessor(name) || status === 'ready'
  return isWorthIt(name)
}

/** Records the gain of half precision where both were timed. A gain that is too small is refused, as on first use. */
async function recordGains(
  record: BackendRecord,
  encoder: AnyEncoderEntry,
  speeds: ReadonlyMap<BackendName, BackendView['cropsPerSecond']>,
): Promise<void> {
  const speedOf = (backend: BackendName): number | undefined =>
    speeds.get(backend)?.find((speed) => speed.encoder === encoder.name)?.value
  for (const { backend } of Object.values(backends)) {
    if (backend.halfOf === undefined) continue
    const [half, full] = [speedOf(backend.name), speedOf(backend.halfOf)]
    const known = testOf(backend.name, encoder, record)
    if (half === undefined || full === undefined || known?.status !== 'passed') continue
    const reason = gainProblem(half / full, backend.halfOf)
    await record.save({ ...known, gain: half / full, status: reason === null ? 'passed' : 'refused', reason })
  }
}

/** Why a back-end is unavailable here; null if it is available. */
function absence(name: BackendName, homeDir: string): Pick<BackendView, 'status' | 'reason'> | null {
  const unsupported = unsupportedReason(backends[name])
  if (unsupported !== null) return { status: 'unsupported', reason: unsupported }
  const reason = backends[name].missing(homeDir)
  return reason === null ? null : { status: 'missing', reason }
}

function stateOf(
  name: BackendName,
  record: BackendRecord,
  absent: Pick<BackendView, 'status' | 'reason'> | null,
): Omit<BackendView, 'cropsPerSecond'> {
  const entries = record.of(name)
  const selfTests = entries.map(({ encoder, status, cosine, reason, gain, at }) => ({
    encoder,
    status,
    cosine,
    reason,
    gain,
    at,
  }))
  const fault = record.faults().findLast(({ backend }) => backend === name)
  const about = {
    ...{ name, title: backends[name].title, selfTests },
    ...(fault !== undefined && { lastFault: { encoder: fault.encoder, reason: fault.reason, at: fault.at } }),
  }
  if (absent !== null) return { ...about, ...absent }
  const refused = entries.find((entry) => entry.status !== 'passed' && !isTriedAgain(entry))
  if (refused !== undefined) {
    const { encoder, reason } = refused
    const isMixed = selfTests.some(({ status }) => status === 'passed')
    return { ...about, status: 'refused', reason: isMixed ? `${encoder}: ${reason}` : reason }
  }
  if (entries.some(isTriedAgain))
    return {
      ...about,
      status: 'untested',
      reason: 'the program ended during its self-test; it is tested again on first use, or with --measure',
    }
  if (selfTests.length > 0) return { ...about, status: 'ready', reason: null }
  return { ...about, status: 'untested', reason: 'it is tested on first use, or with --measure' }
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
    if ((tested?.probeMs ?? Infinity) > maxProbeMs) return null
    return await cropsPerSecond(encoder, signal)
  } catch (error) {
    const { code } = toErrorView(error)
    if (!(error instanceof AppError) || code === 'job.cancelled' || code === 'path.not-writable') throw error
    return null
  } finally {
    await encoders.close()
  }
}
