import { escapeMarkup } from '../../report/plots/svg.ts'

/** A table of texts. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[], kind = ''): string => {
  const cells = (tag: string, row: readonly string[]): string =>
    `<tr>${row.map((cell) => `<${tag}>${escapeMarkup(cell)}</${tag}>`).join('')}</tr>`
  const body = rows.map((row) => cells('td', row)).join('\n')
  return `<table class="${kind}"><thead>${cells('th', head)}</thead><tbody>\n${body}\n</tbody></table>`
}

/** Names and texts, two columns. */
export const facts = (rows: readonly (readonly [string, string])[]): string =>
  `<table class="facts"><tbody>${rows
    .map(
      ([name, text]) => `<tr><th scope="row">${escapeMarkup(name)}</th><td>${escapeMarkup(text)}</td></tr>`,
    )
    .join('\n')}</tbody></table>`
