import {
  qualityFlagWords,
  researchUseSentence,
  type ReadingView,
  type VerdictView,
} from '../../contract/index.ts'
import type { ReportedImage } from './case-html.ts'
import { likenessWords } from './likeness-words.ts'
import { facts, table } from './markup.ts'
import { escapeMarkup } from '../../report/plots/svg.ts'

/** Never rounded to the certainty that it is not. */
function percent(share: number): string {
  if (share > 0 && share < 0.0005) return '< 0.1 %'
  if (share < 1 && share >= 0.9995) return '> 99.9 %'
  return `${(100 * share).toFixed(1)} %`
}
const decimals = (value: number | null): string => (value === null ? '-' : value.toFixed(3))

/** One image: its picture, what readers said, what is suggested and how sure that is. */
export function imageSection(image: ReportedImage, picture: Uint8Array | undefined): string {
  const shown =
    picture === undefined
      ? '<p class="no-picture">No picture: the file cannot be read, or the report holds enough of them.</p>'
      : `<img alt="Thumbnail of ${escapeMarkup(image.fileName)}" src="data:image/jpeg;base64,${Buffer.from(picture).toString('base64')}">`
  return `<article>
<div class="picture">${shown}</div>
<div class="about"><h3>${escapeMarkup(image.fileName)}${image.page > 1 ? `, page ${image.page}` : ''} <small>image ${image.id}</small></h3>
${marks(image)}
${readings(image)}
${image.verdict === null ? '<p>No class was suggested yet.</p>' : suggestion(image.verdict)}
${flags(image)}
<p class="hash">${image.widthPx} × ${image.heightPx} px, ${image.pixelSizeUm === null ? 'pixel size unknown' : `${image.pixelSizeUm} µm per pixel (${escapeMarkup(image.pixelSizeSource)})`}; SHA-256 <code>${image.sha256}</code></p>
<p class="on-paper">${researchUseSentence}</p>
</div></article>`
}

function marks({ synthetic, verdict, readings }: ReportedImage): string {
  const said = [
    ...(verdict?.encoders === 'demo' ? ['UNTRAINED'] : []),
    ...(verdict?.encoders === 'unofficial' ? ['UNOFFICIAL WEIGHTS'] : []),
    ...(synthetic ? ['SYNTHETIC'] : []),
    ...(readings.isDisputed ? ['READERS DISAGREE'] : []),
  ]
  return said.length === 0
    ? ''
    : `<p>${said.map((mark) => `<span class="untrained">${mark}</span>`).join(' ')}</p>`
}

function readings({ readings: { all, adjudication }, label }: ReportedImage): string {
  if (all.length === 0 && adjudication === null) return '<p>No label.</p>'
  const row = (kind: string, reading: ReadingView): string[] => [
    kind,
    reading.reader,
    reading.className ?? (reading.isUnsure ? 'unsure' : 'none'),
    `${reading.at.slice(0, 16).replace('T', ' ')}${reading.isBlind ? ', blind' : ''}`,
    reading.comment ?? '',
  ]
  const rows = [
    ...all.map((reading) => row('reading', reading)),
    ...(adjudication === null ? [] : [row('adjudicated', adjudication)]),
  ]
  const counts = label === null ? 'none' : label.className
  return `${table(['label', 'by', 'class', 'at (UTC)', 'comment'], rows, 'readings')}<p>Label that counts: <strong>${escapeMarkup(counts)}</strong></p>`
}

function suggestion(verdict: VerdictView): string {
  const { details, suggested, probabilities, carcinomaScore } = verdict
  const calibrated = details?.calibrated[suggested]
  const rows: [string, string][] = [
    [
      'Suggested class',
      `${suggested}, ${percent(probabilities[suggested] ?? 0)}${calibrated === undefined ? '' : ` (calibrated ${percent(calibrated)})`}`,
    ],
    ['Two-class score', decimals(carcinomaScore)],
  ]
  if (details !== null) {
    const { operatingPoint, predictionSet, spread, augmentations, likeness } = details
    if (operatingPoint !== null) {
      const side = operatingPoint.isPositive ? 'positive' : 'negative'
      rows.push(['Operating point', `${operatingPoint.threshold}: ${side} side`])
    }
    rows.push(
      [
        `Prediction set at ${percent(predictionSet.level)}`,
        predictionSet.classes.join(', ') || 'none: no class is as probable as it should be',
      ],
      ['Spread over boosters', decimals(spread.boosters)],
      ['Spread over stains', decimals(spread.augmentations)],
      ['Augmentations', String(augmentations)],
      ['Likeness to the training images', likenessWords(likeness)],
    )
  }
  const asked = verdict.outOfFold
    ? 'the image took part in training; only boosters that never saw it were asked'
    : 'the image took no part in training'
  rows.push([
    'By model',
    `${verdict.modelName}, ${verdict.at.slice(0, 16).replace('T', ' ')} UTC (${verdict.boosters} ${verdict.boosters === 1 ? 'booster' : 'boosters'}; ${asked})`,
  ])
  return `${bars(probabilities, suggested)}${facts(rows)}`
}

/** A bar a class; drawn, since the policy knows no style of single elements. */
function bars(probabilities: Readonly<Record<string, number>>, suggested: string): string {
  const lines = Object.entries(probabilities).map(([name, share]) => {
    const width = Math.round(share * 1000) / 10
    return `<tr class="${name === suggested ? 'suggested' : ''}"><th scope="row">${escapeMarkup(name)}</th><td class="bar"><svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="ground" width="100" height="8"/><rect class="share" width="${width}" height="8"/></svg></td><td>${escapeMarkup(percent(share))}</td></tr>`
  })
  return `<table class="bars"><thead><tr><th scope="col">class</th><th scope="col" class="bar">probability</th><th scope="col"></th></tr></thead><tbody>${lines.join('\n')}</tbody></table>`
}

function flags({ flags: found }: ReportedImage): string {
  if (found === null) return '<p>Quality was not measured yet.</p>'
  if (found.length === 0) return '<p>No flags.</p>'
  const items = found.map(({ code, measured, threshold }) => {
    const numbers =
      code === 'pixel-size-unknown'
        ? ''
        : ` (measured ${Number(measured.toPrecision(3))}, limit ${Number(threshold.toPrecision(3))})`
    return `<li>${qualityFlagWords[code]}${numbers}</li>`
  })
  return `<ul class="flags">${items.join('')}</ul>`
}
