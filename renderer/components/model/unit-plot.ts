import {
  Chart,
  LinearScale,
  LineElement,
  PointElement,
  ScatterController,
  Tooltip,
  type ChartDataset,
  type PointStyle,
} from 'chart.js'
import type { ChartColour, Theme } from './chart-theme.svelte.ts'

Chart.register(LinearScale, LineElement, PointElement, ScatterController, Tooltip)

export interface Dot {
  x: number
  y: number
  radiusPx?: number
  /** Said where the mouse rests on it. */
  tip?: string
}

export interface Series {
  dots: readonly Dot[]
  colour: ChartColour
  /** A line through the dots, which are then not drawn. */
  line?: 'solid' | 'dashed'
  shape?: PointStyle
  isHollow?: boolean
}

/** Where the unit square lies on the canvas, CSS px. */
export interface PlotArea {
  left: number
  top: number
  width: number
  height: number
}

interface Plot {
  across: string
  up: string
  series: readonly Series[]
  theme: Theme
  onLayout: (area: PlotArea) => void
}

const diagonal: Series = {
  dots: [
    { x: 0, y: 0 },
    { x: 1, y: 1 },
  ],
  colour: 'lineStrong',
  line: 'dashed',
}

/** Draws a plot whose axes run from 0 to 1, with the diagonal. */
export function drawUnitPlot(
  canvas: HTMLCanvasElement,
  { across, up, series, theme, onLayout }: Plot,
): Chart<'scatter', Dot[]> {
  const { colours, fontFamily, fontPx } = theme
  const font = { family: fontFamily, size: fontPx }
  const axis = (title: string) => ({
    min: 0,
    max: 1,
    title: { display: true, text: title, color: colours.muted, font },
    ticks: { stepSize: 0.2, color: colours.muted, font },
    grid: { color: colours.line },
    border: { color: colours.lineStrong },
  })
  return new Chart<'scatter', Dot[]>(canvas, {
    type: 'scatter',
    data: { datasets: [diagonal, ...series].map((one) => datasetOf(one, theme)) },
    options: {
      animation: false,
      maintainAspectRatio: false,
      scales: { x: axis(across), y: axis(up) },
      plugins: {
        tooltip: {
          filter: ({ raw }) => (raw as Dot).tip !== undefined,
          callbacks: { label: ({ raw }) => (raw as Dot).tip ?? '' },
          displayColors: false,
          titleFont: font,
          bodyFont: font,
        },
      },
    },
    plugins: [
      {
        id: 'area',
        afterLayout: ({ chartArea: { left, top, width, height } }) => onLayout({ left, top, width, height }),
      },
    ],
  })
}

function datasetOf(series: Series, { colours }: Theme): ChartDataset<'scatter', Dot[]> {
  const { dots, line, shape = 'circle', isHollow = false } = series
  const colour = colours[series.colour]
  const radii = dots.map(({ radiusPx = 5 }) => radiusPx)
  return {
    data: [...dots],
    showLine: line !== undefined,
    // A dot on the edge is drawn whole.
    clip: false,
    borderColor: colour,
    borderWidth: 2,
    borderDash: line === 'dashed' ? [5, 5] : [],
    backgroundColor: isHollow ? 'transparent' : colour,
    pointStyle: line === undefined ? shape : false,
    pointRadius: radii,
    pointHoverRadius: radii,
  }
}
