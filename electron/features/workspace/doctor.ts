import { access, constants, statfs } from 'node:fs/promises'
import { arch, cpus, platform, totalmem } from 'node:os'
import {
  hasCode,
  researchUseSentence,
  toErrorView,
  type BackendView,
  type DoctorReport,
} from '../../contract/index.ts'
import { hasLogFailed, openedLog } from '../../base/log.ts'
import { asNotWritable } from '../../base/path-errors.ts'
import { makePrivateFolder } from '../../base/private-files.ts'
import type { ComputeClient } from '../../compute/client.ts'
import { portableHome } from '../../session/home-directory.ts'
import { noPolicy, type MachinePolicy } from '../../session/policy.ts'

type Check = DoctorReport['checks'][number]

const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`

/** Checks everything that Lobule needs on this computer. A check that fails is a line of the report. */
export async function examine(
  compute: ComputeClient,
  homeDirectory: string,
  version: string,
  measure: boolean,
  policy: MachinePolicy = noPolicy,
): Promise<DoctorReport> {
  const checks: Check[] = [
    {
      name: 'machine',
      status: 'ok',
      detail: `${platform()} ${arch()}, ${cpus().length} cores, ${gibibytes(totalmem())} memory, Node ${process.versions.node}`,
    },
    await attempt('data folder', () => writableFolder(homeDirectory), 'missing'),
    await logCheck(),
    {
      name: 'policy',
      status: 'ok',
      detail:
        policy.source === null ? 'none' : `${policy.source}, sets ${Object.keys(policy.rules).length} rules`,
    },
    await attempt('compute process', async () =>
      Object.entries(await compute.run('software', { homeDirectory }))
        .map(([name, value]) => `${name} ${value}`)
        .join(', '),
    ),
  ]
  const encoders = await compute.run('encoderList', { homeDirectory }).catch(() => [])
  for (const encoder of encoders) {
    checks.push({
      name: `encoder ${encoder.title}`,
      status: encoder.source === 'missing' ? 'missing' : encoder.source === 'official' ? 'ok' : 'warning',
      detail:
        encoder.source === 'untrained'
          ? 'untrained: only for testing the program'
          : encoder.source === 'unverified'
            ? 'unverified: nothing proves that it is run as its maker runs it'
            : encoder.source,
    })
  }
  const examined = await compute.run('backendList', { homeDirectory, measure }).catch(() => null)
  const { backends, use } = examined ?? { backends: [], use: [] }
  for (const backend of backends) {
    if (backend.status === 'unsupported') continue
    const name = `back-end ${backend.title}`
    // A GPU is optional.
    const status = backend.status === 'ready' ? 'ok' : backend.status === 'missing' ? 'missing' : 'warning'
    const { reason, lastFault: fault } = backend
    const known = reason ?? figuresOf(backend)
    const detail =
      fault === undefined
        ? known
        : `${known}; last failure ${fault.at} with ${fault.encoder}: ${fault.reason}`
    checks.push({ name, status, detail })
  }
  const isOk = (name: string): boolean => checks.some((one) => one.name === name && one.status === 'ok')
  return {
    version,
    researchUse: researchUseSentence,
    checks,
    encoders,
    backends,
    use,
    isReady:
      isOk('data folder') &&
      isOk('compute process') &&
      backends.some(({ status }) => status === 'ready' || status === 'untested'),
    place: placeOf(homeDirectory, policy),
  }
}

const figuresOf = ({ selfTests, cropsPerSecond }: BackendView): string =>
  [
    ...selfTests.map(
      ({ encoder, cosine, gain }) =>
        `${encoder} cosine ${cosine?.toFixed(7) ?? '-'}${gain === null ? '' : `, ${gain.toFixed(2)} times as fast as full precision`}`,
    ),
    ...cropsPerSecond.map(({ encoder, value }) => `${encoder} ${value.toFixed(1)} crops/s`),
  ].join(', ')

async function writableFolder(folder: string): Promise<string> {
  await makePrivateFolder(folder)
    .then(() => access(folder, constants.W_OK))
    .catch((error: unknown) => {
      throw asNotWritable(error, folder)
    })
  const { bavail, bsize } = await statfs(folder)
  return `${folder}, ${gibibytes(bavail * bsize)} free`
}

function logCheck(): Promise<Check> | Check {
  const log = openedLog()
  if (hasLogFailed())
    return { name: 'log', status: 'warning', detail: 'ended, because its folder could not be written' }
  if (log === null) return { name: 'log', status: 'ok', detail: 'off' }
  return attempt('log', async () => `${await writableFolder(log.folder)}, level ${log.level}`)
}

const placeOf = (dataFolder: string, policy: MachinePolicy): DoctorReport['place'] => ({
  platform: platform(),
  architecture: arch(),
  node: process.versions.node,
  electron: process.versions['electron'] ?? null,
  isPortable: portableHome() === dataFolder,
  dataFolder,
  logFolder: openedLog()?.folder ?? null,
  policy: policy.source,
  variables: Object.keys(process.env)
    .filter((name) => /^LOBULE_|^(?:HTTPS?|NO)_PROXY$|^NODE_EXTRA_CA_CERTS$/i.test(name))
    .toSorted(),
})

async function attempt(
  name: string,
  check: () => Promise<string>,
  otherwise: 'warning' | 'missing' = 'warning',
): Promise<Check> {
  try {
    return { name, status: 'ok', detail: await check() }
  } catch (error) {
    const status = hasCode(error, 'compute.crashed', 'boosting.addon-missing') ? 'missing' : otherwise
    return { name, status, detail: toErrorView(error).message }
  }
}
