import { svg, type SvgElement } from './svg.ts'

/** Units of the picture's own grid; the place that shows a plot decides how large a unit is. */
const size = 400
const area = { left: 56, top: 12, size: 328 }
const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1]

/** Where the unit square is within the picture, as shares of the picture's width and height. */
export const unitSquare = {
  left: area.left / size,
  top: area.top / size,
  width: area.size / size,
  height: area.size / size,
}

/**
 * Colours are CSS variables, so that the page's theme and a file's style sheet each choose their own:
 * `--plot-text`, `--plot-grid`, `--plot-axis`, `--plot-mark`, `--plot-muted`, `--plot-accent`.
 */
type PlotColour = 'text' | 'grid' | 'axis' | 'mark' | 'muted' | 'accent'
const colour = (name: PlotColour): string => `var(--plot-${name})`

const round = (value: number): number => Math.round(value * 100) / 100
const xOf = (value: number): number => round(area.left + value * area.size)
const yOf = (value: number): number => round(area.top + (1 - value) * area.size)

interface UnitPlot {
  /** Read to people who cannot see the plot. */
  label: string
  /** Title of the horizontal axis. */
  across: string
  /** Title of the vertical axis. */
  up: string
  content: readonly SvgElement[]
}

/** A square plot whose axes both run from 0 to 1, with the identity line. */
export function unitPlot({ label, across, up, content }: UnitPlot): SvgElement {
  const text = { 'font-size': 13, fill: colour('text') }
  const middle = xOf(0.5)
  return svg(
    'svg',
    { viewBox: `0 0 ${size} ${size}`, role: 'img', 'aria-label': label },
    ...ticks.flatMap((tick) => [
      svg('path', {
        d: `M${xOf(tick)} ${yOf(0)}V${yOf(1)}M${xOf(0)} ${yOf(tick)}H${xOf(1)}`,
        fill: 'none',
        stroke: colour('grid'),
      }),
      svg('text', { ...text, x: xOf(tick), y: yOf(0) + 18, 'text-anchor': 'middle' }, String(tick)),
      svg('text', { ...text, x: xOf(0) - 8, y: yOf(tick) + 4, 'text-anchor': 'end' }, String(tick)),
    ]),
    svg('path', {
      d: `M${xOf(0)} ${yOf(1)}V${yOf(0)}H${xOf(1)}`,
      fill: 'none',
      stroke: colour('axis'),
    }),
    line(
      [
        { x: 0, y: 0 },
        { x: 1, y: 1 },
      ],
      { colour: 'axis', isDashed: true },
    ),
    ...content,
    svg('text', { ...text, x: middle, y: size - 8, 'text-anchor': 'middle' }, across),
    svg('text', { ...text, transform: `translate(14 ${yOf(0.5)}) rotate(-90)`, 'text-anchor': 'middle' }, up),
  )
}

interface Point {
  /** 0 to 1. */
  x: number
  /** 0 to 1. */
  y: number
}

/** Straight lines from point to point. */
export const line = (
  points: readonly Point[],
  { colour: name, isDashed = false }: { colour: PlotColour; isDashed?: boolean },
): SvgElement =>
  svg('path', {
    d: `M${points.map(({ x, y }) => `${xOf(x)} ${yOf(y)}`).join('L')}`,
    fill: 'none',
    stroke: colour(name),
    'stroke-width': 2,
    ...(isDashed && { 'stroke-dasharray': '5 5' }),
  })

interface Mark extends Point {
  shape: 'circle' | 'diamond'
  colour: PlotColour
  /** In units of the picture, which is 400 wide. */
  radius: number
  /** Shown when the pointer rests on the mark. */
  tip?: string
}

/** A hollow mark; shapes differ too, so that series can be distinguished without colour. */
export function mark({ x, y, shape, colour: name, radius, tip }: Mark): SvgElement {
  const [cx, cy, r] = [xOf(x), yOf(y), round(radius)]
  // Transparent and not unfilled, so that the pointer finds its inside too.
  const drawn = { fill: 'transparent', stroke: colour(name), 'stroke-width': 2 }
  const title = tip === undefined ? [] : [svg('title', {}, tip)]
  return shape === 'circle'
    ? svg('circle', { ...drawn, cx, cy, r }, ...title)
    : svg('path', { ...drawn, d: `M${cx} ${cy - r}l${r} ${r}l${-r} ${r}l${-r} ${-r}Z` }, ...title)
}
