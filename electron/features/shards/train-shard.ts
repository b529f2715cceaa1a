import { hostname } from 'node:os'
import { instructionSet } from '../../base/instruction-set.ts'
import { findCheckpoint } from '../../engine/prediction/booster-checkpoint.ts'
import { unitsOf } from '../../engine/prediction/train-units.ts'
import { claimParts, readPlan, readRows } from '../../engine/shards/plan-file.ts'
import { isOf, readShard } from '../../engine/shards/shard.ts'
import { boostersOf, readTrained, type TrainedRecord } from '../../engine/shards/unit-record.ts'
import { retryAfterCrashes } from '../encoders/describe-images.ts'
import type { ShardRequest } from './encode-shard.ts'

export interface TrainShardReport {
  shard: string
  /** Classifiers of the shard. */
  classifiers: number
  /** By this run. */
  trained: number
  /** Whole before. */
  present: number
  instructionSet: string
  /** Whether it ended before all were trained, because it was asked to stop. */
  stopped: boolean
  durationMs: number
}

/**
 * Trains one part of the classifiers of a plan, on a machine without the workspace. Each is written with its predictions, then
 * recorded; what is recorded and whole is skipped. Asked to stop, it finishes those in work.
 * @throws AppError `shard.invalid-plan`, `shard.invalid`, `path.*`, `descriptors.invalid-file`, `boosting.*`
 */
export async function trainShard(request: ShardRequest): Promise<TrainShardReport> {
  const { plan: folder, parts, stopping, onProgress, version } = request
  const startedAt = performance.now()
  const shard = readShard(request.shard, request.environment)
  const plan = await readPlan(folder, 'train')
  await claimParts(folder, parts)
  const images = await readRows(folder, plan)
  const own = unitsOf(plan.options).filter(({ index }) => isOf(shard, index))
  const wanted: number[] = []
  for (const { index } of own) if ((await findTrained(parts, index)) === null) wanted.push(index)
  const present = own.length - wanted.length
  const instructions = instructionSet()
  let trained = 0
  if (wanted.length > 0 && !stopping.aborted) {
    const compute = request.startCompute({ allowsHalf: false })
    const made = { instructionSet: instructions, lobule: version, node: hostname() }
    const options = { ...plan.options, directory: boostersOf(parts) }
    try {
      await retryAfterCrashes(async () => {
        const left: number[] = []
        for (const index of wanted) if ((await findTrained(parts, index)) === null) left.push(index)
        const before = wanted.length - left.length
        const task = { images, options, wanted: left, parts, made }
        const done = await compute.run('trainShard', task, {
          signal: stopping,
          onProgress: (finished) => onProgress(present + before + finished, own.length),
        })
        trained = before + done.trained
      })
    } finally {
      compute.close()
    }
  }
  return {
    shard: `${shard.index}/${shard.of}`,
    classifiers: own.length,
    trained,
    present,
    instructionSet: instructions,
    stopped: trained < wanted.length,
    durationMs: performance.now() - startedAt,
  }
}

/** The record of a classifier whose files are whole; null: it is to be trained. */
export async function findTrained(parts: string, index: number): Promise<TrainedRecord | null> {
  const record = await readTrained(parts, index)
  if (record === null || record === 'damaged') return null
  const checkpoint = await findCheckpoint(boostersOf(parts), record.key, null)
  return checkpoint?.textSha256 === record.textSha256 ? record : null
}
