import { describe, expect, it } from 'vitest'
import { isOf, readShard } from '../../../../electron/engine/shards/shard.ts'

describe('a shard', () => {
  it('is read from a text', () => {
    expect(readShard('3/16', {})).toEqual({ index: 3, of: 16 })
    expect(readShard('0/1', { SLURM_ARRAY_TASK_ID: '5', SLURM_ARRAY_TASK_COUNT: '9' })).toEqual({
      index: 0,
      of: 1,
    })
  })

  it.each<[string, NodeJS.ProcessEnv, object]>([
    [
      'Slurm, from 0',
      { SLURM_ARRAY_TASK_ID: '5', SLURM_ARRAY_TASK_COUNT: '8', SLURM_ARRAY_TASK_MIN: '0' },
      { index: 5, of: 8 },
    ],
    [
      'Slurm, from 1',
      { SLURM_ARRAY_TASK_ID: '8', SLURM_ARRAY_TASK_COUNT: '8', SLURM_ARRAY_TASK_MIN: '1' },
      { index: 7, of: 8 },
    ],
    ['Kubernetes', { JOB_COMPLETION_INDEX: '2', LOBULE_SHARDS: '4' }, { index: 2, of: 4 }],
    ['Grid Engine', { SGE_TASK_ID: '1', SGE_TASK_LAST: '4', SGE_TASK_FIRST: '1' }, { index: 0, of: 4 }],
  ])('is read from the environment of %s', (_name, environment, shard) => {
    expect(readShard(undefined, environment)).toEqual(shard)
  })

  it.each(['', '3', '16/16', '-1/4', '1/0', '1.5/4', '1/4/8', 'a/b', '0/2000000'])(
    'is refused as %j',
    (text) => {
      expect(() => readShard(text, {})).toThrow(/Name it as NUMBER\/COUNT/)
    },
  )

  it.each<[string, NodeJS.ProcessEnv]>([
    ['a gap of Slurm', { SLURM_ARRAY_TASK_ID: '5', SLURM_ARRAY_TASK_COUNT: '3', SLURM_ARRAY_TASK_MIN: '0' }],
    [
      'a single task of Slurm',
      { SLURM_ARRAY_TASK_ID: '17', SLURM_ARRAY_TASK_COUNT: '1', SLURM_ARRAY_TASK_MIN: '17' },
    ],
    [
      'steps of Slurm',
      {
        SLURM_ARRAY_TASK_ID: '2',
        SLURM_ARRAY_TASK_COUNT: '3',
        SLURM_ARRAY_TASK_MIN: '0',
        SLURM_ARRAY_TASK_STEP: '2',
      },
    ],
    [
      'a range of Grid Engine',
      { SGE_TASK_ID: '6', SGE_TASK_FIRST: '5', SGE_TASK_LAST: '8', SGE_TASK_STEPSIZE: '1' },
    ],
    [
      'steps of Grid Engine',
      { SGE_TASK_ID: '3', SGE_TASK_FIRST: '1', SGE_TASK_LAST: '8', SGE_TASK_STEPSIZE: '2' },
    ],
  ])('is refused for %s, since it does not tell what the other tasks compute', (_name, environment) => {
    expect(() => readShard(undefined, environment)).toThrow(/is no shard/)
  })

  it('is refused without any', () => {
    expect(() => readShard(undefined, {})).toThrow(/no scheduler has set one/)
    // Grid Engine outside an array.
    expect(() => readShard(undefined, { SGE_TASK_ID: 'undefined', SGE_TASK_LAST: 'undefined' })).toThrow(
      /no scheduler/,
    )
  })

  it('has each unit in exactly one of any number of shards', () => {
    for (const of of [1, 2, 7, 16]) {
      for (let unit = 0; unit < 50; unit++) {
        const holders = Array.from({ length: of }, (_, index) => ({ index, of })).filter((shard) =>
          isOf(shard, unit),
        )
        expect(holders).toHaveLength(1)
      }
    }
  })
})
