import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Checklist, OpeningReport, TestSetView, TrainReport } from '../../../electron/contract/index.ts'
import { lobuleJson, runLobule, type Finished } from '../../support/run-lobule.ts'

let root: string
let home: string
const json = <T>(...parameters: string[]): Promise<T> => lobuleJson<T>(parameters, { home })
const run = (...parameters: string[]): Promise<Finished> => runLobule(parameters, { home })
const study = (): string[] => ['--workspace', join(root, 'study')]

/** Small synthetic fields. */
const settings = ['folds=2', 'augmentations=2', 'crops=96', 'cropCount=2', 'mode=dense', 'rounds=40']
const train = (name: string): Promise<TrainReport> =>
  json('train', ...study(), '--name', name, '--recipe', 'quick', '--set', ...settings)

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-test-set-'))
  home = join(root, 'home')
  await json('encoders', 'demo')
  await json('demo', join(root, 'train'), '--per-class', '8', '--width', '320', '--height', '256')
  await json('init', ...study())
  await json('import', join(root, 'train'), ...study(), '--labels', 'folder', '--cases', 'case[0-9]+')
}, 120_000)
afterAll(() => rmSync(root, { recursive: true, force: true }))

it('locks a share of the cases, trains without them, and says what is locked', async () => {
  const wrong = await run('test-set', 'lock', 'held out', ...study(), '--reason', 'x', '--value', 'B')
  expect(wrong.code).toBe(2)
  expect(wrong.stderr).toContain('exactly one of')
  const set = await json<TestSetView>(
    ...[
      'test-set',
      'lock',
      'held out',
      ...study(),
      '--random',
      '25',
      '--seed',
      '3',
      '--reason',
      'The last word.',
    ],
  )
  expect(set).toMatchObject({ name: 'held out', cases: 4, images: 8, labelled: 8, openings: [] })
  const report = await train('first')
  expect(report.images).toBe(24)
  expect(report.warnings?.join()).toContain('8 labelled images of locked test sets were left out.')
  const { stdout } = await run('test-set', 'show', ...study())
  expect(stdout).toContain('"held out": locked; 8 images, 8 of them labelled, 4 cases; never opened.')
  expect(stdout).toContain('The last word.')
})

it('opens it once by name and reason; a second time only on purpose, and visibly', async () => {
  const open = ['test-set', 'open', 'held out', ...study(), '--model', 'first', '--reason', 'The paper.']
  const first = await json<OpeningReport>(...open)
  expect(first).toMatchObject({ number: 1, images: 8, cases: 4, model: 'first', reason: 'The paper.' })
  expect(first.predictions).toHaveLength(8)
  const refused = await run(...open)
  expect(refused.code).toBe(1)
  expect(refused.stderr).toMatch(/opened for the model "first" on .* already/)
  const second = await json<OpeningReport>(...open, '--again')
  // The same model on the same images: the same figures, whatever the number says.
  expect(second).toMatchObject({ number: 2, numberForModel: 2, accuracy: first.accuracy })
  expect(second.predictions).toEqual(first.predictions)

  const out = join(root, 'report.html')
  await json('report', ...study(), '--model', 'first', '--out', out)
  const html = readFileSync(out, 'utf8')
  expect(html).toContain('Locked test sets')
  expect(html).toContain('&quot;held out&quot;: opened 2 times.')
  const shown = await run('models', 'show', 'first', ...study())
  expect(shown.stdout).toContain('Tested on locked images?')
  const trail = await run('audit', 'list', ...study())
  const lines = trail.stdout.split('\n').filter((line) => / {2}test-set /.test(line))
  expect(lines).toHaveLength(3)
})

it('fills reporting checklists and writes a model card', async () => {
  const report = (...rest: string[]): Promise<Finished> =>
    run('report', ...study(), '--model', 'first', ...rest)
  const printed = await report('--checklist', 'tripod-ai')
  expect(printed.stdout).toContain('TRIPOD+AI, model "first"')
  expect(printed.stdout).toContain('The paper.')
  const answers = join(root, 'answers.json')
  writeFileSync(answers, JSON.stringify({ 44: 'None.', 5: { answer: 'Retrospective.', reader: 'Ada' } }))
  const checklist = await json<Checklist>(
    ...['report', ...study(), '--model', 'first', '--checklist', 'claim', '--answers', answers],
  )
  expect(checklist.items).toHaveLength(44)
  expect(checklist.counts.person).toBe(2)
  for (const ending of ['txt', 'json', 'html']) {
    const out = join(root, `claim.${ending}`)
    expect((await report('--checklist', 'claim', '--answers', answers, '--out', out)).code).toBe(0)
    expect(readFileSync(out, 'utf8')).toContain('Retrospective.')
  }
  // Saved answers are in every checklist of the model from then on, and can be written again.
  await report('--checklist', 'claim', '--answers', answers, '--save')
  const written = join(root, 'written.json')
  expect((await report('--checklist', 'claim', '--export-answers', written)).stdout).toContain('Written to')
  expect(JSON.parse(readFileSync(written, 'utf8'))).toMatchObject({
    44: { answer: 'None.' },
    5: { answer: 'Retrospective.', reader: 'Ada' },
  })
  expect((await report('--checklist', 'claim')).stdout).toContain('2 filled by a person')
  const card = join(root, 'first.md')
  expect((await report('--card', card)).stdout).toContain('Written to')
  expect(readFileSync(card, 'utf8')).toContain('# Model card: first')

  writeFileSync(answers, '{"45": "x"}')
  const unknown = await report('--checklist', 'claim', '--answers', answers)
  expect(unknown.stderr).toContain('claim has no item "45"')
  writeFileSync(answers, '[1]')
  expect((await report('--checklist', 'claim', '--answers', answers)).stderr).toContain('not a JSON object')
  expect((await report('--checklist', 'claim', '--out', join(root, 'claim.csv'))).stderr).toContain('.txt')
  for (const wrong of [
    [],
    ['--answers', answers],
    ['--card', card, '--checklist', 'claim'],
    ['--checklist', 'claim', '--save'],
  ])
    expect((await report(...wrong)).code).toBe(2)
})

it('suggests no class for a locked image, and exports none with the package', async () => {
  const images = await json<{ testSet: string | null; path: string }[]>('images', ...study())
  const locked = images.find(({ testSet }) => testSet === 'held out')?.path ?? ''
  const refused = await run('classify', locked, ...study(), '--model', 'first')
  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain('locked test set "held out"')
  const out = join(root, 'first.zip')
  await json('models', 'export', 'first', ...study(), '--out', out)
  await json('models', 'import', out, ...study(), '--name', 'copy')
  const opened = await json<OpeningReport>(
    ...[
      'test-set',
      'open',
      'held out',
      ...study(),
      '--model',
      'copy',
      '--reason',
      'A copy is another model.',
    ],
  )
  expect(opened).toMatchObject({ number: 3, numberForModel: 1, images: 8 })
})

it('takes later images by site until it is closed, and releases for good', async () => {
  await json('test-set', 'lock', 'next', ...study(), '--later', '--reason', 'Unseen.')
  await json(
    'demo',
    join(root, 'later'),
    '--per-class',
    '2',
    '--seed',
    '9',
    '--width',
    '320',
    '--height',
    '256',
  )
  await json('import', join(root, 'later'), ...study(), '--labels', 'folder')
  expect(await json<TestSetView>('test-set', 'close', 'next', ...study())).toMatchObject({
    images: 8,
    isCollecting: false,
  })
  const released = await json<TestSetView>('test-set', 'release', 'next', ...study(), '--reason', 'Enough.')
  expect(released.released).toMatchObject({ reason: 'Enough.' })
  const again = await run('test-set', 'open', 'next', ...study(), '--model', 'first', '--reason', 'x')
  expect(again.stderr).toContain('a test set no more')
  const cases = join(root, 'cases.txt')
  writeFileSync(cases, '\uFEFFno such case\r\n')
  const unknown = await run('test-set', 'lock', 'more', ...study(), '--cases-file', cases, '--reason', 'x')
  expect(unknown.stderr).toContain('no case "no such case"')
})
