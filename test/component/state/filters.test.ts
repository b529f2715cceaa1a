import { expect, it } from 'vitest'
import { countOf, faultsOf, fits, noFilter, type Filter } from '../../../renderer/state/filters.ts'
import { image, reading, verdict } from '../support/views.ts'

const flag = (code: 'out-of-focus' | 'pixel-size-unknown') => ({ code, measured: 1, threshold: 2 })
const of = (
  id: number,
  className: string | null,
  suggested: string,
  flags: ReturnType<typeof flag>[] = [],
  caseName = 'a',
) => {
  const readings = className === null ? [] : [reading({ className })]
  return image(id, { verdict: verdict({ suggested, flags }), caseName }, readings)
}
const images = [
  of(1, 'Benign', 'Benign', [flag('pixel-size-unknown')]),
  of(2, 'Benign', 'Malignant', [flag('pixel-size-unknown'), flag('out-of-focus')]),
  of(3, 'Malignant', 'Malignant', [], 'b'),
  of(4, null, 'Malignant', [], 'b'),
]
const filter = (change: Partial<Filter>): Filter => ({ ...noFilter, ...change })

it('counts what each choice would list beside the other filters', () => {
  expect(countOf(images).labels).toEqual(
    new Map([
      ['Benign', 2],
      ['Malignant', 1],
    ]),
  )
  const ofBenign = countOf(images, filter({ label: 'Benign' }))
  // Another label would take the place of this one.
  expect(ofBenign.labels).toEqual(
    new Map([
      ['Benign', 2],
      ['Malignant', 1],
    ]),
  )
  expect(ofBenign.suggestions).toEqual(
    new Map([
      ['Benign', 1],
      ['Malignant', 1],
    ]),
  )
  expect(ofBenign.shows).toMatchObject({ all: 2, labelled: 2, unlabelled: 0, differs: 1 })
  const both = countOf(images, filter({ label: 'Benign', suggested: 'Malignant' }))
  expect(both.labels).toEqual(
    new Map([
      ['Benign', 1],
      ['Malignant', 1],
    ]),
  )
  expect(both.suggestions).toEqual(
    new Map([
      ['Benign', 1],
      ['Malignant', 1],
    ]),
  )
  expect(both.shows.all).toBe(1)
})

it('agrees with the list for every choice and filter', () => {
  const labels = [null, 'Benign', 'Malignant']
  for (const label of labels)
    for (const suggested of labels)
      for (const show of ['all', 'differs', 'flagged', 'unlabelled'] as const)
        for (const search of ['', 'benign']) {
          const now = filter({ label, suggested, show, search, caseName: null })
          const counts = countOf(images, now)
          const listed = (change: Partial<Filter>) => images.filter(fits({ ...now, ...change })).length
          for (const other of ['Benign', 'Malignant']) {
            expect(counts.labels.get(other) ?? 0).toBe(listed({ label: other }))
            expect(counts.suggestions.get(other) ?? 0).toBe(listed({ suggested: other }))
          }
          expect(counts.shows.all).toBe(listed({ show: 'all' }))
          expect(counts.shows.flagged).toBe(listed({ show: 'flagged' }))
          expect(counts.flags.get('out-of-focus') ?? 0).toBe(listed({ flag: 'out-of-focus' }))
        }
})

it('lists what is assigned to a reader, and counts it for each beside the other filters', () => {
  const assigned = [
    image(1, { assignedTo: ['Ada'], caseName: 'a' }),
    image(2, { assignedTo: ['Ada', 'Bea'], caseName: 'b' }),
    image(3, { caseName: 'b' }),
  ]
  const listed = (change: Partial<Filter>) => assigned.filter(fits(filter(change))).map(({ id }) => id)
  expect(listed({ assignedTo: 'Ada' })).toEqual([1, 2])
  expect(listed({ assignedTo: 'Ada', caseName: 'b' })).toEqual([2])
  expect(listed({ assignedTo: 'Cleo' })).toEqual([])
  const counts = countOf(assigned, filter({ assignedTo: 'Bea', caseName: 'b' }))
  expect(counts.assigned).toEqual(
    new Map([
      ['Ada', 1],
      ['Bea', 1],
    ]),
  )
  expect(counts.shows.all).toBe(1)
})

it('does not count an unknown pixel size as a fault of an image', () => {
  expect(images.map((one) => faultsOf(one).map(({ code }) => code))).toEqual([[], ['out-of-focus'], [], []])
  expect(countOf(images).shows.flagged).toBe(1)
  expect(countOf(images).flags).toEqual(
    new Map([
      ['pixel-size-unknown', 2],
      ['out-of-focus', 1],
    ]),
  )
})

it('lists what awaits an adjudication: disputed images and those that a reader is unsure of', () => {
  const unsure = image(5, {}, [reading({ className: null, isUnsure: true })])
  const disputed = image(6, {
    readings: { all: [], adjudication: null, isDisputed: true, isWithheld: false },
  })
  const settled = image(7, {
    readings: { ...disputed.readings, adjudication: reading({ className: 'Benign' }) },
  })
  const all = [...images, unsure, disputed, settled]
  expect(countOf(all).shows.awaiting).toBe(2)
  expect(all.filter(fits(filter({ show: 'awaiting' }))).map(({ id }) => id)).toEqual([5, 6])
})

it('sets the images of the newest import apart, none of them for a blind reader', () => {
  const began = '2026-12-01T14:30:00.000Z'
  const times = ['2026-12-01T14:29:59.999Z', began, '2026-12-01T15:00:00.000Z', null]
  const all = times.map((importedAt, place) => ({ ...image(place + 1), importedAt }))
  expect(all.filter(fits(filter({ importedFrom: began }))).map(({ id }) => id)).toEqual([2, 3])
  expect(countOf(all, noFilter, began).newest).toBe(2)
  expect(countOf(all, filter({ importedFrom: began }), began)).toMatchObject({ newest: 2, shows: { all: 2 } })
  expect(countOf(all, filter({ label: 'Benign' }), began).newest).toBe(0)
  expect(countOf(all).newest).toBe(0)
})
