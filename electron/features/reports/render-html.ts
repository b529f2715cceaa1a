import { createHash } from 'node:crypto'
import { atOnce, inSlices, type Sliced } from '../../base/slices.ts'
import { researchUseSentence } from '../../contract/index.ts'
import { shareBar } from '../../report/plots/share-bar.ts'
import { escapeMarkup as escape, svgMarkup } from '../../report/plots/svg.ts'
import { explanationOf } from '../../report/explanations.ts'
import { meaningOf } from '../../report/report-model.ts'
import type { Bar, FileBlock, FileReport, Inline, Section, Table, Text } from '../../report/report-model.ts'
import { reportWords } from '../../report/words.ts'
import { reportStyle } from './report-style.ts'

const styleHash = createHash('sha256').update(reportStyle).digest('base64')
/** The report may not load, run or send anything. Only its own style sheet is allowed. */
const policy = [
  "default-src 'none'",
  'img-src data:',
  `style-src 'sha256-${styleHash}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

/** JPEG bytes by the key of a block. A picture that is missing is shown as missing. */
export type Pictures = ReadonlyMap<string, Uint8Array>

/** A report as one self-contained HTML file without scripts, fonts or links. */
export const renderHtml = (report: FileReport, pictures: Pictures): string =>
  atOnce(renderInSlices(report, pictures))

/** The same for a long report. */
export function* renderInSlices(report: FileReport, pictures: Pictures): Sliced<string> {
  const { kind, title, context, warnings, lead, sections } = report
  const parts: string[] = []
  for (const section of sections) parts.push(yield* sectionMarkup(section, pictures))
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">
<title>${escape(context === null ? title : `${title} - ${context}`)}</title><style>${reportStyle}</style></head><body>
<header><p class="kind">${escape(kind)}</p><h1>${escape(title)}</h1>
<p class="use">${escape(researchUseSentence)}</p>
${warnings.map((warning) => `<p class="warning">${escape(warning)}</p>`).join('\n')}
${lead.map((sentence) => `<p>${escape(sentence)}</p>`).join('\n')}
</header>
<main>
${parts.join('\n')}
</main>
</body></html>
`
}

function* sectionMarkup({ title, blocks }: Section<FileBlock>, pictures: Pictures): Sliced<string> {
  const parts: string[] = []
  yield* inSlices(blocks, (slice) => parts.push(blocksMarkup(slice, pictures)))
  return `<section><h2>${escape(title)}</h2>\n${parts.join('\n')}\n</section>`
}

const blocksMarkup = (blocks: readonly FileBlock[], pictures: Pictures): string =>
  blocks.map((block) => blockMarkup(block, pictures)).join('\n')

function blockMarkup(block: FileBlock, pictures: Pictures): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p${block.isNote === true ? ' class="note"' : ''}>${textMarkup(block.text)}</p>`
    case 'heading':
      return `<h3>${escape(block.text)}</h3>`
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${escape(item)}</li>`).join('')}</ul>`
    case 'facts':
      return `<table class="facts"><tbody>${block.facts
        .map(
          ([name, value]) =>
            `<tr><th scope="row"${tipMarkup(explanationOf(name))}>${escape(name)}</th><td>${textMarkup(value)}</td></tr>`,
        )
        .join('\n')}</tbody></table>`
    case 'table':
      return tableMarkup(block)
    case 'bars':
      return barsMarkup(block.label, block.bars)
    case 'plots':
      return `<div class="plots">${block.plots
        .map(
          ({ title, plot, key, blocks }) =>
            `<figure><figcaption>${escape(title)}</figcaption>${svgMarkup(plot)}<p class="note">${key.map(escape).join(' &nbsp; ')}</p>\n${blocksMarkup(blocks, pictures)}</figure>`,
        )
        .join('\n')}</div>`
    case 'details':
      return `<details><summary>${escape(block.summary)}</summary>${blocksMarkup(block.blocks, pictures)}</details>`
    case 'confusion':
      return confusionMarkup(block.classes, block.confusion)
    case 'pictures':
      return `<div class="pictures">${block.pictures
        .map(
          ({ key, lines }) =>
            `<figure>${pictureMarkup(pictures.get(key), '')}<figcaption>${lines.map(escape).join('<br>')}</figcaption></figure>`,
        )
        .join('\n')}</div>`
    case 'article': {
      const picture =
        pictureMarkup(pictures.get(block.key), `Thumbnail of ${block.fileName}`) ||
        '<p class="no-picture">No picture: the file cannot be read, or the report has the maximum number of pictures.</p>'
      return `<article>
<div class="picture">${picture}</div>
<div class="about"><h3>${escape(block.title)} <small>${escape(block.note)}</small></h3>
${blocksMarkup(block.blocks, pictures)}
<p class="on-paper">${escape(researchUseSentence)}</p>
</div></article>`
    }
  }
}

const textMarkup = (text: Text): string =>
  typeof text === 'string' || !isList(text) ? inlineMarkup(text) : text.map(inlineMarkup).join('')

const isList = (text: Text): text is readonly Inline[] => Array.isArray(text)

function inlineMarkup(inline: Inline): string {
  if (typeof inline === 'string') return escape(inline)
  switch (inline.kind) {
    case 'class':
    case 'case':
      return escape(inline.name)
    case 'code':
      return `<code>${escape(inline.text)}</code>`
    case 'strong':
      return `<strong>${escape(inline.text)}</strong>`
    case 'mark':
      return `<span class="untrained">${escape(inline.text)}</span>`
  }
}

const tipMarkup = (meaning: string | null): string => (meaning === null ? '' : ` title="${escape(meaning)}"`)

function tableMarkup({ caption, columns, rows, hasRowHeads }: Table): string {
  const numberClass = (column: number): string =>
    columns[column]?.isNumber === true ? ' class="number"' : ''
  const head = columns
    .map(
      (of, column) =>
        `<th scope="col"${numberClass(column)}${tipMarkup(meaningOf(of))}>${textMarkup(of.title)}</th>`,
    )
    .join('')
  const body = rows.map(({ cells, isStrong }) => {
    const markup = cells.map((cell, column) =>
      hasRowHeads && column === 0
        ? `<th scope="row">${textMarkup(cell)}</th>`
        : `<td${numberClass(column)}>${textMarkup(cell)}</td>`,
    )
    return `<tr${isStrong === true ? ' class="strong"' : ''}>${markup.join('')}</tr>`
  })
  const above = caption === undefined ? '' : `<caption>${escape(caption)}</caption>`
  return `<table>${above}<thead><tr>${head}</tr></thead><tbody>\n${body.join('\n')}\n</tbody></table>`
}

function barsMarkup(label: string, bars: readonly Bar[]): string {
  const rows = bars.map(
    ({ name, share, text, isStrong }) =>
      `<tr${isStrong ? ' class="strong"' : ''}><th scope="row">${escape(name)}</th><td class="bar">${svgMarkup(shareBar(share, isStrong))}</td><td class="number">${escape(text)}</td></tr>`,
  )
  return `<table class="bars"><caption>${escape(label)}</caption><tbody>${rows.join('\n')}</tbody></table>`
}

/** Levels of tint. The style sheet has a class for each, since the policy forbids inline styles. */
const tintSteps = 10

function confusionMarkup(classes: readonly string[], confusion: readonly (readonly number[])[]): string {
  const head = classes.map((name) => `<th scope="col">${escape(name)}</th>`).join('')
  const rows = confusion.map((row, truth) => {
    const total = row.reduce((sum, count) => sum + count, 0)
    const cells = row.map((count, predicted) => {
      const share = total === 0 ? 0 : count / total
      const side = predicted === truth ? 'right' : 'wrong'
      return `<td class="${side} tint-${Math.round(tintSteps * share)}">${count} <small>${Math.round(100 * share)} %</small></td>`
    })
    return `<tr><th scope="row">${escape(classes[truth] ?? '')}</th>${cells.join('')}</tr>`
  })
  return `<table class="confusion"><thead><tr><th scope="col">${reportWords.confusion.corner}</th>${head}</tr></thead><tbody>${rows.join('\n')}</tbody></table>`
}

const pictureMarkup = (bytes: Uint8Array | undefined, text: string): string =>
  bytes === undefined
    ? ''
    : `<img alt="${escape(text)}" src="data:image/jpeg;base64,${Buffer.from(bytes).toString('base64')}">`
