import { readFile } from 'node:fs/promises'
import { writeAtomically } from '../../base/atomic-file.ts'
import { throwIfCancelled } from '../../base/cancellation.ts'
import { checkpointPath, findCheckpoint, textPath } from '../../engine/prediction/booster-checkpoint.ts'
import { unitsOf } from '../../engine/prediction/train-units.ts'
import type { TrainPlan } from '../../engine/shards/plan-schemas.ts'
import { boostersOf, readTrained, type TrainedRecord } from '../../engine/shards/unit-record.ts'
import type { Collected, Collection } from './collection.ts'
import { makersOf } from './makers.ts'
import { findTrained } from './train-shard.ts'

/** Classifiers with their predictions, where a training looks for those that an earlier one finished. Errors as of collectShards. */
export async function collectClassifiers(
  plan: TrainPlan,
  { parts, allowsMixed, checking, placing, services: { workspace } }: Collection,
): Promise<Collected> {
  const units = unitsOf(plan.options)
  const missing: Collected['missing'] = []
  const records: TrainedRecord[] = []
  for (const { index } of units) {
    throwIfCancelled(checking.signal)
    checking.onProgress(index, units.length)
    const record = await findTrained(parts, index)
    if (record !== null) records.push(record)
    else {
      const problem = (await readTrained(parts, index)) === null ? 'missing' : 'damaged'
      missing.push({ name: String(index), index, problem })
    }
  }
  checking.onProgress(units.length, units.length)
  const makers = makersOf(records, { allowsMixed })
  const [from, to] = [boostersOf(parts), workspace.folders.boosters]
  let present = 0
  for (const [index, { key, textSha256 }] of records.entries()) {
    throwIfCancelled(placing.signal)
    placing.onProgress(index, records.length)
    // Another one of an interrupted training here may come from another processor, and would be mixed unseen.
    if ((await findCheckpoint(to, key, null))?.textSha256 === textSha256) {
      present++
      continue
    }
    // The text first, so that every checkpoint has its text.
    await writeAtomically(textPath(to, textSha256), await readFile(textPath(from, textSha256)))
    await writeAtomically(checkpointPath(to, key), await readFile(checkpointPath(from, key)))
  }
  placing.onProgress(records.length, records.length)
  const collected = records.length - present
  return { units: units.length, collected, present, unknown: 0, missing, failed: [], ...makers }
}
