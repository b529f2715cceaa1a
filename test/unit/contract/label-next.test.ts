import { describe, expect, it } from 'vitest'
import { labelNext, noReadings, type ImageView } from '../../../electron/contract/index.ts'

interface Said {
  caseName?: string | null
  /** Calibrated probability of the first of two classes; absent: not classified. */
  p?: number
  label?: string
  isUnsure?: boolean
  likenessP?: number
  testSet?: string
}

const image = (id: number, { caseName = null, p, label, isUnsure, likenessP, testSet }: Said): ImageView =>
  ({
    id,
    sha256: String(id).padStart(64, '0'),
    caseName,
    label: label === undefined ? null : { className: label },
    readings: { ...noReadings, all: isUnsure === true ? [{ isUnsure }] : [] },
    testSet: testSet ?? null,
    verdict:
      p === undefined
        ? null
        : {
            probabilities: { A: 1, B: 0 },
            details: {
              calibrated: { A: p, B: 1 - p },
              ...(likenessP === undefined ? {} : { likeness: { distance: 1, pValue: likenessP } }),
            },
          },
  }) as unknown as ImageView

const order = (images: readonly ImageView[]): number[] => labelNext(images).map(({ imageId }) => imageId)

/**
 * By hand, with the entropy of two classes in bits: H(0.5) = 1, H(0.8) = 0.7219, H(0.9) = 0.4690, H(0.99) = 0.0808.
 */
const study = [
  image(1, { caseName: 'a', p: 0.5, label: 'A' }),
  image(2, { caseName: 'a', p: 0.5 }),
  image(3, { caseName: 'b', p: 0.9 }),
  image(4, { caseName: 'b', p: 0.8 }),
  image(5, { caseName: 'b', p: 0.99 }),
  image(6, { caseName: 'c', p: 0.99 }),
  image(7, { p: 0.9 }),
  image(8, { caseName: 'd' }),
  image(9, { caseName: 'e', p: 0.5, testSet: 'locked' }),
  image(10, { caseName: 'f', p: 0.5, isUnsure: true }),
]

describe('what to label next', () => {
  it('goes by case in rounds, and by entropy in a round', () => {
    expect(labelNext(study).map(({ imageId, rank, before }) => [imageId, rank, before])).toEqual([
      // Round 0: the most uncertain of b, the image without a case, c, then d without a suggestion.
      [4, 1, 0],
      [7, 2, 0],
      [6, 3, 0],
      [8, 4, 0],
      // Round 1: the second of a, since one is labelled, and the second of b.
      [2, 5, 1],
      [3, 6, 1],
      [5, 7, 2],
    ])
    const uncertainties = labelNext(study).map(({ uncertainty }) => uncertainty?.toFixed(4) ?? null)
    expect(uncertainties).toEqual(['0.7219', '0.4690', '0.0808', null, '1.0000', '0.4690', '0.0808'])
  })

  it('does not depend on the order of import', () => {
    expect(order(study.toReversed())).toEqual(order(study))
    const ties = [3, 1, 2].map((id) => image(id, { caseName: `case ${id}`, p: 0.7 }))
    expect(order(ties)).toEqual([1, 2, 3])
  })

  it('counts an image unlike the training images as wholly uncertain', () => {
    const images = [image(1, { p: 0.5 }), image(2, { p: 0.999, likenessP: 0.01 }), image(3, { p: 0.8 })]
    expect(order(images)).toEqual([1, 2, 3])
    expect(labelNext(images).map(({ uncertainty }) => uncertainty?.toFixed(2))).toEqual([
      '1.00',
      '1.00',
      '0.72',
    ])
  })

  it('leaves nothing out and repeats nothing, for any workspace', () => {
    let state = 7
    const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
    for (let round = 0; round < 50; round++) {
      const images = Array.from({ length: 40 }, (_, n) =>
        image(n + 1, {
          caseName: random() < 0.2 ? null : `case ${Math.floor(random() * 8)}`,
          ...(random() < 0.8 ? { p: random() } : {}),
          ...(random() < 0.3 ? { label: 'A' } : {}),
          ...(random() < 0.1 ? { testSet: 'locked' } : {}),
        }),
      )
      const waiting = images.filter(({ label, testSet }) => label === null && testSet === null)
      const next = labelNext(images)
      expect(next.map(({ imageId }) => imageId).toSorted((a, b) => a - b)).toEqual(
        waiting.map(({ id }) => id),
      )
      expect(next.map(({ rank }) => rank)).toEqual(next.map((_, index) => index + 1))
      expect(next.map(({ before }) => before)).toEqual(
        next.map(({ before }) => before).toSorted((a, b) => a - b),
      )
    }
  })
})
