import { createHash } from 'node:crypto'
import {
  researchUseSentence,
  untrainedWarning,
  type ImageView,
  type ModelView,
  type QualityFlag,
  type ReaderView,
} from '../../contract/index.ts'
import { imageSection } from './case-image.ts'
import { caseStyle } from './case-style.ts'
import { facts, table } from './markup.ts'
import { escapeMarkup } from '../../report/plots/svg.ts'

export interface ReportedImage extends ImageView {
  /** null: never measured. */
  flags: QualityFlag[] | null
}

/** Everything that a case report says. */
export interface CaseReport {
  workspace: string
  /** null: images without a case. */
  caseName: string | null
  images: readonly ReportedImage[]
  /** Those that made the verdicts. */
  models: readonly (ModelView & {
    encoderFingerprints: Record<string, string>
    software: Record<string, string>
  })[]
  /** Those who said something of these images. */
  readers: readonly ReaderView[]
  /** The audit trail's newest event. */
  audit: { id: number; hash: string } | null
  writtenBy: string
  writtenAt: string
}

const styleHash = createHash('sha256').update(caseStyle).digest('base64')
/** Nothing is loaded, run or sent; the one style sheet is this one. */
const policy = [
  "default-src 'none'",
  'img-src data:',
  `style-src 'sha256-${styleHash}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

/**
 * The report as one file that needs nothing else: no script, no font, no address.
 * @param pictures JPEG bytes by image id; images without are shown without
 */
export function caseHtml(report: CaseReport, pictures: ReadonlyMap<number, Uint8Array>): string {
  const { images, models, caseName } = report
  const title = escapeMarkup(caseName === null ? `${images.length} images` : `Case ${caseName}`)
  const untrained = images.some(({ verdict }) => verdict?.encoders === 'demo')
  const unofficial = images.some(({ verdict }) => verdict?.encoders === 'unofficial')
  const synthetic = images.filter((image) => image.synthetic).length
  const warnings = [
    ...(untrained ? [untrainedWarning] : []),
    ...(unofficial ? ['UNOFFICIAL WEIGHTS: not the published files of the encoders.'] : []),
    ...(synthetic > 0 ? [`SYNTHETIC TISSUE: ${synthetic} of these images were made by Lobule itself.`] : []),
  ]
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">
<title>${title} - ${escapeMarkup(report.workspace)}</title><style>${caseStyle}</style></head><body>
<header><p class="kind">Case report</p><h1>${title}</h1>
<p class="use">${researchUseSentence}</p>
${warnings.map((warning) => `<p class="warning">${escapeMarkup(warning)}</p>`).join('\n')}
</header>
<main>
<section><h2>Overview</h2>
${overview(report)}
<p>A suggested class is what a model proposes from the image alone; a label is what a reader said. Probabilities are means over the model's boosters; the prediction set holds the true class at least as often as it says, among images like those of the training.</p>
</section>
<section><h2>Images</h2>
${images.map((image) => imageSection(image, pictures.get(image.id))).join('\n')}
</section>
<section><h2>Readers</h2>
${report.readers.length === 0 ? '<p>Nobody has labelled these images.</p>' : readerTable(report)}
</section>
<section><h2>Models</h2>
${models.length === 0 ? '<p>No model was asked for these images.</p>' : models.map(modelTable).join('\n')}
</section>
<section><h2>This report</h2>
${provenance(report)}
</section>
</main>
</body></html>
`
}

function overview({ images }: CaseReport): string {
  const tally = (names: readonly (string | null)[]): string => {
    const counts = new Map<string, number>()
    for (const name of names) if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1)
    return [...counts].map(([name, count]) => `${name} ${count}`).join(', ') || 'none'
  }
  const disputed = images.filter(({ readings }) => readings.isDisputed).length
  const differing = images.filter(
    ({ label, verdict }) => label !== null && verdict !== null && label.className !== verdict.suggested,
  ).length
  const flagged = images.filter(({ flags }) => flags !== null && flags.length > 0).length
  return facts([
    ['Images', String(images.length)],
    ['Labels', tally(images.map(({ label }) => label?.className ?? null))],
    ['Readers disagree', `${disputed} of ${images.length} images`],
    ['Suggested classes', tally(images.map(({ verdict }) => verdict?.suggested ?? null))],
    ['Label differs from suggestion', `${differing} of ${images.length} images`],
    ['Images with flags', `${flagged} of ${images.length}`],
  ])
}

const readerTable = ({ readers, images }: CaseReport): string =>
  table(
    ['reader', 'images of this report', 'entries in the workspace', 'since'],
    readers.map(({ name, entries, since }) => {
      const read = images.filter(({ readings }) => readings.all.some(({ reader }) => reader === name)).length
      return [name, String(read), String(entries), since.slice(0, 10)]
    }),
  )

function modelTable(model: CaseReport['models'][number]): string {
  const encoders = Object.entries(model.encoderFingerprints)
    .map((entry) => `<code>${escapeMarkup(entry.join(' '))}</code>`)
    .join('<br>')
  const mark =
    model.encoders === 'demo'
      ? '<span class="untrained">UNTRAINED</span>'
      : model.encoders === 'unofficial'
        ? '<span class="untrained">UNOFFICIAL</span>'
        : 'official'
  const grouped = model.groupedBy === 'case' ? `${model.cases} cases, folds by case` : 'folds by image'
  return `<h3>${escapeMarkup(model.name)}</h3>
${facts([
  ['Trained', `${model.createdAt}, on ${model.images} images (${grouped})`],
  ['Out-of-fold accuracy', `${(100 * model.accuracy).toFixed(1)} %, not of these images in particular`],
  ['Synthetic tissue in training', model.synthetic ? 'yes' : 'no'],
  [
    'Recipe',
    `${model.recipe.name} (${model.boosters} ${model.boosters === 1 ? 'booster' : 'boosters'}), fingerprint ${model.recipeFingerprint}`,
  ],
  [
    'Software',
    Object.entries(model.software)
      .map((entry) => entry.join(' '))
      .join(', '),
  ],
])}
<p>Encoders: ${mark}<br>${encoders}</p>`
}

const provenance = ({ workspace, audit, writtenAt, writtenBy }: CaseReport): string =>
  facts([
    ['Workspace', workspace],
    ['Written', `${writtenAt} by ${writtenBy}`],
    [
      'Audit trail',
      audit === null
        ? 'there is none'
        : `event ${audit.id}, hash ${audit.hash}. Lobule can say later whether the workspace still holds the trail up to here: "lobule audit verify --head".`,
    ],
  ])
