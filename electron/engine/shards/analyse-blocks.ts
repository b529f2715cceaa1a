import { AppError, type BackendName } from '../../contract/index.ts'
import { BlockFiles } from '../slides/block-files.ts'
import { openAnalysis, type OpenAnalysisRequest } from '../slides/open-analysis.ts'
import { predictMissing, workOf } from '../slides/predict-blocks.ts'
import { blockMadeSchema, blocksOf, writeSlideRecord, type BlockMade } from './unit-record.ts'

export interface BlocksRequest extends OpenAnalysisRequest {
  /** The weights that the encoders must have, by name, and the folder that they are from. */
  readonly weights: { readonly fingerprints: Readonly<Record<string, string>>; readonly folder: string }
  /** The folder of the results. */
  readonly parts: string
  readonly isWanted: (block: number) => boolean
  /** Whether to begin no further block. */
  readonly isStopping: () => boolean
  readonly made: Pick<BlockMade, 'instructionSet' | 'lobule' | 'node'>
  /** In wanted blocks, those that were there included. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/** What became of the wanted blocks of a slide. */
export interface AnalysedBlocks {
  readonly wanted: number
  /** Whole before. */
  readonly present: number
  /** Less than wanted without `present`: it was asked to stop. */
  readonly analysed: number
  readonly backends: BackendName[]
}

/**
 * Predicts some blocks of a slide and keeps each as soon as it is done, with what made it. What the slide is divided into is
 * recorded first.
 * @throws AppError `encoder.invalid-file` for other weights, `path.*`, and the codes of openAnalysis and predictBlock
 */
export async function analyseBlocks(request: BlocksRequest): Promise<AnalysedBlocks> {
  const { parts, weights, made, onProgress = () => undefined } = request
  const { maskSha256, key, places, blocks, setting } = await openAnalysis(request)
  const { encoders, classCount } = setting
  for (const { model } of encoders)
    if (weights.fingerprints[model.name] !== model.fingerprint)
      throw new AppError('encoder.invalid-file', {
        path: weights.folder,
        reason: 'the weights are not those of the plan',
      })
  const sizes = blocks.map((block) => block.places.length)
  await writeSlideRecord(parts, { sha256: request.image.sha256, maskSha256, blocks: sizes })
  const files = new BlockFiles(blocksOf(parts, key), classCount)
  const wanted = [...blocks.keys()].filter(request.isWanted)
  const missing: number[] = []
  for (const index of wanted)
    if (!('made' in (await findBlock(files, index, sizes[index] ?? 0)))) missing.push(index)
  const present = wanted.length - missing.length
  const current = (): BackendName[] => encoders.map(({ backend }) => backend)
  const all = new Set<BackendName>()
  let [analysed, startedAt, before] = [0, performance.now(), current()]
  await predictMissing(setting, workOf(setting, places, blocks), missing, {
    isStopping: request.isStopping,
    onBlock: async (index, result) => {
      // An encoder may have changed to its next back-end during the block.
      const backends = [...new Set([...before, ...current()])]
      await files.write(index, result, { ...made, backends, ms: performance.now() - startedAt })
      backends.forEach((name) => all.add(name))
      ;[startedAt, before] = [performance.now(), current()]
      onProgress(present + ++analysed, wanted.length)
    },
  })
  return { wanted: wanted.length, present, analysed, backends: [...all] }
}

/** A block that another machine made; one that does not tell what made it is damaged. @throws AppError `path.unreadable` */
export async function findBlock(
  files: BlockFiles,
  index: number,
  places: number,
): Promise<{ readonly made: BlockMade } | { readonly problem: 'missing' | 'damaged' }> {
  const found = await files.find(index, places)
  if ('problem' in found) return found
  const made = blockMadeSchema.safeParse(found.made)
  return made.success ? { made: made.data } : { problem: 'damaged' }
}
