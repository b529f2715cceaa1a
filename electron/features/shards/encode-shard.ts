import { mkdtemp, mkdir } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { moveFile, removeFolder } from '../../base/patient-files.ts'
import { zip } from '../../base/arrays.ts'
import { instructionSet } from '../../base/instruction-set.ts'
import { asNotWritable } from '../../base/path-errors.ts'
import { sha256OfFile } from '../../base/sha256.ts'
import { AppError, type BackendName } from '../../contract/index.ts'
import type { ComputeClient } from '../../compute/client.ts'
import { descriptorFiles } from '../../engine/descriptors/ensure-descriptors.ts'
import { claimParts, planUnits, readPlan } from '../../engine/shards/plan-file.ts'
import type { PlanUnit } from '../../engine/shards/plan-images.ts'
import type { EncodePlan } from '../../engine/shards/plan-schemas.ts'
import { isOf, readShard } from '../../engine/shards/shard.ts'
import {
  descriptorsOf,
  findUnit,
  writeUnit,
  type UnitFailure,
  type UnitRecord,
} from '../../engine/shards/unit-record.ts'
import { retryAfterCrashes } from '../encoders/describe-images.ts'
import { nodeHome, recordFailure } from './node-run.ts'

export interface ShardRequest {
  /** The folder of the plan; it is only read. */
  readonly plan: string
  /** The folder of the results, which all shards may share. */
  readonly parts: string
  /** Such as `3/16`; absent: the task that `environment` names. */
  readonly shard: string | undefined
  readonly environment: NodeJS.ProcessEnv
  readonly version: string
  /** Called once, after the plan was read. */
  readonly startCompute: (options: { allowsHalf: boolean }) => ComputeClient
  /** Aborted to end after what is in work. */
  readonly stopping: AbortSignal
  readonly onProgress: (done: number, total: number) => void
}

export interface EncodeShardReport {
  shard: string
  /** Images of the shard. */
  images: number
  /** Encoded by this run. */
  encoded: number
  /** Whole before. */
  present: number
  failed: UnitFailure[]
  backends: BackendName[]
  instructionSet: string
  /** Whether it ended before all images were treated, because it was asked to stop. */
  stopped: boolean
  durationMs: number
}

/**
 * Encodes one part of a plan on a machine that has neither the workspace nor an installed encoder. Each image's descriptors are
 * written in a draft folder, then renamed, then recorded; what is recorded and whole is skipped, so a part that was killed is
 * simply run again, and two runs of the same part write the same files.
 * @throws AppError `shard.invalid-plan`, `path.*`, `encoder.*`
 */
export async function encodeShard(request: ShardRequest): Promise<EncodeShardReport> {
  const { plan: folder, parts, stopping, onProgress } = request
  const startedAt = performance.now()
  const shard = readShard(request.shard, request.environment)
  const plan = await readPlan(folder, 'encode')
  await claimParts(folder, parts)
  const units: PlanUnit[] = []
  for await (const unit of planUnits(folder, plan)) if (isOf(shard, unit.index)) units.push(unit)
  const failed: UnitFailure[] = []
  const backends = new Set<BackendName>()
  const count = { encoded: 0, present: 0 }
  const instructions = instructionSet()
  const home = await nodeHome(folder)
  const compute = request.startCompute(plan)
  try {
    for (const [index, unit] of units.entries()) {
      if (stopping.aborted) break
      onProgress(index, units.length)
      const files = filesOf(plan, descriptorsOf(parts), unit)
      if ('record' in (await findUnit(parts, unit.sha256, files))) {
        count.present++
        continue
      }
      try {
        const used = await encodeUnit({ ...request, compute, plan, unit, files, home, instructions })
        used.forEach((name) => backends.add(name))
        count.encoded++
      } catch (error) {
        failed.push(await recordFailure(parts, unit.sha256, error))
      }
    }
  } finally {
    compute.close()
    await removeFolder(home)
  }
  const finished = count.encoded + count.present + failed.length
  onProgress(finished, units.length)
  return {
    shard: `${shard.index}/${shard.of}`,
    images: units.length,
    ...count,
    failed,
    backends: [...backends],
    instructionSet: instructions,
    stopped: finished < units.length,
    durationMs: performance.now() - startedAt,
  }
}

/** The descriptor files of an image in a folder, by the weights that the plan names. */
export const filesOf = (
  plan: EncodePlan,
  directory: string,
  { sha256 }: Pick<PlanUnit, 'sha256'>,
): string[] => descriptorFiles(directory, sha256, plan.recipe, plan.weights.fingerprints)

interface EncodeUnit extends Pick<ShardRequest, 'parts' | 'version'> {
  readonly compute: ComputeClient
  readonly plan: EncodePlan
  readonly unit: PlanUnit
  /** Where its descriptors are to be. */
  readonly files: readonly string[]
  readonly home: string
  readonly instructions: string
}

/** Returns the back-ends that were used. */
async function encodeUnit({ plan, unit, files, home, parts, ...rest }: EncodeUnit): Promise<BackendName[]> {
  const startedAt = performance.now()
  const { path, page, sha256, pixelSizeUm, cameraBits } = unit
  const drafts = join(parts, 'drafts')
  await makeFolder(drafts)
  const draft = await mkdtemp(join(drafts, `${sha256.slice(0, 8)}-`))
  try {
    const { backends, ...described } = await retryAfterCrashes(() =>
      rest.compute.run('describe', {
        image: { path, page, sha256, pixelSizeUm, cameraBits },
        recipe: plan.recipe,
        homeDirectory: home,
        directory: draft,
        needFlags: true,
        backend: plan.backend,
      }),
    )
    const made = filesOf(plan, draft, unit)
    if (described.files.join() !== made.join())
      throw new AppError('encoder.invalid-file', {
        path: join(home, 'encoders'),
        reason: 'the weights are not those of the plan',
      })
    const hashes: UnitRecord['files'] = []
    for (const [from, to] of zip(made, files)) {
      hashes.push({ name: basename(to), sha256: await sha256OfFile(from) })
      await makeFolder(dirname(to))
      await moveFile(from, to).catch((error: unknown) => {
        throw asNotWritable(error, to)
      })
    }
    await writeUnit(parts, {
      sha256,
      files: hashes,
      flags: [...(described.flags ?? [])],
      backends,
      instructionSet: rest.instructions,
      lobule: rest.version,
      node: hostname(),
      ms: performance.now() - startedAt,
    })
    return backends
  } finally {
    await removeFolder(draft)
  }
}

async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error: unknown) => {
    throw asNotWritable(error, path)
  })
}
