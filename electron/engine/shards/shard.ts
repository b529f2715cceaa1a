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
 * of an array. To repeat one part, name it: an array of that task alone would be all parts.
 * @throws AppError `shard.invalid`
 */
export function readShard(text: string | undefined, environment: NodeJS.ProcessEnv): Shard {
  if (text !== undefined) {
    const [, index, of] = /^(\d{1,7})\/(\d{1,7})$/.exec(text) ?? []
    return checked(text, Number(index), Number(of))
  }
  for (const { index, of, first, step } of schedulers) {
    const [own, count] = [environment[index], environment[of]]
    // Grid Engine sets them to "undefined" where there is no array.
    if (own === undefined || count === undefined || own === 'undefined') continue
    const [from, by] = [environment[first ?? ''] ?? '0', environment[step ?? ''] ?? '1']
    const text = `${index}=${own}, ${of}=${count}`
    // Of an array that begins elsewhere, or has gaps, the number of tasks does not tell what the others compute.
    if (!['0', '1'].includes(from) || by !== '1') throw new AppError('shard.invalid', { shard: text })
    return checked(text, Number(own) - Number(from), Number(count))
  }
  throw new AppError('shard.invalid', { shard: '' })
}

/** The variables of a task: its number, the number of tasks, the number of the first, and the distance between two. */
const schedulers: readonly { index: string; of: string; first?: string; step?: string }[] = [
  {
    index: 'SLURM_ARRAY_TASK_ID',
    of: 'SLURM_ARRAY_TASK_COUNT',
    first: 'SLURM_ARRAY_TASK_MIN',
    step: 'SLURM_ARRAY_TASK_STEP',
  },
  { index: 'JOB_COMPLETION_INDEX', of: 'LOBULE_SHARDS' },
  { index: 'SGE_TASK_ID', of: 'SGE_TASK_LAST', first: 'SGE_TASK_FIRST', step: 'SGE_TASK_STEPSIZE' },
]

function checked(text: string, index: number, of: number): Shard {
  const isWhole = Number.isInteger(index) && Number.isInteger(of)
  if (!isWhole || index < 0 || of < 1 || of > maxShards || index >= of)
    throw new AppError('shard.invalid', { shard: text })
  return { index, of }
}

export const isOf = ({ index, of }: Shard, unit: number): boolean => unit % of === index
