import { hostname } from 'node:os'
import { join } from 'node:path'
import { removeFolder } from '../../base/patient-files.ts'
import { instructionSet } from '../../base/instruction-set.ts'
import { hasCode, type BackendName } from '../../contract/index.ts'
import type { ComputeClient } from '../../compute/client.ts'
import { findBlock } from '../../engine/shards/analyse-blocks.ts'
import { claimParts, readPlan } from '../../engine/shards/plan-file.ts'
import type { SlidesPlan } from '../../engine/shards/plan-schemas.ts'
import { isOf, readShard, type Shard } from '../../engine/shards/shard.ts'
import {
  fingerprintsOf,
  planSlides,
  readPlannedModel,
  readTissue,
  subjectOf,
  type PlannedModel,
  type PlanSlide,
} from '../../engine/shards/slides-plan.ts'
import { blocksOf, readSlideRecord, type UnitFailure } from '../../engine/shards/unit-record.ts'
import { BlockFiles } from '../../engine/slides/block-files.ts'
import { analysisKey } from '../../engine/slides/open-analysis.ts'
import { retryAfterCrashes } from '../encoders/describe-images.ts'
import type { ShardRequest } from './encode-shard.ts'
import { nodeHome, recordFailure } from './node-run.ts'

export interface SlidesShardReport {
  shard: string
  /** Slides that the shard has a part of. */
  slides: number
  /** Blocks of the shard in slides that could be opened. */
  blocks: number
  /** By this run. */
  analysed: number
  /** Whole before. */
  present: number
  failed: UnitFailure[]
  backends: BackendName[]
  instructionSet: string
  /** Whether it ended before all blocks were treated, because it was asked to stop. */
  stopped: boolean
  durationMs: number
}

type Slide = PlanSlide & { readonly index: number }

/** What is the same for all slides. */
interface Run extends Pick<ShardRequest, 'parts' | 'version' | 'stopping'> {
  readonly folder: string
  readonly shard: Shard
  readonly plan: SlidesPlan
  readonly model: PlannedModel
  readonly compute: ComputeClient
  readonly home: string
  readonly instructions: string
}

/**
 * Analyses one part of a plan on a machine that has neither the workspace nor an installed encoder. Each block is written with what
 * made it; what is whole is skipped, so a part that was killed is simply run again.
 * @throws AppError `shard.invalid-plan`, `shard.invalid`, `path.*`, `encoder.*`, `model.corrupt`
 */
export async function analyseShard(request: ShardRequest): Promise<SlidesShardReport> {
  const { plan: folder, parts, stopping, onProgress } = request
  const startedAt = performance.now()
  const shard = readShard(request.shard, request.environment)
  const plan = await readPlan(folder, 'slides')
  await claimParts(folder, parts)
  const model = await readPlannedModel(folder, plan)
  const slides: Slide[] = []
  for await (const slide of planSlides(folder, plan))
    if (plan.unit === 'block' || isOf(shard, slide.index)) slides.push(slide)
  const failed: UnitFailure[] = []
  const backends = new Set<BackendName>()
  const count = { blocks: 0, analysed: 0, present: 0 }
  const instructions = instructionSet()
  const home = await nodeHome(folder)
  const compute = request.startCompute(plan)
  const run = { ...request, folder, shard, plan, model, compute, home, instructions }
  const isStopping = (): boolean => stopping.aborted
  let treated = 0
  try {
    for (const slide of slides) {
      if (isStopping()) break
      onProgress(treated, slides.length)
      try {
        const present = await wholeBlocks(run, slide)
        const found = present === null ? await analyse(run, slide) : { wanted: present, present, analysed: 0 }
        count.blocks += found.wanted
        count.present += found.present
        count.analysed += found.analysed
        if ('backends' in found) found.backends.forEach((name) => backends.add(name))
        if (found.analysed + found.present < found.wanted) break
      } catch (error) {
        // Stopped before the slide was opened.
        if (isStopping() && hasCode(error, 'job.cancelled')) break
        failed.push(await recordFailure(parts, slide.sha256, error))
      }
      treated++
    }
  } finally {
    compute.close()
    await removeFolder(home)
  }
  onProgress(treated, slides.length)
  return {
    shard: `${shard.index}/${shard.of}`,
    slides: slides.length,
    ...count,
    failed,
    backends: [...backends],
    instructionSet: instructions,
    stopped: treated < slides.length,
    durationMs: performance.now() - startedAt,
  }
}

/** Blocks of the shard in a slide that was opened before; null: not all of them are whole. */
async function wholeBlocks({ plan, parts, model, shard }: Run, slide: Slide): Promise<number | null> {
  const record = await readSlideRecord(parts, slide.sha256)
  if (record === null || record === 'damaged') return null
  const { maskSha256, blocks } = record
  const key = analysisKey(subjectOf(plan, model, slide), { maskSha256, fingerprints: fingerprintsOf(plan) })
  const files = new BlockFiles(blocksOf(parts, key), plan.model.isPositive.length)
  let present = 0
  for (const [index, places] of blocks.entries()) {
    if (plan.unit === 'block' && !isOf(shard, slide.index + index)) continue
    if (!('made' in (await findBlock(files, index, places)))) return null
    present++
  }
  return present
}

async function analyse(
  { folder, parts, plan, model, shard, compute, home, instructions, version, stopping }: Run,
  slide: Slide,
) {
  const subject = subjectOf(plan, model, slide)
  const { widthPx, heightPx } = slide
  const drawn = await readTissue(folder, slide)
  return retryAfterCrashes(() =>
    compute.run(
      'analyseBlocks',
      {
        ...subject,
        boosters: [...subject.boosters],
        tissue: { image: { ...subject.image, widthPx, heightPx }, drawn },
        homeDirectory: home,
        backend: plan.backend,
        weights: { ...plan.weights, folder: join(home, 'encoders') },
        parts,
        shard: plan.unit === 'block' ? { ...shard, first: slide.index } : null,
        made: { instructionSet: instructions, lobule: version, node: hostname() },
      },
      { signal: stopping },
    ),
  )
}
