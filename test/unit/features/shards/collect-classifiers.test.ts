import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { findCheckpoint, saveCheckpoint } from '../../../../electron/engine/prediction/booster-checkpoint.ts'
import type { TrainPlan } from '../../../../electron/engine/shards/plan-schemas.ts'
import { boostersOf, writeTrained } from '../../../../electron/engine/shards/unit-record.ts'
import { collectClassifiers } from '../../../../electron/features/shards/collect-classifiers.ts'
import type { Collection } from '../../../../electron/features/shards/collection.ts'

it('replaces a classifier that an interrupted training made here on another processor', async () => {
  const root = mkdtempSync(join(tmpdir(), 'lobule-classifiers-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const [parts, boosters] = [join(root, 'parts'), join(root, 'boosters')]
  const options = { constituentCount: 1, folds: 2, seeds: 1, classifier: 'boosting' }
  const plan = { options } as unknown as TrainPlan
  const keys = ['a'.repeat(64), 'b'.repeat(64)]
  for (const [index, key] of keys.entries()) {
    const { textSha256 } = await saveCheckpoint(
      boostersOf(parts),
      key,
      `of a shard ${index}`,
      new Float64Array(2),
    )
    const made = { instructionSet: 'x64 avx2', lobule: '0.1.0', node: 'n1', ms: 1 }
    await writeTrained(parts, { index, key, textSha256, ...made })
  }
  const [first = '', second = ''] = keys
  await saveCheckpoint(boosters, first, 'of this machine', new Float64Array(2))
  await saveCheckpoint(boosters, second, 'of a shard 1', new Float64Array(2))
  const stage = { signal: new AbortController().signal, onProgress: () => undefined }
  const services = { workspace: { folders: { boosters } } } as unknown as Collection['services']
  const collection = { folder: root, parts, allowsMixed: false, checking: stage, placing: stage, services }
  expect(await collectClassifiers(plan, collection)).toMatchObject({ units: 2, collected: 1, present: 1 })
  for (const key of keys)
    expect(await findCheckpoint(boosters, key, 2)).toEqual(await findCheckpoint(boostersOf(parts), key, 2))
})
