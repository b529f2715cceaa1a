import { AppError, type CollectShardsReport, type ShardMaker } from '../../contract/index.ts'
import type { TrainedRecord, UnitRecord } from '../../engine/shards/unit-record.ts'

/** A record of either kind; classifiers have no back-end. */
type Made = Pick<TrainedRecord, 'instructionSet' | 'lobule' | 'node' | 'ms'> &
  Partial<Pick<UnitRecord, 'backends'>>

/**
 * What made parts, and where.
 * @throws AppError `shard.mixed` unless `allowsMixed`
 */
export function makersOf(
  records: readonly Made[],
  { allowsMixed }: { allowsMixed: boolean },
): Pick<CollectShardsReport, 'makers' | 'nodes'> {
  const makers = new Map<string, ShardMaker>()
  const nodes = new Map<string, { units: number; ms: number }>()
  for (const { backends: used = [], instructionSet, lobule, node, ms } of records) {
    const backends = used.toSorted()
    const key = JSON.stringify([backends, instructionSet, lobule])
    const known = makers.get(key) ?? { backends, instructionSet, lobule, units: 0 }
    makers.set(key, { ...known, units: known.units + 1 })
    const before = nodes.get(node) ?? { units: 0, ms: 0 }
    nodes.set(node, { units: before.units + 1, ms: before.ms + ms })
  }
  const all = [...makers.values()].toSorted((a, b) => b.units - a.units)
  if (all.length > 1 && !allowsMixed) throw new AppError('shard.mixed', { makers: all.map(wordsOf) })
  return {
    makers: all,
    nodes: [...nodes]
      .map(([node, work]) => ({ node, ...work }))
      .toSorted((a, b) => (a.node < b.node ? -1 : 1)),
  }
}

const wordsOf = ({ backends, instructionSet, lobule, units }: ShardMaker): string =>
  `${units}${backends.length === 0 ? '' : ` by ${backends.join(' and ')}`} on ${instructionSet} with Lobule ${lobule}`
