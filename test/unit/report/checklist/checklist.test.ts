import { describe, expect, it } from 'vitest'
import {
  checklistNames,
  checklistSchema,
  type Checklist,
  type ChecklistAnswers,
  type ChecklistItem,
  type ChecklistName,
} from '../../../../electron/contract/index.ts'
import { renderHtml } from '../../../../electron/features/reports/render-html.ts'
import {
  checklistFileReport,
  checklistText,
  fillChecklist,
  itemLines,
  itemNumbers,
} from '../../../../electron/report/checklist/checklist.ts'
import { facts } from '../../../../electron/report/checklist/item.ts'
import { modelCard } from '../../../../electron/report/checklist/model-card.ts'
import type { EvidenceRecord } from '../../../../electron/report/checklist/record.ts'
import { fileFormat } from '../../../../electron/report/format.ts'
import { record, testedRecord } from '../../../support/evidence-record.ts'

const at = '2026-03-01T00:00:00.000Z'
const fill = (name: ChecklistName, answers: ChecklistAnswers = [], of: EvidenceRecord = record): Checklist =>
  fillChecklist(name, of, answers, at)
function itemOf(checklist: Checklist, number: string): ChecklistItem {
  const found = checklist.items.find((item) => item.number === number)
  if (found === undefined) throw new Error(`no item ${number}`)
  return found
}

describe('the items', () => {
  it('of TRIPOD+AI are 27 in 52 parts, in the published order', () => {
    const numbers = itemNumbers('tripod-ai')
    expect(numbers).toHaveLength(52)
    expect(new Set(numbers).size).toBe(52)
    expect([...new Set(numbers.map((number) => Number.parseInt(number, 10)))]).toEqual(
      Array.from({ length: 27 }, (_, index) => index + 1),
    )
    const parts = Object.entries(Object.groupBy(numbers, (number) => Number.parseInt(number, 10)))
      .filter(([, own]) => (own?.length ?? 0) > 1)
      .map(([number, own]) => `${number}${own?.at(-1)?.at(-1) ?? ''}`)
    expect(parts.join(' ')).toBe('3c 5b 6c 8c 9c 12g 18f 20c 23b 27c')
  })

  it('of CLAIM are 1 to 44', () => {
    expect(itemNumbers('claim')).toEqual(Array.from({ length: 44 }, (_, index) => String(index + 1)))
  })

  it.each(checklistNames)('of %s each have a topic, and facts or a question', (name) => {
    const checklist = fill(name)
    expect(checklistSchema.parse(checklist)).toEqual(checklist)
    for (const item of checklist.items) {
      expect(item.topic.length, item.number).toBeGreaterThan(2)
      if (item.state === 'program') expect(item.facts, item.number).not.toEqual([])
      if (item.state === 'open') expect(item.needs, item.number).not.toBeNull()
      for (const fact of item.facts) expect(fact, item.number).not.toMatch(/undefined|NaN|null|Infinity|\n/)
    }
    const { program, person, open, 'not-applicable': excluded } = checklist.counts
    expect(program + person + open + excluded).toBe(checklist.items.length)
    expect(person).toBe(0)
  })
})

describe('facts', () => {
  it.each<[keyof typeof facts, string]>([
    ['flow', 'Imports: images added 15, already there 1, refused 2.'],
    ['flow', 'Images: 15; with a label 12, with labels that differ 1, without a label 2'],
    ['initialisation', 'published weights'],
    ['trainingData', '12 images of 6 cases: Benign 6 (3 cases), Malignant 6 (3 cases)'],
    ['blinding', 'Of 17 independent labels, 12 were given blind'],
    ['kappa', 'ada and ben 0.70 (95 %: 0.50 to 0.90; 7 images)'],
    ['tried', '3 models were trained before on mostly the same images.'],
    ['tried', 'Put in use on 2026-01-03 by ada: pilot.'],
    ['acquisition', 'Pixel size 0.42 to 0.5 µm; 3 images without one.'],
    ['importDates', 'from 2026-01-01 to 2026-01-02'],
    ['threshold', '0.4 (chosen on 2026-01-04 by ada: no carcinoma may be missed)'],
    ['overrides', '1 of 2 images (50.0 %)'],
    ['performance', 'Out-of-fold accuracy 91.7 % (95 % over cases: '],
    ['performance', 'balanced accuracy 91.7 %'],
    ['failures', '1 of 12 images were suggested another class than their label: Benign as Malignant 1.'],
    ['folds', 'Accuracy by fold: 83.3 %, 100.0 % (mean 91.7 %'],
    ['quality', 'out of focus (2)'],
    ['testSets', 'No images are locked for tests.'],
    ['partition', 'No case is in more than one fold.'],
  ])('of %s: %s', (name, words) => {
    expect(facts[name](record, fileFormat).join(' ')).toContain(words)
  })

  it('say who opened a test set, why, and what it gave', () => {
    const words = facts.testSets(testedRecord, fileFormat).join(' ')
    expect(words).toContain('Test set "site B": 20 images of 8 cases, locked 2026-01-01 (other site).')
    expect(words).toContain(
      'on 2026-02-01 by eva (final test): "site B", opening 1, accuracy 70.0 % (95 % over cases: 50.0 % to 85.0 %)',
    )
    expect(words).toContain('opened once')
    const unopened = { ...testedRecord, report: record.report }
    expect(facts.testSets(unopened, fileFormat).at(-1)).toBe('No test set was opened for this model.')
  })

  it('say so where nothing is known yet', () => {
    const { images, agreement, promotions, imports } = record
    const none = { low: 0.42, high: 0.42 }
    const [first] = promotions
    if (first === undefined) throw new Error('no promotion')
    const of: EvidenceRecord = {
      ...record,
      images: { ...images, checked: 0, flags: [], pixelSizes: none },
      agreement: { ...agreement, readers: [], pairs: [] },
      promotions: [{ ...first, reader: null, reason: 'Put in use by the training.', withdrawn: null }],
      imports: { ...imports, last: imports.first },
    }
    expect(facts.quality(of, fileFormat).join()).toContain('no image has one yet')
    expect(facts.blinding(of, fileFormat).join()).toContain('No reader gave an independent label')
    expect(facts.kappa(of, fileFormat).join()).toContain('No kappa')
    expect(facts.acquisition(of, fileFormat).join()).toContain('Pixel size 0.42 µm')
    expect(facts.importDates(of, fileFormat)).toEqual(['Images were imported on 2026-01-01.'])
    expect(facts.tried(of, fileFormat).at(-1)).toBe(
      'Put in use on 2026-01-03 by the program: Put in use by the training.',
    )
    const unknown = { ...record, images: { ...images, pixelSizes: null } }
    expect(facts.acquisition(unknown, fileFormat).join()).toContain('No pixel size is known.')
  })

  it('claim no preprocessing of descriptors from another program', () => {
    const { recipe } = record.report
    const external = { ...recipe, external: { name: 'published', fingerprint: 'a' } }
    const of = { ...record, report: { ...record.report, recipe: external } }
    expect(facts.preprocessing(of, fileFormat).join()).not.toContain('Macenko')
  })
})

it('tells what the program knows, what is open and what does not apply', () => {
  const checklist = fill('tripod-ai')
  expect(itemOf(checklist, '11').state).toBe('program')
  expect(itemOf(checklist, '17')).toMatchObject({ state: 'open', facts: [] })
  // Known in part.
  expect(itemOf(checklist, '18f')).toMatchObject({
    state: 'open',
    facts: [expect.stringContaining('LightGBM')],
  })
  expect(itemOf(checklist, '9c').state).toBe('not-applicable')
  expect(itemOf(checklist, '12f')).toMatchObject({
    state: 'not-applicable',
    facts: ['No test set was opened for this model.'],
  })
  expect(itemOf(fill('tripod-ai', [], testedRecord), '12f').state).toBe('program')
})

it('asks for what depends on the study', () => {
  // Two labels came from folder names.
  expect(itemOf(fill('tripod-ai'), '8c')).toMatchObject({ state: 'open', facts: [expect.any(String)] })
  const inLobule = { ...record.images, bySource: { reader: 12, folder: 0, table: 0, synthetic: 0 } }
  const own = { ...record, images: inLobule }
  expect(itemOf(fill('tripod-ai', [], own), '8c').state).toBe('program')
  expect(itemOf(fill('claim'), '26').state).toBe('program')
  const noReason = { ...record, pointChosen: null }
  expect(itemOf(fill('claim', [], noReason), '26')).toMatchObject({
    state: 'open',
    needs: 'Why this operating point.',
  })
})

it('says that a model was trained elsewhere, and that its threshold was changed after a test', () => {
  const here = facts.reference(record, fileFormat)
  const packaged = { ...record, images: { ...record.images, ofTraining: 0 } }
  const there = facts.reference(packaged, fileFormat)
  expect(there).toEqual([expect.stringContaining('Only 0 of the 12 training images'), ...here])
  expect(facts.noUpdate(testedRecord, fileFormat)).toHaveLength(1)
  const changed = { at: '2026-02-02T00:00:00.000Z', reader: null, reason: null }
  expect(facts.noUpdate({ ...testedRecord, pointChosen: changed }, fileFormat)[1]).toContain('2026-02-02')
})

it('leaves open what the program does not know after all', () => {
  const noCarcinoma = { ...record.report.evaluation, positive: [] }
  const of = { ...record, report: { ...record.report, evaluation: noCarcinoma } }
  expect(facts.threshold(of, fileFormat)).toEqual([])
  expect(itemOf(fill('tripod-ai', [], of), '15').state).toBe('program')
})

it('takes the answers of a person, with who and when', () => {
  const checklist = fill('tripod-ai', [
    { item: '17', answer: 'Waived.' },
    { item: '17', answer: 'Approved.', reader: 'Dr. Ada', at: '2026-02-03' },
    { item: '6c', answer: 'No treatment before biopsy.', isNotApplicable: true },
    { item: '23a', answer: 'See Table 2.\nAnd Figure 1.' },
  ])
  expect(itemOf(checklist, '17').state).toBe('person')
  expect(itemOf(checklist, '6c').state).toBe('not-applicable')
  // The facts stay beside the answer.
  expect(itemOf(checklist, '23a')).toMatchObject({ state: 'person' })
  expect(itemOf(checklist, '23a').facts.length).toBeGreaterThan(0)
  expect(checklist.counts.person).toBe(2)
  const text = checklistText(checklist, 'Lobule 0.1.0')
  expect(text).toContain('17  Ethics [filled by a person]\n    Approved. (Dr. Ada, 2026-02-03)')
  expect(text).toContain('    See Table 2.\n    And Figure 1.\n    Out-of-fold accuracy')
  expect(text).not.toContain('The committee')
  expect(text).toContain('18a  Funding [open]\n    Still open: The source of funding')
  expect(text).toContain('The descriptions are Lobule’s own')
  expect(text).toContain('BMJ 2024;385:e078378')
})

it('shows when an answer was given as its reader writes times; other words for it stay', () => {
  const format = { ...fileFormat, time: (iso: string) => `at ${iso.slice(11, 16)}` }
  const said = (time: string): string[] =>
    itemLines(itemOf(fill('tripod-ai', [{ item: '17', answer: 'Yes.', at: time }]), '17'), format).said
  expect(said(at)).toEqual(['Yes. (at 00:00)'])
  for (const words of ['2026-02-03', 'in May', '2026-99-99T00:00Z'])
    expect(said(words)).toEqual([`Yes. (${words})`])
})

it.each(checklistNames)('is a page without scripts: %s', (name) => {
  const hostile = { ...record.report, model: '<script>alert(1)</script>' }
  const html = renderHtml(
    checklistFileReport(fill(name, [], { ...record, report: hostile }), 'Lobule 0.1.0'),
    new Map(),
  )
  expect(html).not.toContain('<script')
  expect(html).toContain('&lt;script&gt;')
  expect(html).toContain('filled by Lobule')
})

it('writes a model card whose names are no mark-up', () => {
  const card = modelCard(record, 'Lobule 0.1.0', at)
  expect(card).toContain('# Model card: first \\| \\*one\\*\n')
  for (const title of ['Intended use', 'Performance', 'Calibration', 'Limits', 'To be added by a person'])
    expect(card).toContain(`## ${title}\n`)
  expect(card).toContain('- Out-of-fold accuracy 91.7 %')
  expect(card).toContain('For Research Use Only')
  expect(card).not.toContain('SYNTHETIC')
  expect(card).not.toContain('UNTRAINED')
  const untrained = { ...record, report: { ...record.report, weights: 'untrained' as const } }
  expect(modelCard(untrained, 'x', at)).toContain('UNTRAINED ENCODER')
  const odd = { ...record.report, model: 'a\n# b <img src=x>' }
  expect(modelCard({ ...record, report: odd }, 'x', at)).toContain('# Model card: a \\# b \\<img src=x\\>\n')
})
