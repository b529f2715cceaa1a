import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { zip } from '../../base/arrays.ts'
import { writeAtomically } from '../../base/atomic-file.ts'
import type { ImageView } from '../../contract/index.ts'
import { throwIfCancelled } from '../../base/cancellation.ts'
import { planUnits } from '../../engine/shards/plan-file.ts'
import type { PlanUnit } from '../../engine/shards/plan-images.ts'
import type { EncodePlan } from '../../engine/shards/plan-schemas.ts'
import { descriptorsOf, findUnit, findUnitFailure, type UnitRecord } from '../../engine/shards/unit-record.ts'
import { currentImages, readFlags, saveFlags, type Workspace } from '../../store/index.ts'
import type { Collected, Collection } from './collection.ts'
import { filesOf } from './encode-shard.ts'
import { makersOf } from './makers.ts'

/** Descriptors of images, with their quality flags. Errors as of collectShards. */
export async function collectDescriptors(
  plan: EncodePlan,
  { folder, parts, allowsMixed, checking, placing, services: { workspace } }: Collection,
): Promise<Collected> {
  const images = await workspace.read((own) => currentImages(own, null))
  const imageOf = new Map(images.map((image) => [image.sha256, image]))
  const count = plan.units.count
  const report: Collected = {
    units: count,
    collected: 0,
    present: 0,
    unknown: 0,
    missing: [],
    failed: [],
    makers: [],
    nodes: [],
  }
  const whole: { record: UnitRecord; imageId: number }[] = []
  for await (const unit of planUnits(folder, plan)) {
    throwIfCancelled(checking.signal)
    checking.onProgress(unit.index, count)
    const { sha256, index } = unit
    const found = await findUnit(parts, sha256, filesOf(plan, descriptorsOf(parts), unit))
    const image = imageOf.get(sha256)
    if (image === undefined) {
      report.unknown++
      continue
    }
    if (!isAsPlanned(image, unit)) {
      report.missing.push({ name: sha256, index, problem: 'outdated' })
      continue
    }
    if ('record' in found) {
      whole.push({ record: found.record, imageId: image.id })
      continue
    }
    const failure = await findUnitFailure(parts, sha256)
    if (failure === null) report.missing.push({ name: sha256, index, problem: found.problem })
    else report.failed.push({ name: sha256, message: failure.message })
  }
  checking.onProgress(count, count)
  const records = whole.map(({ record }) => record)
  Object.assign(report, makersOf(records, { allowsMixed }))
  for (const [index, { record, imageId }] of whole.entries()) {
    throwIfCancelled(placing.signal)
    placing.onProgress(index, whole.length)
    if (await placeUnit(plan, record, parts, workspace)) report.collected++
    else report.present++
    if (readFlags(workspace.database, imageId) === null) saveFlags(workspace.database, imageId, record.flags)
  }
  placing.onProgress(whole.length, whole.length)
  return report
}

/** Whether an image still has what its descriptors depend on besides its content; both may be set after the plan was written. */
export const isAsPlanned = (image: ImageView, unit: Pick<PlanUnit, 'pixelSizeUm' | 'cameraBits'>): boolean =>
  image.pixelSizeUm === unit.pixelSizeUm && (image.cameraBits ?? null) === (unit.cameraBits ?? null)

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
