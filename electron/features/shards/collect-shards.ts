import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { zip } from '../../base/arrays.ts'
import { writeAtomically } from '../../base/atomic-file.ts'
import { throwIfCancelled } from '../../base/cancellation.ts'
import {
  AppError,
  calls,
  researchUseSentence,
  type CallInput,
  type CollectShardsReport,
  type ShardMaker,
} from '../../contract/index.ts'
import { planUnits, readPlan, type EncodePlan } from '../../engine/shards/plan-file.ts'
import { descriptorsOf, findUnit, findUnitFailure, type UnitRecord } from '../../engine/shards/unit-record.ts'
import type { JobRun } from '../../queue/job-run.ts'
import { defineJob, requireWorkspace, type JobServices } from '../../session/job-services.ts'
import { currentImages, readFlags, saveFlags, type Workspace } from '../../store/index.ts'
import { filesOf } from './encode-shard.ts'

const [checkStage, placeStage] = ['Checking the parts', 'Collecting descriptors'] as const

export const collectShardsJob = defineJob({
  kind: 'collect-shards',
  input: calls['shard.collect'].input,
  stages: [
    { name: checkStage, unit: 'images', weight: 1 },
    { name: placeStage, unit: 'images', weight: 2 },
  ],
  resumable: false,
  runsBeside: false,
  audit: 'import',
  title: () => 'Collect descriptors from other machines',
  check: requireWorkspace,
  run: collectShards,
})

/**
 * Checks every image of a plan (record, files, hashes), then copies the descriptors of those that are whole into the workspace and stores
 * their quality flags. What is missing or damaged is listed with its place in the plan. It can be repeated: what was collected is not copied again.
 * @throws AppError `shard.invalid-plan`, `shard.mixed`, `path.*`, `job.cancelled`
 */
async function collectShards(
  { plan: planFolder, parts: partsFolder, allowsMixed }: CallInput<'shard.collect'>,
  job: JobRun,
  { workspace }: JobServices,
): Promise<CollectShardsReport> {
  const [folder, parts] = [resolve(planFolder), resolve(partsFolder)]
  const plan = await readPlan(folder)
  const idOf = new Map(
    (await workspace.read((own) => currentImages(own, null))).map(({ sha256, id }) => [sha256, id]),
  )
  const report: CollectShardsReport = {
    images: plan.units.count,
    collected: 0,
    present: 0,
    unknown: 0,
    missing: [],
    failed: [],
    makers: [],
    nodes: [],
    researchUse: researchUseSentence,
  }
  const whole: { record: UnitRecord; imageId: number }[] = []
  const all: UnitRecord[] = []
  const checking = job.during(checkStage)
  for await (const unit of planUnits(folder, plan)) {
    throwIfCancelled(checking.signal)
    checking.onProgress(unit.index, plan.units.count)
    const { sha256, index } = unit
    const found = await findUnit(parts, sha256, filesOf(plan, descriptorsOf(parts), unit))
    const imageId = idOf.get(sha256)
    if (imageId === undefined) report.unknown++
    if ('record' in found) {
      all.push(found.record)
      if (imageId !== undefined) whole.push({ record: found.record, imageId })
      continue
    }
    const failure = await findUnitFailure(parts, sha256)
    if (failure === null) report.missing.push({ sha256, index, problem: found.problem })
    else report.failed.push({ sha256, message: failure.message })
  }
  checking.onProgress(plan.units.count, plan.units.count)
  report.makers = makersOf(all)
  report.nodes = nodesOf(all)
  if (report.makers.length > 1 && !allowsMixed)
    throw new AppError('shard.mixed', { makers: report.makers.map(wordsOf) })
  const placing = job.during(placeStage)
  for (const [index, { record, imageId }] of whole.entries()) {
    throwIfCancelled(placing.signal)
    placing.onProgress(index, whole.length)
    const isNew = await placeUnit(plan, record, parts, workspace)
    if (isNew) report.collected++
    else report.present++
    if (readFlags(workspace.database, imageId) === null) saveFlags(workspace.database, imageId, record.flags)
  }
  placing.onProgress(whole.length, whole.length)
  return report
}

/** Returns whether any file of it was not there. Files are named by all that their values depend on, so those that are there stay. */
async function placeUnit(
  plan: EncodePlan,
  record: UnitRecord,
  parts: string,
  { folders }: Workspace,
): Promise<boolean> {
  let isNew = false
  for (const [from, to] of zip(
    filesOf(plan, descriptorsOf(parts), record),
    filesOf(plan, folders.descriptors, record),
  )) {
    if (existsSync(to)) continue
    await writeAtomically(to, await readFile(from))
    isNew = true
  }
  return isNew
}

function makersOf(records: readonly UnitRecord[]): ShardMaker[] {
  const makers = new Map<string, ShardMaker>()
  for (const { backends: used, instructionSet, lobule } of records) {
    const backends = used.toSorted()
    const key = JSON.stringify([backends, instructionSet, lobule])
    const known = makers.get(key) ?? { backends, instructionSet, lobule, images: 0 }
    makers.set(key, { ...known, images: known.images + 1 })
  }
  return [...makers.values()].toSorted((a, b) => b.images - a.images)
}

const wordsOf = ({ backends, instructionSet, lobule, images }: ShardMaker): string =>
  `${images} images by ${backends.join(' and ')} on ${instructionSet} with Lobule ${lobule}`

function nodesOf(records: readonly UnitRecord[]): CollectShardsReport['nodes'] {
  const nodes = new Map<string, { images: number; ms: number }>()
  for (const { node, ms } of records) {
    const { images, ms: before } = nodes.get(node) ?? { images: 0, ms: 0 }
    nodes.set(node, { images: images + 1, ms: before + ms })
  }
  return [...nodes].map(([node, work]) => ({ node, ...work })).toSorted((a, b) => (a.node < b.node ? -1 : 1))
}
