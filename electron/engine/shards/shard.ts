import { AppError } from '../../contract/errors.ts'

/** A part of a plan: the units whose place in the order, modulo `of`, is `index`. */
export interface Shard {
  /** From 0. */
  readonly index: number
  readonly of: number
}

/** At most as many as Slurm's largest arrays. */
const maxShards = 1_000_000

/**
 * A shard from a text such as `3/16` (the fourth of 16; from 0), or from what Slurm, Kubernetes or a grid engine tells a task
 * of an array.
 * @throws AppError `shard.invalid`
 */
export function readShard(text: string | undefined, environment: NodeJS.ProcessEnv): Shard {
  if (text !== undefined) {
    const [, index, of] = /^(\d{1,7})\/(\d{1,7})$/.exec(text) ?? []
    return checked(text, Number(index), Number(of))
  }
  for (const { index, of, first } of schedulers) {
    const [own, count] = [environment[index], environment[of]]
    if (own === undefined || count === undefined) continue
    const from = Number(environment[first ?? ''] ?? 0)
    return checked(`${index}=${own}, ${of}=${count}`, Number(own) - from, Number(count))
  }
  throw new AppError('shard.invalid', { shard: '' })
}

/** The variables of a task: its number, the number of tasks, and the number of the first. */
const schedulers: readonly { index: string; of: string; first?: string }[] = [
  { index: 'SLURM_ARRAY_TASK_ID', of: 'SLURM_ARRAY_TASK_COUNT', first: 'SLURM_ARRAY_TASK_MIN' },
  { index: 'JOB_COMPLETION_INDEX', of: 'LOBULE_SHARDS' },
  { index: 'SGE_TASK_ID', of: 'SGE_TASK_LAST', first: 'SGE_TASK_FIRST' },
]

function checked(text: string, index: number, of: number): Shard {
  const isWhole = Number.isInteger(index) && Number.isInteger(of)
  if (!isWhole || index < 0 || of < 1 || of > maxShards || index >= of)
    throw new AppError('shard.invalid', { shard: text })
  return { index, of }
}

export const isOf = ({ index, of }: Shard, unit: number): boolean => unit % of === index
