import { expect, it } from 'vitest'
import { reliabilityPlot, rocPlot } from '../../../electron/report/plots/model-plots.ts'
import { shareBar } from '../../../electron/report/plots/share-bar.ts'
import { escapeMarkup, svg, svgMarkup, type SvgElement } from '../../../electron/report/plots/svg.ts'
import { unitSquare } from '../../../electron/report/plots/unit-plot.ts'
import type { CalibrationFigures } from '../../../electron/contract/index.ts'

const words = { label: 'plot', across: 'across', up: 'up' }
const all = (element: SvgElement): SvgElement[] => [
  element,
  ...element.children.flatMap((child) => (typeof child === 'string' ? [] : all(child))),
]
const withStroke = (element: SvgElement, name: string): SvgElement[] =>
  all(element).filter(({ attributes }) => attributes['stroke'] === `var(--plot-${name})`)

it('escapes texts and attribute values, whatever the file name', () => {
  const hostile = `"><script>alert('1')</script>&`
  expect(escapeMarkup(hostile)).toBe('&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;')
  expect(svgMarkup(svg('text', { title: '"a"', x: 1 }, '<b>', svg('title', {}, '&')))).toBe(
    '<text title="&quot;a&quot;" x="1">&lt;b&gt;<title>&amp;</title></text>',
  )
  const plot = svgMarkup(rocPlot([], null, { label: hostile, across: hostile, up: hostile }))
  expect(plot).not.toContain('<script')
  expect(plot.split('&lt;script&gt;')).toHaveLength(4)
})

it('draws the ROC within the unit square, with the chosen point where the page puts its handle', () => {
  const roc = [
    { threshold: null, falsePositiveRate: 0, truePositiveRate: 0 },
    { threshold: 0.8, falsePositiveRate: 0, truePositiveRate: 0.5 },
    { threshold: 0.1, falsePositiveRate: 1, truePositiveRate: 1 },
  ]
  const plot = rocPlot(roc, { falsePositiveRate: 0.25, truePositiveRate: 0.5 }, words)
  const [, , width = 0, height = 0] = String(plot.attributes['viewBox']).split(' ').map(Number)
  const at = (x: number, y: number): string =>
    [
      (unitSquare.left + x * unitSquare.width) * width,
      (unitSquare.top + (1 - y) * unitSquare.height) * height,
    ]
      .map(Math.round)
      .join(' ')
  expect(withStroke(plot, 'accent').map(({ attributes }) => attributes['d'])).toEqual([
    `M${at(0, 0)}L${at(0, 0.5)}L${at(1, 1)}`,
  ])
  const [diamond] = withStroke(plot, 'mark')
  const [x = 0, y = 0] = at(0.25, 0.5).split(' ').map(Number)
  expect(diamond?.attributes['d']).toMatch(new RegExp(`^M${x} ${y - 7}l`))
  expect(withStroke(rocPlot(roc, null, words), 'mark')).toEqual([])
  expect(plot.attributes).toMatchObject({ role: 'img', 'aria-label': 'plot' })
})

it('marks each bin with images, larger with more of them, and shows the state by shape', () => {
  const figures = (counts: readonly number[]): CalibrationFigures => ({
    reliability: counts.map((count, index) => ({
      low: index / 10,
      high: (index + 1) / 10,
      count,
      predicted: index / 10,
      observed: 0.5,
    })),
    expectedCalibrationError: 0.1,
    brier: 0.1,
    logLoss: 0.1,
  })
  const calibration = {
    of: 'largest' as const,
    before: figures([1, 0, 3]),
    after: figures([4]),
    temperature: 1,
    temperaturePerFold: [1, 1],
  }
  const tip = ({ count }: { count: number }, isAfter: boolean): string => `${count} ${isAfter}`
  const plot = reliabilityPlot(calibration, { ...words, tip })
  const circles = withStroke(plot, 'muted')
  expect(circles.map(({ tag }) => tag)).toEqual(['circle', 'circle'])
  expect(circles.map(({ attributes }) => attributes['r'])).toEqual([9.5, 13.89])
  const diamonds = withStroke(plot, 'accent')
  expect(diamonds.map(({ tag }) => tag)).toEqual(['path'])
  expect(
    [...circles, ...diamonds].flatMap(all).flatMap(({ tag, children }) => (tag === 'title' ? children : [])),
  ).toEqual(['1 false', '3 false', '4 true'])
  expect(withStroke(reliabilityPlot({ ...calibration, after: null }, { ...words, tip }), 'accent')).toEqual(
    [],
  )
})

it('draws a bar in proportion to its share', () => {
  const widths = (share: number): unknown[] =>
    shareBar(share, true).children.map((child) =>
      typeof child === 'string' ? child : child.attributes['width'],
    )
  expect(widths(0)).toEqual([100, 0])
  expect(widths(0.12345)).toEqual([100, 12.3])
  expect(widths(1)).toEqual([100, 100])
})
