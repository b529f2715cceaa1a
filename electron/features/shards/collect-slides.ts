import { readFile } from 'node:fs/promises'
import { writeAtomically } from '../../base/atomic-file.ts'
import { throwIfCancelled } from '../../base/cancellation.ts'
import { findBlock } from '../../engine/shards/analyse-blocks.ts'
import type { SlidesPlan } from '../../engine/shards/plan-schemas.ts'
import {
  fingerprintsOf,
  planSlides,
  readPlannedModel,
  subjectOf,
  tissueText,
  type PlanSlide,
} from '../../engine/shards/slides-plan.ts'
import {
  blocksOf,
  findUnitFailure,
  readSlideRecord,
  type BlockMade,
} from '../../engine/shards/unit-record.ts'
import { BlockFiles } from '../../engine/slides/block-files.ts'
import { draftBlocks } from '../../engine/slides/map-file.ts'
import { analysisKey } from '../../engine/slides/open-analysis.ts'
import { currentImages, type Readable } from '../../store/index.ts'
import type { ImageView } from '../../contract/index.ts'
import { drawnTissue } from '../slides/drawn-tissue.ts'
import { isAsPlanned } from './collect-descriptors.ts'
import type { Collected, Collection } from './collection.ts'
import { makersOf } from './makers.ts'

interface WholeBlock {
  readonly made: BlockMade
  readonly index: number
  /** analysisKey */
  readonly key: string
}

/** Blocks of slides, where an analysis looks for those that an earlier run finished. Errors as of collectShards. */
export async function collectSlides(
  plan: SlidesPlan,
  { folder, parts, allowsMixed, checking, placing, services: { workspace } }: Collection,
): Promise<Collected> {
  const { database, folders } = workspace
  const images = await workspace.read((own) => currentImages(own, null))
  const imageOf = new Map(images.map((image) => [image.sha256, image]))
  const model = await readPlannedModel(folder, plan)
  const fingerprints = fingerprintsOf(plan)
  const classCount = plan.model.isPositive.length
  const [missing, failed]: [Collected['missing'], Collected['failed']] = [[], []]
  const whole: WholeBlock[] = []
  let unknown = 0
  for await (const slide of planSlides(folder, plan)) {
    throwIfCancelled(checking.signal)
    const { sha256, index } = slide
    checking.onProgress(index, plan.units.count)
    const image = imageOf.get(sha256)
    if (image === undefined) {
      unknown++
      continue
    }
    if (!isAsPlanned(image, slide) || !hasTissueAsPlanned(database, image, slide)) {
      missing.push({ name: sha256, index, problem: 'outdated' })
      continue
    }
    const failure = await findUnitFailure(parts, sha256)
    const record = await readSlideRecord(parts, sha256)
    if (record === null || record === 'damaged') {
      if (failure === null) missing.push({ name: sha256, index, problem: record ?? 'missing' })
      else failed.push({ name: sha256, message: failure.message })
      continue
    }
    const { maskSha256, blocks } = record
    const key = analysisKey(subjectOf(plan, model, slide), { maskSha256, fingerprints })
    const files = new BlockFiles(blocksOf(parts, key), classCount)
    for (const [block, places] of blocks.entries()) {
      const found = await findBlock(files, block, places)
      const name = `${sha256}/${block}`
      if ('made' in found) whole.push({ made: found.made, index: block, key })
      else if (failure === null)
        missing.push({ name, index: plan.unit === 'block' ? index + block : index, problem: found.problem })
      else failed.push({ name, message: failure.message })
    }
  }
  checking.onProgress(plan.units.count, plan.units.count)
  const makers = makersOf(
    whole.map(({ made }) => made),
    { allowsMixed },
  )
  let present = 0
  for (const [done, { index, key }] of whole.entries()) {
    throwIfCancelled(placing.signal)
    placing.onProgress(done, whole.length)
    const to = new BlockFiles(draftBlocks(folders.slideMaps, key), classCount).path(index)
    const block = await readFile(new BlockFiles(blocksOf(parts, key), classCount).path(index))
    // One of an interrupted analysis here may come from another back-end, and would be mixed unseen.
    if (block.equals(await readFile(to).catch(() => Buffer.alloc(0)))) present++
    else await writeAtomically(to, block)
  }
  placing.onProgress(whole.length, whole.length)
  const units = whole.length + missing.length + failed.length + unknown
  return { units, collected: whole.length - present, present, unknown, missing, failed, ...makers }
}

/** Whether readers drew no other tissue since. */
const hasTissueAsPlanned = (database: Readable, image: ImageView, { tissue }: PlanSlide): boolean =>
  (tissueText(drawnTissue(database, image, null).map(({ geometry }) => geometry))?.sha256 ?? null) === tissue
