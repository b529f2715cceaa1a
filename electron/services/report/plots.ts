import type { Calibration, Figures } from '../../contract/index.ts'
import { escapeMarkup } from './markup.ts'

const edgePx = 260
const marginPx = 46

/** Both axes run from 0 to 1; the diagonal is drawn. */
function unitPlot(label: string, across: string, up: string, content: string): string {
  const size = edgePx + marginPx + 12
  const grid = [0, 0.25, 0.5, 0.75, 1]
    .map((tick) => {
      const [x, y] = [xOf(tick), yOf(tick)]
      return `<path class="grid" d="M${x} ${yOf(0)}V${yOf(1)}M${xOf(0)} ${y}H${xOf(1)}"/>
<text x="${x}" y="${yOf(0) + 16}" text-anchor="middle">${tick}</text>
<text x="${xOf(0) - 6}" y="${y + 4}" text-anchor="end">${tick}</text>`
    })
    .join('\n')
  return `<svg role="img" aria-label="${escapeMarkup(label)}" viewBox="0 0 ${size} ${size}" width="${size}" height="${size}">
${grid}
<path class="diagonal" d="M${xOf(0)} ${yOf(0)}L${xOf(1)} ${yOf(1)}"/>
${content}
<text x="${xOf(0.5)}" y="${size - 4}" text-anchor="middle">${escapeMarkup(across)}</text>
<text transform="translate(11 ${yOf(0.5)}) rotate(-90)" text-anchor="middle">${escapeMarkup(up)}</text>
</svg>`
}

const round = (value: number): number => Math.round(value * 100) / 100
const xOf = (share: number): number => round(marginPx + share * edgePx)
const yOf = (share: number): number => round(8 + (1 - share) * edgePx)

/** The ROC with the chosen operating point. */
export function rocPlot(
  { roc, auc }: Figures,
  chosen: { sensitivity: number; specificity: number } | null,
): string {
  const points = (roc ?? []).map((p) => `${xOf(p.falsePositiveRate)} ${yOf(p.truePositiveRate)}`)
  const mark =
    chosen === null
      ? ''
      : `<circle class="chosen" cx="${xOf(1 - chosen.specificity)}" cy="${yOf(chosen.sensitivity)}" r="5"/>`
  return unitPlot(
    `ROC, area ${auc?.toFixed(3) ?? 'unknown'}`,
    '1 - specificity',
    'sensitivity',
    `<path class="curve" d="M${points.join('L')}"/>${mark}`,
  )
}

/** Share that came true against the probability said; a dot's area grows with its number of images. */
export function reliabilityPlot({ before, after }: Calibration): string {
  const dots = (bins: typeof before.reliability, kind: string): string => {
    const all = bins.reduce((sum, bin) => sum + bin.count, 0)
    return bins
      .filter((bin) => bin.count > 0)
      .map((bin) => {
        const radius = round(3 + 12 * Math.sqrt(bin.count / all))
        return `<circle class="${kind}" cx="${xOf(bin.predicted)}" cy="${yOf(bin.observed)}" r="${radius}"/>`
      })
      .join('')
  }
  return unitPlot(
    'Reliability',
    'probability said',
    'share that came true',
    dots(before.reliability, 'before') + (after === null ? '' : dots(after.reliability, 'after')),
  )
}

/** Rows truth, columns suggested; a cell is as dark as its share of the row. */
export function confusionTable(
  classes: readonly string[],
  confusion: readonly (readonly number[])[],
): string {
  const head = classes.map((name) => `<th>${escapeMarkup(name)}</th>`).join('')
  const rows = confusion.map((row, truth) => {
    const total = row.reduce((sum, count) => sum + count, 0)
    const cells = row.map((count, predicted) => {
      const share = total === 0 ? 0 : count / total
      const colour = predicted === truth ? '0,114,178' : '213,94,0'
      const dark = share > 0.55 ? ';color:#fff' : ''
      return `<td style="background:rgba(${colour},${round(share)})${dark}">${count}</td>`
    })
    return `<tr><th>${escapeMarkup(classes[truth] ?? '')}</th>${cells.join('')}</tr>`
  })
  return `<table class="confusion"><thead><tr><th>label \\ suggested</th>${head}</tr></thead><tbody>${rows.join('\n')}</tbody></table>`
}
