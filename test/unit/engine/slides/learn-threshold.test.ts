import { describe, expect, it } from 'vitest'
import { wilsonInterval } from '../../../../electron/engine/evaluation/intervals.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'
import {
  countCases,
  learnThreshold,
  leaveCasesOut,
  type LabelledSlide,
} from '../../../../electron/engine/slides/learn-threshold.ts'

const slide = (caseName: string, share: number, isPositive: boolean): LabelledSlide => ({
  caseName,
  share,
  isPositive,
})

/** Shares of two classes that overlap, drawn from a seed: a case has one to three slides. */
function drawnSlides(seed: number, caseCount = 24): LabelledSlide[] {
  const generator = keyedGenerator('test-slides', seed)
  return Array.from({ length: caseCount }, (_, number) => {
    const isPositive = number % 2 === 0
    return Array.from({ length: 1 + generator.nextInteger(3) }, () =>
      slide(`case ${number}`, (generator.nextInteger(60) + (isPositive ? 40 : 0)) / 100, isPositive),
    )
  }).flat()
}

const shuffled = <T>(list: readonly T[], seed: number): T[] => {
  const generator = keyedGenerator('test-order', seed)
  return list
    .map((item) => ({ item, key: generator.nextInteger(1e9) }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item)
}

describe('learnThreshold', () => {
  it.each<[string, [share: number, isPositive: boolean][], { threshold: number; youden: number }]>([
    // 0, 0.02 without and 0.1, 0.5 with carcinoma: any threshold between separates them.
    ['all', [[0, false], [0.02, false], [0.1, true], [0.5, true]], { threshold: 0.06, youden: 1 }],
    // Cuts at 0.1, 0.2, 0.3: sensitivity 1, 0.5, 0.5; specificity 0.5, 0.5, 1. The first and the last are equal; the first is lower.
    ['the lowest of equal ones', [[0, false], [0.1, true], [0.2, false], [0.3, true]], { threshold: 0.05, youden: 0.5 }],
    // Equal shares cannot be separated: 2 of 3 and 2 of 3 on their side at 0.2, where one of each is.
    ['ties stay together', [[0, false], [0, false], [0.2, false], [0.2, true], [0.4, true], [0.4, true]], { threshold: 0.1, youden: 2 / 3 }],
    ['nothing', [[0.3, false], [0.3, true]], { threshold: 0.3, youden: 0 }],
    ['the wrong way round', [[0.5, false], [0.1, true]], { threshold: 0.1, youden: 0 }],
  ])('separates %s', (_name, shares, expected) => {
    const { threshold, youden } = learnThreshold(shares.map(([share, isPositive], n) => slide(`${n}`, share, isPositive)))
    expect(threshold).toBe(expected.threshold)
    expect(youden).toBeCloseTo(expected.youden, 12)
  }) // prettier-ignore

  it('has the largest sum of sensitivity and specificity of all thresholds, whatever the order', () => {
    for (let seed = 0; seed < 40; seed++) {
      const slides = drawnSlides(seed)
      const { threshold, youden } = learnThreshold(slides)
      const youdenAt = (at: number): number => {
        const rate = (isPositive: boolean, isRight: (share: number) => boolean): number => {
          const own = slides.filter((one) => one.isPositive === isPositive)
          return own.filter(({ share }) => isRight(share)).length / own.length
        }
        return rate(true, (share) => share >= at) + rate(false, (share) => share < at) - 1
      }
      expect(youdenAt(threshold)).toBeCloseTo(youden, 12)
      for (let at = 0; at <= 1; at += 0.005) expect(youdenAt(at)).toBeLessThanOrEqual(youden + 1e-12)
      expect(learnThreshold(shuffled(slides, seed))).toEqual({ threshold, youden })
    }
  })
})

describe('leaveCasesOut', () => {
  it('gives the figures of a case worked by hand', () => {
    // Without a: 0 and 0.1 against 0.4: 0.25. Without b: 0, 0.1 against 0.2: 0.15. Without c: 0.1 against 0.2: 0.15. Without d:
    // 0 against 0.2: 0.1.
    const slides = [
      slide('a', 0.2, true),
      slide('b', 0.4, true),
      slide('c', 0, false),
      slide('d', 0.1, false),
    ]
    const { thresholds, outOfFold } = leaveCasesOut(slides)
    expect([...thresholds]).toEqual([['a', 0.25], ['b', 0.15], ['c', 0.15], ['d', 0.1]]) // prettier-ignore
    // a (0.2) is missed at 0.25; d is called at 0.1.
    expect(outOfFold).toMatchObject({
      truePositives: 1,
      falseNegatives: 1,
      trueNegatives: 1,
      falsePositives: 1,
    })
    expect(outOfFold.sensitivity).toEqual({ value: 0.5, ...wilsonInterval(1, 2) })
    expect(outOfFold.specificity).toEqual({ value: 0.5, ...wilsonInterval(1, 2) })
  })

  it('counts cases, not slides, in its intervals', () => {
    const once = [slide('a', 0.5, true), slide('b', 0.6, true), slide('c', 0, false), slide('d', 0, false)]
    const twice = [...once, ...once]
    expect(leaveCasesOut(twice).outOfFold).toMatchObject({ truePositives: 4, sensitivity: { value: 1 } })
    expect(leaveCasesOut(twice).outOfFold.sensitivity).toEqual(leaveCasesOut(once).outOfFold.sensitivity)
    expect(countCases(twice, true)).toBe(2)
  })

  it('never uses a case to judge itself: no share or label of a case changes its own threshold', () => {
    for (let seed = 0; seed < 10; seed++) {
      const slides = drawnSlides(seed)
      const { thresholds } = leaveCasesOut(slides)
      expect(thresholds.size).toBeGreaterThan(0)
      for (const held of thresholds.keys()) {
        const changed = slides.map((one) =>
          one.caseName === held ? slide(held, 1 - one.share, !one.isPositive) : one,
        )
        expect(leaveCasesOut(changed).thresholds.get(held), held).toBe(thresholds.get(held))
      }
    }
  })

  it('does not depend on the order of slides', () => {
    for (let seed = 0; seed < 10; seed++) {
      const slides = drawnSlides(seed)
      const { thresholds, outOfFold } = leaveCasesOut(slides)
      const other = leaveCasesOut(shuffled(slides, seed))
      expect(other.outOfFold).toEqual(outOfFold)
      expect(new Map([...other.thresholds].sort())).toEqual(new Map([...thresholds].sort()))
    }
  })
})
