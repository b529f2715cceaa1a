import type { Calibration, ReliabilityBin, RocPoint } from '../../contract/index.ts'
import type { SvgElement } from './svg.ts'
import { line, mark, unitPlot } from './unit-plot.ts'

interface AxisWords {
  label: string
  across: string
  up: string
}

/**
 * The ROC curve with a diamond at the chosen operating point.
 * @param chosen shares 0 to 1; null: without a diamond
 */
export const rocPlot = (
  roc: readonly RocPoint[],
  chosen: { falsePositiveRate: number; truePositiveRate: number } | null,
  words: AxisWords,
): SvgElement =>
  unitPlot({
    ...words,
    content: [
      line(
        roc.map(({ falsePositiveRate, truePositiveRate }) => ({ x: falsePositiveRate, y: truePositiveRate })),
        { colour: 'accent' },
      ),
      ...(chosen === null
        ? []
        : [
            mark({
              x: chosen.falsePositiveRate,
              y: chosen.truePositiveRate,
              shape: 'diamond',
              colour: 'mark',
              radius: 7,
            }),
          ]),
    ],
  })

/**
 * Observed frequency against predicted probability, a mark for each bin that has images. The area of a mark grows with
 * the bin's number of images.
 */
export function reliabilityPlot(
  { before, after }: Calibration,
  words: AxisWords & { tip: (bin: ReliabilityBin, isAfter: boolean) => string },
): SvgElement {
  const marks = (bins: readonly ReliabilityBin[], isAfter: boolean): SvgElement[] => {
    const all = bins.reduce((sum, bin) => sum + bin.count, 0)
    return bins
      .filter((bin) => bin.count > 0)
      .map((bin) =>
        mark({
          x: bin.predicted,
          y: bin.observed,
          shape: isAfter ? 'diamond' : 'circle',
          colour: isAfter ? 'accent' : 'muted',
          radius: 3.5 + 12 * Math.sqrt(bin.count / all),
          tip: words.tip(bin, isAfter),
        }),
      )
  }
  return unitPlot({
    ...words,
    content: [...marks(before.reliability, false), ...(after === null ? [] : marks(after.reliability, true))],
  })
}
