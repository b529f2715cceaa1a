import { describe, expect, it } from 'vitest'
import type { RegionGeometry } from '../../../../electron/contract/index.ts'
import { shareInside } from '../../../../electron/engine/fields/square-share.ts'

const rectangle = (left: number, top: number, right: number, bottom: number): RegionGeometry => ({
  kind: 'rectangle',
  left,
  top,
  right,
  bottom,
})
const square = { x: 50, y: 50, edgePx: 100 }

describe('the share of a square inside a region', () => {
  it('is the covered area divided by that of the square', () => {
    expect(shareInside(rectangle(-50, -50, 200, 200), square)).toBe(1)
    expect(shareInside(rectangle(0, 0, 100, 50), square)).toBe(0.5)
    expect(shareInside(rectangle(90, 90, 300, 300), square)).toBeCloseTo(0.01, 12)
    expect(shareInside(rectangle(101, 0, 300, 100), square)).toBe(0)
  })

  it('leaves holes out and adds parts', () => {
    const triangles: RegionGeometry = {
      kind: 'polygon',
      parts: [
        // Half of the square, without a hole of a twenty-fifth of it.
        [
          [
            [0, 0],
            [100, 0],
            [0, 100],
          ],
          [
            [10, 10],
            [30, 10],
            [30, 30],
            [10, 30],
          ],
        ],
        // The corner of a large part: an eighth of the square.
        [
          [
            [150, 0],
            [150, 150],
            [0, 150],
          ],
        ],
      ],
    }
    expect(shareInside(triangles, square)).toBeCloseTo(0.5 - 0.04 + 0.125, 12)
  })

  it('is exact for outlines that leave the square and come back', () => {
    // A comb whose three teeth of 20 x 50 reach into the square from below; their back is outside.
    const comb: RegionGeometry = {
      kind: 'polygon',
      parts: [
        [
          [
            [10, 50],
            [30, 50],
            [30, 150],
            [40, 150],
            [40, 50],
            [60, 50],
            [60, 150],
            [70, 150],
            [70, 50],
            [90, 50],
            [90, 200],
            [10, 200],
          ],
        ],
      ],
    }
    expect(shareInside(comb, square)).toBeCloseTo(0.3, 12)
  })

  it('is nothing for lines and points', () => {
    expect(shareInside({ kind: 'point', points: [[50, 50]] }, square)).toBe(0)
    expect(
      shareInside(
        {
          kind: 'line',
          points: [
            [0, 0],
            [100, 100],
          ],
        },
        square,
      ),
    ).toBe(0)
  })
})
