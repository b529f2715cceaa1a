import { expect, it } from 'vitest'
import { atOnce } from '../../../../electron/base/slices.ts'
import { parseCsv } from '../../../../electron/base/csv.ts'
import {
  changeRecipe,
  intendedUseSentence,
  parseClassScheme,
  recipes,
  researchUseSentence,
  untrainedWarning,
  type AccuracyInUse,
  type ModelReport,
  type Recipe,
} from '../../../../electron/contract/index.ts'
import { evaluate, readPredictionTable } from '../../../../electron/engine/evaluation/index.ts'
import { accuracyInUse } from '../../../../electron/engine/evaluation/accuracy-in-use.ts'
import { derivedFigures } from '../../../../electron/engine/evaluation/derived-figures.ts'
import { reportTraining } from '../../../../electron/engine/evaluation/training-report.ts'
import { explanationOf } from '../../../../electron/report/explanations.ts'
import { meaningOf, type FileBlock } from '../../../../electron/report/report-model.ts'
import { modelFileReport } from '../../../../electron/report/model/model-report.ts'
import { renderHtml } from '../../../../electron/features/reports/render-html.ts'
import { csvReport } from '../../../../electron/features/reports/write-report.ts'

const classes = parseClassScheme('Benign,Malignant*')
const recipe = changeRecipe(recipes['quick'] as Recipe, { folds: 2 })
const hostile = '<script>alert("1")</script>, \'a\' & b.png'
const images = Array.from({ length: 12 }, (_, i) => ({
  name: i === 0 ? hostile : i === 1 ? '=HYPERLINK("x")' : `${i}.png`,
  sha256: i.toString(16).repeat(64),
  caseName: `case ${i >> 1}`,
  fold: (i >> 1) % 2,
  truth: i % 4 < 2 ? 0 : 1,
}))
const probabilities = images.map(({ truth }, i) =>
  (i === 0 ? 1 - truth : truth) === 0 ? [0.7 + i / 100, 0.3 - i / 100] : [0.2 + i / 100, 0.8 - i / 100],
)
const training = reportTraining(images, probabilities, [probabilities], {
  recipe,
  classes,
  warnings: [untrainedWarning],
})
const report: ModelReport = {
  ...training,
  derived: derivedFigures(training.evaluation, training.predictions),
  model: 'first <b>',
  headline: `Accuracy. ${untrainedWarning}`,
  intendedUse: intendedUseSentence,
  researchUse: researchUseSentence,
  trainedAt: '2026-01-02T03:04:05.000Z',
  durationMs: 1000,
  recipe,
  recipeFingerprint: 'f'.repeat(64),
  weights: 'untrained',
  encoderFingerprints: { resnet50: 'e'.repeat(64) },
  testSets: [],
  learningCurve: null,
  software: { Lobule: '0.1.0', LightGBM: '4' },
  boosters: 2,
  images: 12,
  cases: 6,
  imagesWithoutCase: 0,
  groupedBy: 'case',
  synthetic: true,
  operatingPoint: 0.4,
}
const judged = Array.from({ length: 20 }, (_, i) => ({
  caseName: `new ${i % 5}`,
  labelledAt: `2026-10-${12 + i}T08:00:00.000Z`,
  isRight: i === 0,
  isInSet: true,
  isBlind: i < 4,
}))
const promised = { accuracy: 0.75, low: 0.6, high: 0.9 }
const inUse: AccuracyInUse = {
  model: report.model,
  ...atOnce(accuracyInUse(judged, promised, 0.9)),
  leftOut: { imported: 1, disputed: 0, removed: 0, removedWrong: 0 },
}
const written = { writtenBy: 'Lobule 0.1.0', writtenAt: '2026-01-03T00:00:00.000Z' }
const html = renderHtml(
  modelFileReport(report, inUse, written),
  new Map([['0'.repeat(64), Uint8Array.of(0xff, 0xd8)]]),
)

it('is one page that loads nothing and runs nothing', () => {
  expect(html).not.toMatch(/<script|javascript:|https?:|<link|@import|url\(/i)
  expect(html).toContain("default-src 'none'")
  expect(html).toContain('&lt;script&gt;alert(&quot;1&quot;)')
  expect(html).toContain('<h1>Model first &lt;b&gt;</h1>')
  expect(html.match(/data:image\/jpeg;base64,\/9g=/g)).toHaveLength(1)
})

it('says what every figure means, beside it and in a list for paper', () => {
  const { sections } = modelFileReport(report, inUse, written)
  const meanings = sections.at(-1)
  expect(meanings?.title).toBe('What the figures mean')
  const listed = new Set(
    meanings?.blocks.flatMap((block) => (block.kind === 'facts' ? block.facts.map(([name]) => name) : [])),
  )
  for (const name of ['Accuracy', 'AUC', 'Brier score', 'PPV', 'Mean size', 'Fold', 'Balanced accuracy'])
    expect(listed).toContain(name)
  // Dates, names and hashes are no figures.
  const noFigures = /^(Recipe|Software|Encoders|Encoding|Colours|Recipe fingerprint|Weights of .*|This file)$/
  const unexplained = (blocks: readonly FileBlock[]): string[] =>
    blocks.flatMap((block) => {
      switch (block.kind) {
        case 'table':
          return block.columns.flatMap((column) =>
            column.isNumber === true && meaningOf(column) === null ? JSON.stringify(column.title) : [],
          )
        case 'facts':
          return block.facts.flatMap(([name]) =>
            noFigures.test(name) || explanationOf(name) !== null ? [] : name,
          )
        case 'plots':
          return block.plots.flatMap((plot) => unexplained(plot.blocks))
        case 'details':
          return unexplained(block.blocks)
        default:
          return []
      }
    })
  expect(sections.slice(0, -1).flatMap(({ blocks }) => unexplained(blocks))).toEqual([])
  expect(html).toContain(
    '<th scope="col" class="number" title="How far the probabilities are from what was true',
  )
})

it('begins with accuracy in use, as a warning if the promise is broken', () => {
  const text = 'since 2026-10-12, 1 of 20 suggestions agreed with the label given after them'
  const first = /<p class="warning">([^<]*)/.exec(html)?.[1]
  expect(first).toContain(text)
  expect(first).toContain('Promised: 75.0 % (60.0 % to 90.0 %). The model does not keep its promise')
  expect(first).toContain('Of labels given blind, 1 of 4; with the suggestion in view, 0 of 16.')
  expect(html).toContain('Not counted: 1 image with an imported label')
  const few = { ...inUse, ...atOnce(accuracyInUse(judged.slice(0, 7), promised, 0.9)) }
  const lead = renderHtml(modelFileReport(report, few, written), new Map())
  expect(lead).toContain('7 labels so far given after a suggestion on new images; 13 more are needed')
  expect(lead).not.toContain('does not keep its promise')
})

it('says that accuracy in use is less than promised where the cases are too few to be sure', () => {
  const sentence = (share: number): string => {
    const all = { images: 20, cases: 2, right: 20 * share, share, interval: null }
    return renderHtml(modelFileReport(report, { ...inUse, all, isBroken: false }, written), new Map())
  }
  expect(sentence(0.5)).toContain('This is less than promised; with so few cases it may be chance.')
  expect(sentence(0.6)).not.toContain('less than promised')
})

it('states the limits of the figures and their complete provenance', () => {
  for (const text of [researchUseSentence, untrainedWarning, intendedUseSentence])
    expect(html).toContain(text)
  expect(html).toContain('<span class="untrained">UNTRAINED</span>')
  expect(html).toContain('SYNTHETIC TISSUE')
  for (const text of [
    '2026-01-02T03:04:05.000Z',
    'LightGBM 4',
    'e'.repeat(64),
    'Model fusion',
    '0.4 (chosen)',
  ]) {
    expect(html).toContain(text)
  }
  // ROC, reliability of the suggested class and of the two-class score.
  expect(html.match(/<svg [^>]*role="img"/g)).toHaveLength(3)
  expect(html).not.toMatch(/NaN|undefined|Infinity/)
})

const refuse = (reason: string): never => {
  throw new Error(reason)
}

it('writes the image of each row where some are regions, so that those without a case stay together', () => {
  expect(csvReport(report)).not.toContain('sha256')
  const rows = images.map((row, i) => ({
    ...row,
    sha256: (i >> 1).toString(16).repeat(64),
    caseName: i < 2 ? 'a' : null,
    ...(i % 2 === 0
      ? {}
      : { region: { uuid: `00000000-0000-4000-8000-0000000000${String(i).padStart(2, '0')}`, fields: 1 } }),
  }))
  const own = reportTraining(rows, probabilities, [probabilities], { recipe, classes, warnings: [] })
  expect(own.evaluation).toMatchObject({ cases: 1, imagesWithoutCase: 5 })
  const table = readPredictionTable(parseCsv(csvReport({ ...report, ...own }), refuse), ['Malignant'])
  const { bootstrap, byCase, imagesWithoutCase } = evaluate(table)
  expect({ bootstrap, imagesWithoutCase }).toEqual({
    bootstrap: own.evaluation.bootstrap,
    imagesWithoutCase: 5,
  })
  expect(byCase?.confusion).toEqual(own.evaluation.byCase?.confusion)
})

it('writes a table from which lobule evaluate gets the same figures', () => {
  const table = readPredictionTable(parseCsv(csvReport(report), refuse), ['Malignant'])
  const again = evaluate(table)
  expect(again).toMatchObject({ images: 12, cases: 6, accuracy: report.evaluation.accuracy })
  expect(again.confusion).toEqual(report.evaluation.confusion)
  expect(again.auc).toBe(report.evaluation.auc)
  // A spreadsheet must not treat a name as a formula; Lobule reads it back as it was.
  expect(csvReport(report)).toContain(`"'=HYPERLINK(""x"")"`)
  expect(table.rows.slice(0, 2).map(({ image }) => image)).toEqual([hostile, '=HYPERLINK("x")'])
})
