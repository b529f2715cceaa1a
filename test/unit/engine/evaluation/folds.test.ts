import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { hasCode } from '../../../../electron/contract/index.ts'
import { stratifiedGroupKFold, stratifiedKFold } from '../../../../electron/engine/evaluation/folds.ts'

interface GoldenCase {
  nSplits: number
  classCount: number
  classes: number[]
  groups: number[]
  stratified: number[]
  stratifiedGroup: number[]
}

const golden = JSON.parse(
  readFileSync(new URL('../../../references/evaluation/folds.json', import.meta.url), 'utf8'),
) as GoldenCase[]
const names = (count: number): string[] => Array.from({ length: count }, (_, c) => `class ${c}`)

describe('stratifiedKFold', () => {
  it.each(golden)('assigns as scikit-learn does without shuffle ($nSplits folds)', (g) => {
    const options = { nSplits: g.nSplits, randomState: null }
    expect(stratifiedKFold(g.classes, names(g.classCount), options)).toEqual(g.stratified)
  })

  it('deals a hand-worked case', () => {
    const folds = stratifiedKFold([0, 0, 0, 1, 1, 1], ['a', 'b'], { nSplits: 3, randomState: null })
    expect(folds).toEqual([0, 1, 2, 0, 1, 2])
  })

  it('spreads every class over the folds within one row, whatever the seed', () => {
    const classes = Array.from({ length: 103 }, (_, i) => (i * 7) % 4)
    for (let seed = 0; seed < 20; seed++) {
      const folds = stratifiedKFold(classes, names(4), { nSplits: 5, randomState: seed })
      for (let c = 0; c < 4; c++) {
        const counts = [0, 1, 2, 3, 4].map(
          (f) => folds.filter((fold, i) => fold === f && classes[i] === c).length,
        )
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
      }
    }
  })

  it('depends on the seed and on nothing else', () => {
    const classes = Array.from({ length: 40 }, (_, i) => i % 2)
    const fold = (randomState: number): number[] =>
      stratifiedKFold(classes, names(2), { nSplits: 4, randomState })
    expect(fold(1)).toEqual(fold(1))
    expect(fold(1)).not.toEqual(fold(2))
  })

  it('names the class and both numbers if there are too few members', () => {
    const ask = (): unknown => stratifiedKFold([0, 0, 0, 1], ['a', 'b'], { nSplits: 2, randomState: 0 })
    expect(ask).toThrow(/2 folds need at least 2 cases per class; class b has 1/)
    expect(ask).toThrow(expect.toSatisfy((error) => hasCode(error, 'training.too-few-cases')))
  })
})

describe('stratifiedGroupKFold', () => {
  it.each(golden)('assigns as scikit-learn does without shuffle ($nSplits folds)', (g) => {
    const options = { nSplits: g.nSplits, randomState: null }
    expect(stratifiedGroupKFold(g.classes, g.groups, names(g.classCount), options)).toEqual(g.stratifiedGroup)
  })

  it('never splits a group, whatever the seed', () => {
    for (const [seed, g] of golden.entries()) {
      const folds = stratifiedGroupKFold(g.classes, g.groups, names(g.classCount), {
        nSplits: g.nSplits,
        randomState: seed,
      })
      const foldOfGroup = new Map<number, number>()
      g.groups.forEach((group, i) => {
        expect(folds[i]).toBe(foldOfGroup.get(group) ?? folds[i])
        foldOfGroup.set(group, folds[i] ?? -1)
      })
      expect(new Set(folds).size).toBe(g.nSplits)
    }
  })

  it('gives other folds for another seed', () => {
    const g = golden[0] as GoldenCase
    const fold = (randomState: number): number[] =>
      stratifiedGroupKFold(g.classes, g.groups, names(g.classCount), { nSplits: 3, randomState })
    expect(fold(1)).toEqual(fold(1))
    expect(fold(1)).not.toEqual(fold(2))
  })

  it('counts groups, not rows, when it refuses', () => {
    const ask = (): unknown =>
      stratifiedGroupKFold([0, 0, 0, 1, 1, 1], [1, 2, 3, 4, 4, 4], ['a', 'b'], { nSplits: 2, randomState: 0 })
    expect(ask).toThrow(/class b has 1\./)
  })
})
