import { isUnlike, unlikeLevel, type ModelReport } from '../../contract/index.ts'
import { operatingPoint } from '../../engine/evaluation/index.ts'
import { reliabilityPlot, rocPlot } from '../../report/plots/model-plots.ts'
import { escapeMarkup, svgMarkup } from '../../report/plots/svg.ts'
import { table } from './markup.ts'
import { confusionTable } from './confusion-table.ts'

/** A report with more pictures would be too large to send. */
export const mostThumbnails = 60
/** Lines of the table of images that are least like the others. */
const mostUnlike = 10

const style = `body{font:15px/1.5 system-ui,sans-serif;color:#1c1c1c;background:#fff;max-width:62rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem;margin-bottom:.2rem}h2{font-size:1.15rem;margin-top:2.2rem;border-bottom:1px solid #ddd}
table{border-collapse:collapse;margin:.6rem 0;font-variant-numeric:tabular-nums}th,td{padding:.22rem .6rem;text-align:right;border-bottom:1px solid #e6e6e6}
th:first-child,td:first-child{text-align:left}.facts td{text-align:left;vertical-align:top}.folds tbody tr:last-child{font-weight:600}
.confusion td{text-align:center;min-width:4rem}.plots{display:flex;flex-wrap:wrap;gap:2rem}.plots figure{margin:0}figcaption{color:#555;max-width:20rem}
svg{width:22rem;display:block;--plot-text:#444;--plot-grid:#e4e4e4;--plot-axis:#999;--plot-mark:#a33f00;--plot-muted:#666;--plot-accent:#0072b2}
.untrained{color:#b00020;font-weight:600}.warning{border-left:4px solid #b00020;background:#fdecef;padding:.5rem .8rem;margin:.5rem 0}
.use{border:1px solid #888;padding:.5rem .8rem;margin:1rem 0;font-weight:600}.misses{display:flex;flex-wrap:wrap;gap:1rem}.misses figure{margin:0;width:11rem}
.misses img{width:100%;display:block;background:#eee}.misses figcaption{font-size:.85rem;overflow-wrap:anywhere}code{overflow-wrap:anywhere}`

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
const shareOf = (share: number | null): string => (share === null ? '-' : percent(share))
const range = ({ low, high }: { low: number; high: number }): string =>
  `${low.toFixed(3)} to ${high.toFixed(3)}`

/**
 * A model's report as one file that needs nothing else: no script, no font, no address.
 * @param thumbnails JPEG bytes by the image's content hash, for the misses
 * @param software name and version of the program that writes it
 */
export function htmlReport(
  report: ModelReport,
  thumbnails: ReadonlyMap<string, Uint8Array>,
  { writtenBy, writtenAt }: { writtenBy: string; writtenAt: string },
): string {
  const { evaluation } = report
  const title = escapeMarkup(`Model ${report.model}`)
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width"><title>${title}</title><style>${style}</style></head><body>
<h1>${title}</h1>
<p class="${report.warnings.length > 0 ? 'warning' : ''}">${escapeMarkup(report.headline)}</p>
${report.synthetic ? '<p class="warning">SYNTHETIC TISSUE: images made by Lobule itself are in the training set.</p>' : ''}
<p class="use">${escapeMarkup(report.researchUse)}</p>
<p>${escapeMarkup(report.intendedUse)}</p>
<h2>Accuracy by fold, percent</h2>
${foldTable(report)}
<h2>Figures</h2>
${table(
  ['', 'accuracy', '95 % (Wilson)', 'AUC'],
  [
    [
      'by image',
      percent(evaluation.accuracy),
      range(evaluation.accuracyInterval),
      evaluation.auc?.toFixed(3) ?? '-',
    ],
    ...(evaluation.byCase === null
      ? []
      : [
          [
            'by case',
            percent(evaluation.byCase.accuracy),
            range(evaluation.byCase.accuracyInterval),
            evaluation.byCase.auc?.toFixed(3) ?? '-',
          ],
        ]),
  ],
)}
<p>95 % intervals from ${evaluation.bootstrap.resamples} resamples of ${evaluation.bootstrap.over}s: accuracy ${range(evaluation.bootstrap.accuracy)}${
    evaluation.bootstrap.auc === null ? '' : `, AUC ${range(evaluation.bootstrap.auc)}`
  }.</p>
${confusionTable(evaluation.classes, evaluation.confusion)}
${pointTable(report)}
<div class="plots">${plots(report)}</div>
<h2>Prediction sets</h2>
${table(
  ['asked', 'hold the label', 'mean size'],
  evaluation.conformal.map(({ level, coverage, setSizes }) => [
    percent(level),
    percent(coverage),
    (setSizes.reduce((sum, count, size) => sum + count * size, 0) / evaluation.images).toFixed(2),
  ]),
)}
<h2>Likeness</h2>
${likeness(report)}
<h2>Misses</h2>
${misses(report, thumbnails)}
<h2>Provenance</h2>
${provenance(report, writtenBy, writtenAt)}
</body></html>
`
}

function foldTable({ table: { rows, fusion } }: ModelReport): string {
  const line = (name: string, { perFold, mean, std }: typeof fusion): string[] => [
    name,
    ...[...perFold, mean, std].map((value) => value.toFixed(1)),
  ]
  return table(
    ['', ...fusion.perFold.map((_, fold) => String(fold + 1)), 'mean', 'std'],
    [
      ...rows.map((row) => line(`${row.encoder}, ${row.sizePx} px at scale ${row.scale}`, row)),
      line('model fusion', fusion),
    ],
    'folds',
  )
}

/** The two-class answer at the chosen point. */
function chosenPoint({ predictions, evaluation, operatingPoint: threshold }: ModelReport) {
  const scores = predictions.flatMap(({ carcinomaScore }) => carcinomaScore ?? [])
  const isPositive = predictions.map(({ truth }) => evaluation.positive.includes(truth))
  return scores.length === 0 ? null : operatingPoint(scores, isPositive, threshold)
}

function pointTable(report: ModelReport): string {
  const chosen = chosenPoint(report)
  if (chosen === null) return ''
  const others = report.evaluation.operatingPoints.filter(({ threshold }) => threshold !== chosen.threshold)
  return table(
    ['two-class score at least', 'sensitivity', 'specificity', 'PPV', 'NPV', 'accuracy'],
    [chosen, ...others].map((point, i) => [
      `${point.threshold}${i === 0 ? ' (chosen)' : ''}`,
      ...[point.sensitivity, point.specificity, point.ppv, point.npv, point.accuracy].map(shareOf),
    ]),
  )
}

function plots(report: ModelReport): string {
  const { evaluation } = report
  const chosen = chosenPoint(report)
  const figures: string[] = []
  if (evaluation.roc !== null) {
    const at =
      chosen === null || chosen.sensitivity === null || chosen.specificity === null
        ? null
        : { falsePositiveRate: 1 - chosen.specificity, truePositiveRate: chosen.sensitivity }
    const plot = rocPlot(evaluation.roc, at, {
      label: `ROC, area ${evaluation.auc?.toFixed(3) ?? 'unknown'}`,
      across: '1 - specificity',
      up: 'sensitivity',
    })
    figures.push(
      `<figure>${svgMarkup(plot)}<figcaption>ROC of the two-class score, by image; diamond: the chosen operating point.</figcaption></figure>`,
    )
  }
  const calibration = evaluation.calibration.find(({ of }) => of === 'largest')
  if (calibration !== undefined) {
    const after = calibration.after?.expectedCalibrationError.toFixed(3) ?? '-'
    const plot = reliabilityPlot(calibration, {
      label: 'Reliability',
      across: 'probability said',
      up: 'share that came true',
      tip: ({ predicted, observed, count }) =>
        `said ${percent(predicted)}, came true ${percent(observed)}, images: ${count}`,
    })
    figures.push(
      `<figure>${svgMarkup(plot)}<figcaption>Reliability of the suggested class: circles as published (expected calibration error ${calibration.before.expectedCalibrationError.toFixed(3)}), diamonds after temperature scaling fitted out of fold (${after}).</figcaption></figure>`,
    )
  }
  return figures.join('\n')
}

/** The images that are least like the others: artefacts, wrong files and rare tissue are found among them. */
function likeness({ likeness: reference, predictions }: ModelReport): string {
  if (reference === undefined) {
    return '<p>Not known: the model was trained by a version that did not measure it, or on too few images of different cases. Its verdicts do not say how like the training images an image is.</p>'
  }
  const rows = predictions.flatMap((row) =>
    row.likeness === undefined
      ? []
      : [{ ...row, pValue: row.likeness.pValue, far: row.likeness.distances.at(-1) ?? 0 }],
  )
  const unlike = rows.filter(isUnlike)
  const first = rows.toSorted((a, b) => b.far - a.far).slice(0, mostUnlike)
  return `<p>A new image is compared with these ${rows.length} training images by what the encoders make of them: how far it is from its nearest ${reference.neighbours}, and what share of images lies as far from the others (p). At p of ${unlikeLevel} or less it is flagged; of images like these, about one in ${Math.round(1 / unlikeLevel)} is. Of the training images themselves ${unlike.length} are. The number says nothing of the class.</p>
${table(
  ['least like the others', 'case', 'label', 'p', 'distance'],
  first.map(({ image, caseName, truth, pValue, far }) => [
    image,
    caseName ?? '-',
    truth,
    pValue.toFixed(3),
    far.toFixed(4),
  ]),
)}`
}

function misses({ predictions }: ModelReport, thumbnails: ReadonlyMap<string, Uint8Array>): string {
  const wrong = predictions.filter(({ truth, predicted }) => truth !== predicted)
  const figures = wrong.map((row) => {
    const bytes = thumbnails.get(row.sha256)
    const picture =
      bytes === undefined
        ? ''
        : `<img alt="" src="data:image/jpeg;base64,${Buffer.from(bytes).toString('base64')}">`
    const probability = percent(row.probabilities[row.predicted] ?? 0)
    return `<figure>${picture}<figcaption>${escapeMarkup(row.image)}${row.caseName === null ? '' : ` (${escapeMarkup(row.caseName)})`}<br>label ${escapeMarkup(row.truth)}, suggested ${escapeMarkup(row.predicted)} ${probability}</figcaption></figure>`
  })
  const note =
    wrong.length > mostThumbnails
      ? `; pictures of the first ${mostThumbnails}, where the files can be read`
      : ''
  return `<p>${wrong.length} of ${predictions.length} images are suggested another class than their label${note}.</p><div class="misses">${figures.join('\n')}</div>`
}

function provenance(report: ModelReport, writtenBy: string, writtenAt: string): string {
  const { recipe } = report
  const encoders = Object.entries(report.encoderFingerprints)
    .map(([name, fingerprint]) => `<code>${escapeMarkup(`${name} ${fingerprint}`)}</code>`)
    .join('<br>')
  const untrained = report.encoders === 'demo'
  const facts: [string, string][] = [
    ['Trained', escapeMarkup(`${report.trainedAt}, ${Math.round(report.durationMs / 1000)} s`)],
    ['Images', `${report.images}, of ${report.cases} cases; ${report.imagesWithoutCase} without a case`],
    [
      'Folds',
      `${recipe.folds}, by ${report.groupedBy}; ${recipe.seeds} ${recipe.seeds === 1 ? 'seed' : 'seeds'}; ${report.boosters} boosters`,
    ],
    [
      'Recipe',
      escapeMarkup(
        `${recipe.name} (${recipe.mode}, ${recipe.augmentation.count} augmentations, ${recipe.crops.count} crops)`,
      ) + `<br><code>${report.recipeFingerprint}</code>`,
    ],
    [
      'Encoders',
      `${untrained ? '<span class="untrained">UNTRAINED</span>' : escapeMarkup(report.encoders)}<br>${encoders}`,
    ],
    [
      'Software',
      escapeMarkup(
        Object.entries(report.software)
          .map((entry) => entry.join(' '))
          .join(', '),
      ),
    ],
    ['This file', escapeMarkup(`written ${writtenAt} by ${writtenBy}`)],
  ]
  return `<table class="facts"><tbody>${facts.map(([name, value]) => `<tr><th>${name}</th><td>${value}</td></tr>`).join('\n')}</tbody></table>`
}
