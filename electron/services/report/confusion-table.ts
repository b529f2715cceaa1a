import { escapeMarkup } from '../../report/plots/svg.ts'

const round = (value: number): number => Math.round(value * 100) / 100

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
