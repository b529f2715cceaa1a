import { beforeEach, describe, expect, test } from 'vitest'
import type { SlideAnalysis, SlideDraft, SlideMapView } from '../../../electron/contract/index.ts'
import type { SlideMap } from '../../../electron/engine/slides/slide-map.ts'
import { SlideMaps } from '../../../renderer/state/slide-map.svelte.ts'
import { drawnMap, newSlideAnalysis } from '../../support/slide-map.ts'
import { deferred, stubClient, type StubClient } from '../support/stub-client.ts'

/** Three places worth a look, the second one first: see summarise. */
const map = drawnMap(['b...c...n'])

const analysis = (said: Partial<SlideAnalysis> = {}): SlideAnalysis => newSlideAnalysis(map, said)
const view = ({ id, imageId }: SlideAnalysis, of: SlideMap = map): SlideMapView => ({
  analysisId: id,
  imageId,
  grid: of.grid,
  classes: [...of.classes],
  cells: [...of.cells],
  probabilities: probabilities ?? [...of.probabilities],
  likeness: null,
  tissueShare: [...of.tissueShare],
  augmentations,
})

let analyses: SlideAnalysis[]
let augmentations: number[] | null
/** null: those of the map. */
let probabilities: number[] | null
let stub: StubClient
let maps: SlideMaps

beforeEach(() => {
  localStorage.clear()
  augmentations = null
  probabilities = null
  analyses = [analysis({ id: 2 }), analysis({ id: 1 })]
  stub = stubClient({
    'slide.analyses': () => analyses,
    'slide.draft': () => null,
    'slide.map': ({ analysisId }) => view(analysis({ id: analysisId })),
    'slide.analyse': () => ({ jobId: 7 }),
    'slide.write': ({ formats = [] }) => ({ files: formats.map((format) => `/out/${format}`) }),
  })
  maps = new SlideMaps(stub.client)
})

describe('the threshold for slides', () => {
  test('is learned for a model, and the suggestion of the shown slide is loaded again', async () => {
    stub = stubClient({
      'slide.analyses': () => analyses,
      'slide.draft': () => null,
      'slide.map': ({ analysisId }) => view(analysis({ id: analysisId })),
      'slide.threshold': ({ model }) => ({ modelName: model }) as never,
      'slide.calibrate': () => ({ threshold: 0.2 }) as never,
    })
    maps = new SlideMaps(stub.client)
    expect(await maps.slideThreshold('m')).toEqual({ modelName: 'm' })
    expect(await maps.calibrate('m')).toEqual({ threshold: 0.2 })
    maps.toggle()
    await maps.show(1)
    const suggestion = { isPositive: true } as SlideAnalysis['suggestion']
    analyses = [analysis({ id: 2, suggestion })]
    await maps.calibrate('m')
    expect(maps.analysis?.suggestion).toEqual(suggestion)
    expect(stub.asked.map(([name]) => name)).toEqual([
      'slide.threshold', 'slide.calibrate', 'slide.analyses', 'slide.map', 'slide.draft', 'slide.calibrate',
      'slide.analyses', 'slide.draft',
    ]) // prettier-ignore
  })
})

describe('the map of a slide', () => {
  test('is not loaded while it is off', async () => {
    await maps.show(1)
    expect(stub.asked).toEqual([])
    expect(maps.analyses).toBeNull()
  })

  test('is that of the newest analysis, until another is chosen', async () => {
    maps.toggle()
    await maps.show(1)
    expect([maps.analysis?.id, maps.map?.analysisId]).toEqual([2, 2])
    await maps.choose(1)
    expect([maps.analysis?.id, maps.map?.analysisId]).toEqual([1, 1])
    expect(stub.asked.map(([name]) => name)).toEqual([
      'slide.analyses',
      'slide.map',
      'slide.draft',
      'slide.map',
    ])
  })

  test('shows the carcinoma score, or the probability of a class', async () => {
    maps.toggle()
    await maps.show(1)
    expect(maps.className).toBeNull()
    // 0.125 / (0.125 + 0.75) for benign and normal, 0.75 / (0.75 + 0.125) for carcinoma.
    expect(maps.values).toEqual([1 / 7, 6 / 7, 1 / 7].map((score): unknown => expect.closeTo(score, 12)))
    maps.showClass('Normal')
    expect(maps.values).toEqual([0.125, 0.125, 0.75])
    maps.raiseThreshold(0.5)
    expect(maps.values).toEqual([null, null, 0.75])
    maps.showClass('A class of another model')
    expect(maps.className).toBeNull()
  })

  test('stretches its colours to what the shown maps contain, the same for slides side by side', async () => {
    const beside = maps.beside()
    maps.toggle()
    await maps.show(1)
    maps.showClass('Normal')
    expect([maps.content, maps.range]).toEqual([
      { low: 0.12, high: 0.75 },
      { low: 0, high: 1 },
    ])
    maps.stretch(true)
    // 0.125 and 0.75 in 0.12 to 0.75.
    const stretched = [0.005 / 0.63, 0.005 / 0.63, 1].map((value): unknown => expect.closeTo(value, 12))
    expect(maps.values).toEqual(stretched)
    // The threshold is one of probabilities, not of colours.
    maps.raiseThreshold(0.125)
    expect(maps.values).toEqual(stretched)
    maps.raiseThreshold(0.2)
    expect(maps.values[0]).toBeNull()
    maps.raiseThreshold(0)
    probabilities = [...map.probabilities].map(() => 1)
    await beside.show(2)
    expect([maps.range, beside.range]).toEqual([
      { low: 0.12, high: 1 },
      { low: 0.12, high: 1 },
    ])
    beside.forget()
    expect(maps.range).toEqual({ low: 0.12, high: 0.75 })
    // Kept on this machine.
    expect(new SlideMaps(stub.client).isStretched).toBe(true)
  })

  test('shows how often each place was predicted, where some were again', async () => {
    maps.toggle()
    maps.showEffort()
    await maps.show(1)
    // Of an analysis without it, the score.
    expect([maps.most, maps.isOfEffort, maps.values.length]).toEqual([null, false, 3])
    const effort = { margin: 0.2, possible: 4, again: 2 }
    analyses = [analysis({ id: 3, effort })]
    augmentations = [1, 2, 4]
    await maps.show(1)
    expect([maps.most, maps.isOfEffort]).toEqual([4, true])
    maps.raiseThreshold(0.9)
    // Whatever the threshold of probabilities.
    expect(maps.values).toEqual([null, 1 / 3, 1])
    maps.showClass('Normal')
    expect([maps.isOfEffort, maps.values]).toEqual([false, [null, null, null]])
  })

  test('shows the first class of a model without a score', async () => {
    const [first] = analyses
    if (first !== undefined) analyses = [{ ...first, summary: { ...first.summary, score95: null } }]
    maps.toggle()
    await maps.show(1)
    expect([maps.hasScore, maps.className]).toEqual([false, 'Benign'])
  })

  test('keeps the newest slide when an older answer is late', async () => {
    const late = deferred<SlideAnalysis[]>()
    stub = stubClient({
      'slide.analyses': ({ imageId }) => (imageId === 1 ? late.promise : []),
      'slide.draft': () => null,
      'slide.map': () => view(analysis()),
    })
    maps = new SlideMaps(stub.client)
    maps.toggle()
    const first = maps.show(1)
    await maps.show(2)
    late.resolve(analyses)
    await first
    expect(maps.analyses).toEqual([])
    expect(maps.map).toBeNull()
  })

  test('takes a new analysis when it is shown again', async () => {
    maps.toggle()
    await maps.show(1)
    analyses = [analysis({ id: 3 }), ...analyses]
    await maps.show(1)
    expect([maps.analysis?.id, maps.map?.analysisId]).toEqual([3, 3])
  })

  test('of a slide beside another one is that of a finished analysis alone', async () => {
    maps.toggle()
    const beside = maps.beside()
    await beside.show(1)
    await beside.follow()
    expect([beside.isOn, beside.map?.analysisId, beside.draft]).toEqual([true, 2, null])
    expect(stub.asked.map(([name]) => name)).toEqual(['slide.analyses', 'slide.map'])
  })

  test('is that of an unfinished analysis while there is one', async () => {
    let draft: SlideDraft | null = {
      grid: { rows: 1, columns: 9, strideUm: 100, placeUm: 200 },
      classes: ['Other', 'Carcinoma'],
      isPositive: [false, true],
      done: 0,
      total: 9,
      cells: [2, 6],
      spans: [4, 4],
      probabilities: [0.75, 0.25, 0.5, 0.5],
    }
    stub = stubClient({
      'slide.analyses': () => analyses,
      'slide.draft': () => draft,
      'slide.map': ({ analysisId }) => view(analysis({ id: analysisId })),
    })
    maps = new SlideMaps(stub.client)
    // No call is made while no slide is shown.
    await maps.follow()
    expect(stub.asked).toEqual([])
    maps.toggle()
    await maps.show(1)
    expect([maps.classes, maps.hasScore, maps.values]).toEqual([draft.classes, true, [0.25, 0.5]])
    maps.showClass('Other')
    expect(maps.values).toEqual([0.75, 0.5])
    draft = {
      ...draft,
      done: 1,
      cells: [...draft.cells, 3],
      spans: [4, 4, 1],
      probabilities: [...draft.probabilities, 0, 1],
    }
    await maps.follow()
    expect(maps.values).toEqual([0.75, 0.5, 0])
    draft = null
    await maps.follow()
    expect([maps.draft, maps.classes, maps.values.length]).toEqual([null, map.classes, 3])
  })

  test('is forgotten when it is turned off', async () => {
    maps.toggle()
    await maps.show(1)
    maps.toggle()
    expect([maps.analyses, maps.map, maps.place]).toEqual([null, null, null])
  })
})

describe('places worth a look', () => {
  beforeEach(async () => {
    maps.toggle()
    await maps.show(1)
  })

  test('come in their order, and the first again after the last', () => {
    const stepped = Array.from({ length: 4 }, () => maps.step(1)?.cell)
    expect(stepped).toEqual([4, 0, 8, 4])
    expect(maps.step(-1)?.cell).toBe(8)
  })

  test('begin with the last one backwards', () => {
    expect(maps.step(-1)?.cell).toBe(8)
  })

  test('can be left', () => {
    maps.stepTo(1)
    expect(maps.place?.cell).toBe(0)
    maps.stepTo(null)
    expect([maps.place, maps.placeIndex]).toEqual([null, null])
  })
})

test('threshold and opacity stay between 0 and 1', () => {
  maps.raiseThreshold(1.5)
  maps.fade(-1)
  expect([maps.threshold, maps.opacity]).toEqual([1, 0])
})

test('an analysis is written as chosen', async () => {
  expect(await maps.write('/out', ['csv'], false)).toEqual([])
  maps.toggle()
  await maps.show(1)
  expect(await maps.write('/out', ['run', 'csv'], true)).toEqual(['/out/run', '/out/csv'])
  expect(stub.asked.at(-1)).toEqual([
    'slide.write',
    { imageId: 1, analysisId: 2, directory: '/out', formats: ['run', 'csv'], replace: true },
  ])
})
