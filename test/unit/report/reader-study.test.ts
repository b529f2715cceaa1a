import { expect, it } from 'vitest'
import { atOnce } from '../../../electron/base/slices.ts'
import type { StudyFigures } from '../../../electron/contract/index.ts'
import { studyFigures } from '../../../electron/engine/evaluation/reader-study.ts'
import { explanationOf } from '../../../electron/report/explanations.ts'
import { fileFormat } from '../../../electron/report/format.ts'
import { studySections } from '../../../electron/report/reader-study.ts'
import { figuresIn, type Section, type Table } from '../../../electron/report/report-model.ts'

const ada = atOnce(
  studyFigures(
    [
      { caseName: 'a', seconds: 12.34, condition: 'blind' },
      { caseName: 'a', seconds: 'pauses', condition: 'aided' },
    ],
    [
      { caseName: 'a', isOverride: true },
      { caseName: 'b', isOverride: false },
    ],
    [{ caseName: 'a', suggested: 'Benign', before: 'Malignant', after: 'Benign' }],
    3,
  ),
)
const ben = atOnce(studyFigures([{ caseName: 'a', seconds: 'first', condition: 'blind' }], [], [], 0))
const shown = (readers: Record<string, StudyFigures>, all: StudyFigures): Section[] =>
  studySections(
    { all, readers: Object.entries(readers).map(([name, figures]) => ({ name, ...figures })) },
    fileFormat,
  )
const tablesOf = (sections: readonly Section[]): Table[] =>
  sections.flatMap(({ blocks }) => blocks.filter((block) => block.kind === 'table'))

it('shows each reader who has figures, and all readers if there are several', () => {
  const [times, overrides, again] = tablesOf(shown({ ada, ben }, ada))
  expect(times?.rows.map(({ cells }) => cells[0])).toEqual(['ada', 'ben', 'All readers'])
  expect(times?.rows[0]?.cells).toEqual([
    'ada',
    '2',
    '1',
    '12.3 s',
    '12.3 s to 12.3 s',
    '–',
    '12.3 s (1)',
    '–',
    '–',
  ])
  expect(times?.rows.map(({ isStrong }) => isStrong)).toEqual([false, false, true])
  expect(overrides?.rows).toEqual([{ cells: ['ada', '2', '2', '1', '50.0 %', '–'], isStrong: false }])
  expect(again?.rows[0]?.cells).toEqual([
    'ada',
    '1',
    '1',
    '0.0 %',
    '100.0 %',
    '+100.0',
    '–',
    '0 of 1',
    '1',
    '0',
    '0',
  ])
})

it('says what was not timed and left out, and what cannot be known', () => {
  const words = JSON.stringify(shown({ ada }, ada))
  expect(words).toContain('Longer than 5 minutes is a pause')
  expect(words).toContain('Not timed: 1 reading. 0 began a session, 1 came after a pause')
  expect(words).toContain('Left out: 3 images')
  expect(words).toContain('When an image was opened.')
})

it('says so where there is nothing to show', () => {
  const nothing = atOnce(studyFigures([], [], [], 0))
  expect(JSON.stringify(shown({}, nothing))).toContain('No reader has labelled yet.')
  const words = JSON.stringify(shown({ ben }, ben))
  expect(words).toContain('No class was chosen with a suggestion in view.')
  expect(words).toContain('No image was read blind and then shown with a suggestion.')
})

it('has a sentence for every figure', () => {
  const labels = shown({ ada, ben }, ada).flatMap(({ blocks }) => blocks.flatMap(figuresIn))
  expect(labels.filter((label) => label !== 'Reader' && explanationOf(label) === null)).toEqual([])
})
