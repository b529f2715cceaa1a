import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  AppError,
  folderCases,
  type CaseProposal,
  type ImportPreview,
} from '../../../electron/contract/index.ts'
import { ImportDraft } from '../../../renderer/state/import-draft.svelte.ts'
import { stubClient, type Answers } from '../support/stub-client.ts'

const preview = (files: number): ImportPreview => ({
  files: [],
  totals: { files, bytes: 1000, cases: 1, withoutCase: 0, labelled: 0, minImages: files, maxImages: files },
  similarCases: [],
  freeBytes: 500,
  failed: [],
  rows: [],
})

function start(answers: Answers = {}) {
  const { client, asked } = stubClient(answers)
  return { draft: new ImportDraft(client, undefined), asked }
}

/** As the page does after each change of the entries. */
async function look(draft: ImportDraft): Promise<void> {
  draft.previewSoon()
  await vi.runAllTimersAsync()
}

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

describe('what to import', () => {
  test('a path is there once, typed or chosen', () => {
    const { draft } = start()
    draft.add(['/a', '/b'])
    draft.typedPath = '  /a '
    draft.addTyped()
    draft.typedPath = ' '
    draft.addTyped()
    expect(draft).toMatchObject({ paths: ['/a', '/b'], typedPath: '' })
    draft.remove('/a')
    expect(draft.allPaths).toEqual(['/b'])
  })

  test('dropped files are refused if they cannot be sent', () => {
    const { draft } = start()
    draft.takeDrop([{} as never])
    expect(draft.drops).toEqual([])
  })
})

describe('the preview', () => {
  test('stays while the expression for the cases is unfinished', async () => {
    const { draft } = start({ 'image.preview': () => preview(3) })
    draft.add(['/a'])
    draft.previewSoon()
    await vi.advanceTimersByTimeAsync(300)
    draft.cases.choose('own')
    draft.cases.pattern = 'case('
    draft.previewSoon()
    await vi.advanceTimersByTimeAsync(300)
    expect(draft.preview?.totals.files).toBe(3)
    // It is not what an import would do.
    expect([draft.isPreviewed, draft.patternReason === null]).toEqual([false, false])
    draft.remove('/a')
    draft.previewSoon()
    expect(draft.preview).toBeNull()
  })

  test('is requested after a pause, with the current entries', async () => {
    const { draft, asked } = start({ 'image.preview': () => preview(3) })
    draft.add(['/a'])
    draft.previewSoon()
    expect(draft.isPreviewing).toBe(true)
    expect(asked).toEqual([])
    await vi.runAllTimersAsync()
    expect(asked).toEqual([
      ['image.proposeCases', { paths: ['/a'] }],
      [
        'image.preview',
        {
          paths: ['/a'],
          labels: 'folder',
          labelsFile: null,
          casesPattern: String.raw`case(\d+)`,
          mostFiles: 60,
          draft: expect.stringMatching(/^\d+-\d+$/) as string,
        },
      ],
    ])
    expect(draft.isPreviewing).toBe(false)
    expect(draft.preview?.totals.files).toBe(3)
  })

  test('takes the best way to read the cases, until the user chooses another', async () => {
    const proposal = { isLast: false, cases: 4, withoutCase: 0, minImages: 3, maxImages: 3 }
    const proposals: CaseProposal[] = [
      { ...proposal, form: 'folder', pattern: folderCases, example: { file: 'a.png', caseName: 'S21' } },
      {
        ...proposal,
        form: 'first-number',
        pattern: String.raw`(\d+)`,
        example: { file: '1.png', caseName: '1' },
      },
    ]
    let found = proposals
    const { draft } = start({ 'image.preview': () => preview(3), 'image.proposeCases': () => found })
    draft.add(['/a'])
    draft.previewSoon()
    await vi.runAllTimersAsync()
    expect(draft.cases).toMatchObject({ choice: folderCases, pattern: folderCases, hasNoProposal: false })
    draft.cases.choose('own')
    expect(draft.cases).toMatchObject({ choice: 'own', pattern: '' })
    draft.cases.choose(String.raw`(\d+)`)
    draft.add(['/b'])
    draft.previewSoon()
    await vi.runAllTimersAsync()
    expect(draft.cases.choice).toBe(String.raw`(\d+)`)
    // Another workspace starts again; where nothing fits, no case is read.
    draft.clear()
    found = []
    draft.add(['/c'])
    draft.previewSoon()
    await vi.runAllTimersAsync()
    expect(draft.cases).toMatchObject({ choice: 'none', hasNoProposal: true })
  })

  test('several changes within the pause cause one request', async () => {
    const { draft, asked } = start({ 'image.preview': () => preview(3) })
    draft.add(['/a'])
    const callOff = draft.previewSoon()
    callOff()
    draft.cases.hasCases = false
    draft.previewSoon()
    await vi.runAllTimersAsync()
    expect(asked).toMatchObject([
      ['image.proposeCases', { paths: ['/a'] }],
      ['image.preview', { casesPattern: null }],
    ])
  })

  test('an outdated answer is dropped', async () => {
    const first = Promise.withResolvers<ImportPreview>()
    const answers = [first.promise, Promise.resolve(preview(2))]
    const { draft } = start({ 'image.preview': () => answers.shift() ?? preview(0) })
    draft.add(['/a'])
    draft.previewSoon()
    await vi.runAllTimersAsync()
    draft.add(['/b'])
    draft.previewSoon()
    await vi.runAllTimersAsync()
    first.resolve(preview(1))
    await vi.runAllTimersAsync()
    expect(draft.preview?.totals.files).toBe(2)
  })

  test('without files is empty, and requests nothing', () => {
    const { draft, asked } = start()
    draft.previewSoon()
    expect(draft).toMatchObject({ preview: null, isPreviewing: false })
    draft.add(['/a'])
    draft.labels = 'table'
    draft.previewSoon()
    expect(draft.isPreviewing).toBe(false)
    expect(asked).toEqual([])
  })

  test('a failure is shown beside its cause', async () => {
    const { draft } = start({
      'image.preview': () => Promise.reject(new AppError('path.not-found', { path: '/table.csv' })),
    })
    draft.add(['/a'])
    draft.previewSoon()
    await vi.runAllTimersAsync()
    expect(draft.previewError?.code).toBe('path.not-found')
    expect(draft.tableError).toBeNull()
    draft.labels = 'table'
    expect(draft.tableError?.code).toBe('path.not-found')
    expect(draft.previewError).toBeNull()
  })

  test('an invalid expression is refused before any request', async () => {
    const { draft, asked } = start()
    draft.add(['/a'])
    draft.cases.pattern = '('
    expect(draft.patternReason).toBeTruthy()
    draft.previewSoon()
    await vi.runAllTimersAsync()
    expect(asked).toEqual([])
    draft.cases.hasCases = false
    expect(draft.patternReason).toBeNull()
  })

  test('shows whether there is space for copies', async () => {
    const { draft } = start({ 'image.preview': () => preview(1) })
    draft.add(['/a'])
    draft.previewSoon()
    await vi.runAllTimersAsync()
    expect(draft.lacksRoom).toBe(false)
    draft.copies = true
    expect(draft.lacksRoom).toBe(true)
  })
})

describe('numbers that are typed', () => {
  test.each([
    ['0.25', 0.25],
    [' 0,5 ', 0.5],
    ['0.05', 0.05],
    ['20', 20],
    ['0.04', undefined],
    ['21', undefined],
    ['', undefined],
    ['x', undefined],
  ])('the pixel size %j is %s', (text, value) => {
    const { draft } = start()
    draft.pixelSizeText = text
    expect(draft.pixelSizeUm).toBeNull()
    draft.statesPixelSize = true
    expect(draft.pixelSizeUm).toBe(value)
  })

  test.each([
    ['1', 1],
    ['4096', 4096],
    ['0', undefined],
    ['4097', undefined],
    ['1.5', undefined],
    ['', undefined],
  ])('the page %j is %s', (text, value) => {
    const { draft } = start()
    expect(draft.pageChoice).toBe('ask')
    draft.pages = 'number'
    draft.pageText = text
    expect(draft.pageChoice).toBe(value)
  })
})

describe('the start', () => {
  const previewed: Answers = { 'image.preview': () => preview(1) }

  test('waits until exactly the present sources were looked at', async () => {
    const { draft, asked } = start({ ...previewed, 'image.import': () => ({ jobId: 5 }) })
    const isRefused = async (): Promise<boolean> => (await draft.start()) === null
    draft.add(['/a'])
    expect([draft.isPreviewed, await isRefused()]).toEqual([false, true])
    draft.previewSoon()
    expect([draft.isPreviewed, await isRefused()]).toEqual([false, true])
    await look(draft)
    expect(draft.isPreviewed).toBe(true)
    // Another path, or another way to read labels or cases, is looked at first.
    draft.typedPath = '/b'
    draft.addTyped()
    expect([draft.isPreviewed, await isRefused()]).toEqual([false, true])
    await look(draft)
    draft.labels = 'none'
    expect([draft.isPreviewed, await isRefused()]).toEqual([false, true])
    expect(asked.map(([name]) => name)).not.toContain('image.import')
    await look(draft)
    expect(await draft.start()).toBe(5)
    expect(draft.isPreviewed).toBe(false)
  })

  test('is possible where the preview failed: the import gives a reason of its own', async () => {
    const { draft } = start({
      ...previewed,
      'image.preview': () => Promise.reject(new AppError('path.not-found', { path: '/a' })),
      'image.import': () => ({ jobId: 5 }),
    })
    draft.add(['/a'])
    await look(draft)
    expect(await draft.start()).toBe(5)
  })

  test('sends the entries, and the next import starts with the same choices', async () => {
    const { draft, asked } = start({ ...previewed, 'image.import': () => ({ jobId: 5 }) })
    draft.add(['/a'])
    draft.labels = 'none'
    draft.copies = true
    draft.cameraBits = 12
    await look(draft)
    expect(await draft.start()).toBe(5)
    expect(asked.slice(2)).toMatchObject([
      [
        'image.import',
        { paths: ['/a'], labels: 'none', pixelSizeUm: null, cameraBits: 12, pages: 'ask', copy: true },
      ],
    ])
    expect(draft).toMatchObject({ paths: [], labels: 'none', copies: true, cameraBits: 12, startError: null })
  })

  test('a refusal keeps everything and gives the reason', async () => {
    const { draft } = start({
      ...previewed,
      'image.import': () => Promise.reject(new AppError('path.not-found', { path: '/a' })),
    })
    draft.add(['/a'])
    await look(draft)
    expect(await draft.start()).toBeNull()
    expect(draft.startError?.code).toBe('path.not-found')
    expect(draft.paths).toEqual(['/a'])
  })

  test('nothing is sent with an invalid number', async () => {
    const { draft, asked } = start(previewed)
    draft.add(['/a'])
    await look(draft)
    draft.statesPixelSize = true
    draft.pixelSizeText = 'x'
    expect(await draft.start()).toBeNull()
    expect(asked.map(([name]) => name)).not.toContain('image.import')
  })

  test('all pages of failed files are imported for that import only', async () => {
    const { draft } = start({ ...previewed, 'image.import': () => ({ jobId: 5 }) })
    draft.retry(['/stack.tif'], true)
    expect(draft).toMatchObject({ paths: ['/stack.tif'], pages: 'all' })
    await look(draft)
    await draft.start()
    expect(draft.pages).toBe('ask')
  })
})

test('another workspace begins with no files', () => {
  const { draft } = start()
  draft.add(['/a'])
  draft.tablePath = '/table.csv'
  draft.clear()
  expect(draft).toMatchObject({ paths: [], tablePath: '', typedPath: '', preview: null })
})
