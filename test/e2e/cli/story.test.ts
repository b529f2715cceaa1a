import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  knownLikeness,
  researchUseSentence,
  shownProbabilities,
  untrainedWarning,
  type ExportReport,
  type ImageView,
  type ImportReport,
  type ModelImportReport,
  type ModelReport,
  type TrainReport,
  type VerdictView,
} from '../../../electron/contract/index.ts'
import { writeOddPictures } from '../../support/odd-pictures.ts'
import { withoutLikeness } from '../../support/older-package.ts'
import { isComputing, lobuleJson, runLobule } from '../../support/run-lobule.ts'

interface Classified extends VerdictView {
  image: string
}

const isFlaggedUnlike = ({ flags }: Classified): boolean =>
  flags.some(({ code }) => code === 'unlike-training')

/** Smaller than a camera's, for speed; `docs/results.md` has the figures at full size. */
const size = ['--width', '1024', '--height', '768']
let root: string
let home: string
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-story-'))
  home = join(root, 'home')
  await lobuleJson(['encoders', 'demo'], { home })
  await lobuleJson(['demo', join(root, 'train'), '--per-class', '12', '--seed', '1', ...size], { home })
  await lobuleJson(['demo', join(root, 'new'), '--per-class', '2', '--seed', '2', ...size], { home })
})
afterAll(() => rmSync(root, { recursive: true }))

const json = <T>(...parameters: string[]): Promise<T> => lobuleJson<T>(parameters, { home })
const run = (...parameters: string[]): ReturnType<typeof runLobule> => runLobule(parameters, { home })

/** From an empty folder to predictions. */
async function story(
  name: string,
): Promise<{ trained: TrainReport; verdicts: Classified[]; own: Classified[] }> {
  const workspace = ['--workspace', join(root, name)]
  await json('init', ...workspace)
  await json('import', join(root, 'train'), ...workspace, '--labels', 'folder', '--cases', 'case[0-9]+')
  const trained = await json<TrainReport>('train', ...workspace, '--name', 'first', '--recipe', 'quick')
  const verdicts = await json<Classified[]>('classify', join(root, 'new'), ...workspace)
  const own = await json<Classified[]>('classify', join(root, 'train', 'Benign'), ...workspace)
  return { trained, verdicts, own }
}

describe('from a folder of labelled images to predictions', () => {
  let first: Awaited<ReturnType<typeof story>>
  beforeAll(async () => (first = await story('one')))

  it('trains on synthetic tissue with an out-of-fold accuracy of at least 0.85, folds by case', () => {
    expect(first.trained).toMatchObject({
      model: 'first',
      boosters: 5,
      images: 48,
      cases: 24,
      groupedBy: 'case',
      weights: 'untrained',
      skipped: [],
    })
    expect(first.trained.accuracy).toBeGreaterThanOrEqual(0.85)
    expect(first.trained.folds).toHaveLength(5)
  })

  it('gives every new image a prediction whose probabilities add up', () => {
    expect(first.verdicts).toHaveLength(8)
    for (const verdict of first.verdicts) {
      const values = Object.values(verdict.probabilities)
      // Sums of five softmaxes: rounding only.
      expect(values.reduce((a, b) => a + b)).toBeCloseTo(1, 12)
      expect(verdict.probabilities[verdict.suggested]).toBe(Math.max(...values))
      expect(verdict).toMatchObject({ weights: 'untrained', outOfFold: false, boosters: 5, synthetic: true })
    }
  })

  it('uses only boosters that were not trained on an image of the training set', () => {
    expect(first.own).toHaveLength(12)
    for (const verdict of first.own) expect(verdict).toMatchObject({ outOfFold: true, boosters: 1 })
  })

  it('remembers everything', async () => {
    const images = await json<ImageView[]>('images', '--workspace', join(root, 'one'))
    expect(images).toHaveLength(56)
    expect(images.filter((image) => image.label !== null)).toHaveLength(48)
    expect(images.filter((image) => image.verdict !== null)).toHaveLength(20)
  })

  it('gives the same predictions to the bit when repeated from the start', async () => {
    const second = await story('two')
    expect({ ...second.trained, modelId: 0 }).toEqual({ ...first.trained, modelId: 0 })
    const essence = (verdicts: Classified[]): unknown =>
      verdicts.map(({ image, suggested, probabilities, carcinomaScore }) => [
        image,
        suggested,
        probabilities,
        carcinomaScore,
      ])
    expect(essence(second.verdicts)).toEqual(essence(first.verdicts))
    expect(essence(second.own)).toEqual(essence(first.own))
  })

  it('writes a report, and the predictions as a table', async () => {
    const workspace = ['--workspace', join(root, 'one')]
    await json('report', ...workspace, '--model', 'first', '--out', join(root, 'first.html'))
    const html = readFileSync(join(root, 'first.html'), 'utf8')
    for (const sentence of [researchUseSentence, untrainedWarning]) expect(html).toContain(sentence)
    // Classified already: nothing is encoded again.
    await json('classify', join(root, 'new'), ...workspace, '--csv', join(root, 'verdicts.csv'))
    const table = readFileSync(join(root, 'verdicts.csv'), 'utf8').replace('\uFEFF', '')
    const rows = table
      .trimEnd()
      .split('\r\n')
      .map((line) => line.split(','))
    const columns = rows[0] ?? []
    const column = (name: string): (string | undefined)[] =>
      rows.slice(1).map((row) => row[columns.indexOf(name)])
    expect(column('file')).toEqual(first.verdicts.map(({ image }) => image))
    expect(column('suggested class')).toEqual(first.verdicts.map(({ suggested }) => suggested))
    expect(column('p Benign').map(Number)).toEqual(
      first.verdicts.map((verdict) => shownProbabilities(verdict)['Benign']),
    )
    expect(column('raw p Benign').map(Number)).toEqual(
      first.verdicts.map(({ probabilities }) => probabilities['Benign']),
    )
    expect(column('two-class score').map(Number)).toEqual(first.verdicts.map((v) => v.carcinomaScore))
    expect(column('likeness p').map(Number)).toEqual(
      first.verdicts.map(({ details }) => knownLikeness(details?.likeness)?.pValue),
    )
    expect(new Set(column('side'))).toEqual(new Set(['below', 'at or above']))
    expect(new Set(column('weights'))).toEqual(new Set(['UNTRAINED']))
    expect(new Set(column('use'))).toEqual(new Set([researchUseSentence]))
  })

  it('gives the same predictions to the bit in a workspace that imported the model as a package', async () => {
    const file = join(root, 'first.zip')
    const workspace = ['--workspace', join(root, 'away')]
    const home = ['--workspace', join(root, 'one')]
    const packed = await json<ExportReport>('models', 'export', 'first', ...home, '--out', file)
    await json('init', ...workspace)
    const taken = await json<ModelImportReport>('models', 'import', file, ...workspace)
    expect(taken).toMatchObject({ model: 'first', sha256: packed.sha256, boosters: 5, images: 48 })
    expect(taken.needs).toMatchObject([{ encoder: 'resnet50', state: 'installed' }])
    const shows = async (where: string[]): Promise<ModelReport> => json('models', 'show', 'first', ...where)
    expect(await shows(workspace)).toEqual(await shows(home))
    const whole = (verdicts: Classified[]): unknown =>
      verdicts.map(({ image, suggested, probabilities, carcinomaScore, outOfFold, boosters, details }) =>
        [image, suggested, probabilities, carcinomaScore, outOfFold, boosters, details]) // prettier-ignore
    expect(whole(await json('classify', join(root, 'new'), ...workspace))).toEqual(whole(first.verdicts))
    // Images that it was trained on, new to this workspace and without a label: still predicted only out of fold.
    const own = first.own.slice(0, 3)
    const again = await json<Classified[]>('classify', ...own.map(({ image }) => image), ...workspace)
    expect(again.map(({ outOfFold }) => outOfFold)).toEqual([true, true, true])
    expect(whole(again)).toEqual(whole(own))

    const { code, stderr } = await run('models', 'import', file, ...workspace)
    expect([code, stderr]).toEqual([1, expect.stringContaining('A model named "first" already exists')])
    writeFileSync(file, readFileSync(file).subarray(0, 5000))
    const cut = await run('models', 'import', file, ...workspace, '--name', 'cut')
    expect([cut.code, cut.stderr]).toEqual([1, expect.stringMatching(/cut off.*Nothing was imported/)])
  })

  it('flags images unlike the training images: noise and text, but no tissue of the same kind', async () => {
    const workspace = ['--workspace', join(root, 'one')]
    for (const { details, flags } of [...first.verdicts, ...first.own]) {
      const { pValue = 0, images } = knownLikeness(details?.likeness) ?? {}
      // One of 48 is among the least alike of them, and is flagged.
      expect(flags.some(({ code }) => code === 'unlike-training')).toBe(pValue <= 0.05)
      expect([47, 48]).toContain(images)
    }
    expect(first.verdicts.map(isFlaggedUnlike)).toEqual(first.verdicts.map(() => false))
    const odd = join(root, 'odd')
    await writeOddPictures(odd)
    const verdicts = await json<Classified[]>('classify', odd, ...workspace)
    expect(verdicts.map(({ details }) => knownLikeness(details?.likeness)?.pValue)).toEqual([1 / 49, 1 / 49])
    expect(verdicts.map(isFlaggedUnlike)).toEqual([true, true])
    const { stdout } = await run('classify', odd, ...workspace)
    expect(stdout).toMatch(/0\.02 UNLIKE[^]*unlike the training images/)
    // The same for every effort, or unknown.
    const [image = ''] = first.verdicts.map((verdict) => verdict.image)
    const likenessWith = async (effort: string) =>
      (await json<Classified[]>('classify', image, ...workspace, '--effort', effort))[0]?.details?.likeness
    expect(await likenessWith('adaptive')).toEqual(first.verdicts[0]?.details?.likeness)
    expect(await likenessWith('1')).toEqual({ unknown: 'too-few-augmentations' })
  })

  it('imports a model of a version without likeness, and says so in its predictions', async () => {
    const workspace = ['--workspace', join(root, 'older')]
    await json('init', ...workspace)
    const file = join(root, 'whole.zip')
    await json('models', 'export', 'first', '--workspace', join(root, 'one'), '--out', file)
    writeFileSync(join(root, 'older.zip'), withoutLikeness(readFileSync(file)))
    await json('models', 'import', join(root, 'older.zip'), ...workspace)
    const { image, probabilities } = first.verdicts[0] ?? {}
    const [verdict] = await json<Classified[]>('classify', image ?? '', ...workspace)
    expect(verdict).toMatchObject({ probabilities, details: { likeness: { unknown: 'no-reference' } } })
    const { stdout } = await run('classify', image ?? '', ...workspace)
    expect(stdout).toContain('Likeness "-": not available')
  })

  it('does not overwrite a model, and lists known names', async () => {
    const again = await run('train', '--workspace', join(root, 'one'), '--name', 'FIRST')
    expect(again).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('A model named "FIRST"') as string,
    })
    const other = await run(
      'classify',
      join(root, 'new'),
      '--workspace',
      join(root, 'one'),
      '--model',
      'none',
    )
    expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining('no model "none"') as string })
  })

  // Windows has no signals between processes: `kill` ends the process at once, as a killed one (kill-*.test.ts).
  it.skipIf(process.platform === 'win32')(
    'cancels with exit code 130 and leaves the workspace whole',
    async () => {
      const workspace = join(root, 'cancelled')
      await json('init', '--workspace', workspace)
      await json('import', join(root, 'train'), '--workspace', workspace, '--labels', 'folder')
      const cancelled = await runLobule(['train', '--workspace', workspace, '--name', 'm', '--json'], {
        home,
        interrupt: { signal: 'SIGINT', afterMs: 1000, once: isComputing },
      })
      expect(cancelled.code).toBe(130)
      expect(JSON.parse(cancelled.stdout)).toMatchObject({ error: { code: 'job.cancelled' } })
      expect(await json('images', '--workspace', workspace)).toHaveLength(48)
    },
  )
})

describe('bad input', () => {
  it('names each bad file, imports the rest, and ends with 1', async () => {
    const folder = join(root, 'broken ä 🔬')
    mkdirSync(join(folder, 'Benign'), { recursive: true })
    const good = join(root, 'train', 'Benign', 'synthetic-benign-case02-01.png')
    const bytes = readFileSync(good)
    writeFileSync(join(folder, 'Benign', 'good.png'), bytes)
    writeFileSync(join(folder, 'Benign', 'again.png'), bytes)
    writeFileSync(join(folder, 'empty.png'), '')
    writeFileSync(join(folder, 'text.tif'), 'this is no picture\n')
    writeFileSync(join(folder, 'cut.png'), bytes.subarray(0, bytes.length / 2))
    const workspace = join(root, 'bad')
    await json('init', '--workspace', workspace)
    const command = ['import', folder, '--workspace', workspace, '--labels', 'folder'] as const
    const report = await json<ImportReport>(...command)
    expect(report).toMatchObject({ imported: 1, duplicates: 1 })
    expect(
      Object.fromEntries(report.failed.map(({ path, code }) => [path.slice(folder.length + 1), code])),
    ).toEqual({
      'cut.png': 'image.truncated',
      'empty.png': 'image.empty-file',
      'text.tif': 'image.unsupported-format',
    })
    expect(Object.keys(report).toSorted()).toEqual([
      'account',
      'cases',
      'duplicates',
      'failed',
      'found',
      'imported',
      'labelled',
      'proposal',
      'restored',
      'rows',
      'similarCases',
      'skipped',
      'withLabelPicture',
      'withoutLabel',
      'withoutPixelSize',
    ])
    expect(await json(...command)).toMatchObject({ imported: 0, duplicates: 2 })
    expect(await run(...command)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/0 imported, 2 already imported, 3 failed/) as string,
    })
  })

  it('exits with 2 for wrong usage and 1 for a failure', async () => {
    const codes = async (...parameters: string[]): Promise<number | null> => (await run(...parameters)).code
    expect(await codes('--help')).toBe(0)
    expect(await codes('encoders', 'list', '--help')).toBe(0)
    expect(await codes('--version')).toBe(0)
    expect(await codes('nonsense')).toBe(2)
    expect(await codes('init')).toBe(2)
    expect(await codes('demo', join(root, 'x'), '--per-class', 'many')).toBe(2)
    expect(await codes('init', '--workspace', join(root, 'y'), '--classes', 'one')).toBe(2)
    expect(await codes('import', root, '--workspace', join(root, 'bad'), '--cases', '(')).toBe(2)
    expect(await codes('images', '--workspace', root)).toBe(1)
    expect(await codes('classify', root, '--workspace', join(root, 'bad'))).toBe(1)
  })

  it('reports what is missing before it starts', async () => {
    const workspace = join(root, 'bare')
    const elsewhere = { home: join(root, 'other-home') }
    await lobuleJson(['init', '--workspace', workspace], elsewhere)
    const early = await runLobule(['train', '--workspace', workspace, '--name', 'm'], elsewhere)
    expect(early.stderr).toMatch(/labelled images of at least 2 classes; this workspace has 0/)
    await lobuleJson(
      ['import', join(root, 'train'), '--workspace', workspace, '--labels', 'folder'],
      elsewhere,
    )
    const train = ['train', '--workspace', workspace, '--name', 'm']
    const bare = await runLobule([...train, '--recipe', 'quick'], elsewhere)
    expect(bare.code).toBe(1)
    expect(bare.stderr).toMatch(/resnet50 is not installed.*encoders import FILE.*encoders demo/s)
    const starter = await runLobule(train, elsewhere)
    expect(starter.code).toBe(1)
    expect(starter.stderr).toMatch(/efficientnetlite0 is not installed.*npm run setup.*encoders import FILE/s)
  })
})

it('examines the machine', async () => {
  const report = await json<{ checks: { name: string; status: string }[] }>('doctor')
  expect(report.checks.map(({ name, status }) => [name, status])).toContainEqual(['compute process', 'ok'])
})
