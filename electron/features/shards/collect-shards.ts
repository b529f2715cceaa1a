import { resolve } from 'node:path'
import { calls, researchUseSentence, type CallInput, type CollectShardsReport } from '../../contract/index.ts'
import { readPlan, requireParts } from '../../engine/shards/plan-file.ts'
import type { Plan } from '../../engine/shards/plan-schemas.ts'
import type { JobRun } from '../../queue/job-run.ts'
import { defineJob, requireWorkspace, type JobServices } from '../../session/job-services.ts'
import { collectClassifiers } from './collect-classifiers.ts'
import { collectDescriptors } from './collect-descriptors.ts'
import { collectSlides } from './collect-slides.ts'
import type { Collected, Collection } from './collection.ts'

const [checkStage, placeStage] = ['Checking the parts', 'Collecting'] as const

export const collectShardsJob = defineJob({
  kind: 'collect-shards',
  input: calls['shard.collect'].input,
  stages: [
    { name: checkStage, unit: 'units', weight: 1 },
    { name: placeStage, unit: 'units', weight: 2 },
  ],
  resumable: false,
  runsBeside: false,
  audit: 'import',
  title: () => 'Collect parts from other machines',
  check: requireWorkspace,
  run: collectShards,
})

/**
 * Checks every part of a plan (record, files, hashes), then copies what is whole into the workspace. What is missing or
 * damaged is listed with its place in the plan. It can be repeated: what was collected is not copied again.
 * @throws AppError `shard.invalid-plan`, `shard.mixed`, `path.*`, `job.cancelled`
 */
async function collectShards(
  { plan: planFolder, parts, kind, allowsMixed }: CallInput<'shard.collect'>,
  job: JobRun,
  services: JobServices,
): Promise<CollectShardsReport> {
  const folder = resolve(planFolder)
  const plan = await readPlan(folder)
  if (plan.kind !== kind) await readPlan(folder, kind)
  await requireParts(folder, resolve(parts))
  const [checking, placing] = [job.during(checkStage), job.during(placeStage)]
  const collection = { folder, parts: resolve(parts), allowsMixed, checking, placing, services }
  return { kind: plan.kind, ...(await collect(plan, collection)), researchUse: researchUseSentence }
}

function collect(plan: Plan, collection: Collection): Promise<Collected> {
  switch (plan.kind) {
    case 'encode':
      return collectDescriptors(plan, collection)
    case 'train':
      return collectClassifiers(plan, collection)
    case 'slides':
      return collectSlides(plan, collection)
  }
}
