import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { instructionSet } from '../../../electron/base/instruction-set.ts'
import type {
  CheckReport,
  CollectShardsReport,
  Failure,
  PlanSlidesReport,
  SlideAnalysis,
  SlideTissue,
} from '../../../electron/contract/index.ts'
import { keyedGenerator } from '../../../electron/engine/random/index.ts'
import type { SlidesShardReport } from '../../../electron/features/shards/analyse-shard.ts'
import { isComputing, lobuleJson, runLobule } from '../../support/run-lobule.ts'

// LOBULE_KILLS=20 for the long run.
const kills = Number(process.env['LOBULE_KILLS'] ?? 2)

let root: string
let home: string
const at = (name: string): string => join(root, name)
const json = <T>(...parameters: string[]): Promise<T> => lobuleJson<T>(parameters, { home })
interface Analysed {
  analyses: SlideAnalysis[]
  failed: Failure[]
}

/** A synthetic slide of 1.7 x 1.3 mm, and a model of an untrained encoder on crops of 80 um. */
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-slides-'))
  home = at('home')
  await json('encoders', 'demo')
  await json('demo', at('train'), '--per-class', '4', '--seed', '1', '--width', '384', '--height', '320')
  await json('demo', '--slide', '--out', at('slide.tif'), '--width', '4000', '--height', '3000')
  await json('init', '--workspace', at('w'))
  await json('import', at('train'), '--workspace', at('w'), '--labels', 'folder')
  const set = ['folds=2', 'augmentations=1', 'crops=96', 'cropCount=4', 'rounds=10']
  await json('train', '--workspace', at('w'), '--recipe', 'quick', '--set', ...set, '--use', '--name', 'm')
  await json('import', at('slide.tif'), '--workspace', at('w'), '--labels', 'none')
}, 600_000)
afterAll(() => rmSync(root, { recursive: true, force: true }))

const analysing = (name: string, ...more: string[]): string[] =>
  ['slides', 'analyse', at('slide.tif'), '--workspace', at(name), '--stride', '42', ...more] // prettier-ignore

/** Files of unfinished blocks. */
function blocks(name: string): string[] {
  const folder = join(at(name), 'slide-maps', 'drafts')
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.block'))
}
const maps = (name: string): string[] =>
  readdirSync(join(at(name), 'slide-maps')).filter((file) => file.endsWith('.map'))

it(
  `kill -9 of the application at ${kills} random moments of an analysis: the same map, to the bit`,
  { timeout: 900_000 + kills * 60_000 },
  async () => {
    cpSync(at('w'), at('whole'), { recursive: true })
    const startedAt = performance.now()
    const { analyses } = await json<Analysed>(...analysing('whole'))
    const wholeMs = performance.now() - startedAt
    const [whole] = analyses
    expect(whole?.places).toBeGreaterThan(300)
    expect(maps('whole')).toEqual([`${whole?.mapSha256}.map`])
    expect(blocks('whole')).toEqual([])

    const random = keyedGenerator(`kills of an analysis ${Date.now()}`)
    const reached: number[] = []
    const fresh = (): string => {
      const name = `killed-${reached.length}`
      cpSync(at('w'), at(name), { recursive: true })
      return name
    }
    let name = fresh()
    while (reached.length < kills) {
      const afterMs = Math.round(wholeMs * (0.2 + 0.8 * random.nextFloat()))
      const killed = await runLobule(analysing(name), { home, interrupt: { signal: 'SIGKILL', afterMs } })
      if (killed.code === 0) {
        expect(maps(name)).toEqual(maps('whole'))
        name = fresh()
        continue
      }
      expect(killed.code, killed.stderr).toBeNull()
      reached.push(blocks(name).length)
      const check = await json<CheckReport>('workspace', 'check', '--workspace', at(name))
      expect(check.problems, `killed after ${afterMs} ms`).toEqual([])
    }
    const last = await json<Analysed>(...analysing(name))
    expect(last.analyses).toMatchObject([
      { mapSha256: whole?.mapSha256, summary: whole?.summary, grid: whole?.grid },
    ])
    expect(readFileSync(join(at(name), 'slide-maps', maps(name)[0] ?? ''))).toEqual(
      readFileSync(join(at('whole'), 'slide-maps', maps('whole')[0] ?? '')),
    )
    console.warn(`an analysis of ${Math.round(wholeMs)} ms, killed with ${reached.join(', ')} blocks`)
  },
)

it('is analysed on machines without the workspace, one of them killed: the same map, to the bit', async () => {
  const settings = [at('slide.tif'), '--model', 'm', '--stride', '84', '--effort', 'adaptive']
  for (const name of ['here', 'many']) cpSync(at('w'), at(name), { recursive: true })
  await json('slides', 'analyse', ...settings, '--workspace', at('here'))
  const planned = ['--workspace', at('many'), '--backend', 'cpu', '--out', at('plan')]
  const plan = await json<PlanSlidesReport>('slides-plan', ...settings, ...planned)
  expect(plan).toMatchObject({ slides: 1, unit: 'block', model: 'm', failed: [], weights: 'untrained' })
  const written = readdirSync(at('plan')).filter((name) => /[.]jsonl?$/.test(name))
  const text = written.map((name) => readFileSync(join(at('plan'), name), 'utf8')).join('')
  for (const secret of [root, 'Benign', 'Invasive', 'synthetic', 'many', 'slide.tif', '"m"'])
    expect(text).not.toContain(secret)

  const estimate = [
    'cluster-estimate',
    '--workspace',
    at('many'),
    '--slides',
    at('slide.tif'),
    '--stride',
    '84',
  ]
  const expected = await json<{ blocks: number; workMs: number; nodes: { nodes: number; ms: number }[] }>(
    ...[...estimate, '--nodes', '1', '1000'],
  )
  const [alone, together] = expected.nodes
  expect([alone?.nodes, together?.nodes]).toEqual([1, 1000])
  // A thousand machines have a block at most each.
  expect((alone?.ms ?? 0) - (together?.ms ?? 0)).toBeCloseTo(expected.workMs * (1 - 1 / expected.blocks), 6)

  const node = { home: at('node-home') }
  const shard = (which: string): string[] =>
    ['slides-shard', at('plan'), '--shard', which, '--out', at('parts')] // prettier-ignore
  const collect = ['slides-collect', at('plan'), at('parts'), '--workspace', at('many'), '--json']
  await runLobule(shard('0/2'), {
    ...node,
    interrupt: { signal: 'SIGKILL', afterMs: 1500, once: isComputing },
  })
  const early = await runLobule(collect, { home })
  const missing = (JSON.parse(early.stdout) as CollectShardsReport).missing
  expect([early.code, missing.map(({ problem }) => problem)]).toEqual([
    1,
    expect.arrayContaining(['missing']),
  ])
  for (const which of ['0/2', '1/2']) {
    const report = await lobuleJson<SlidesShardReport>(shard(which), node)
    expect(report).toMatchObject({ slides: 1, failed: [], stopped: false, instructionSet: instructionSet() })
    expect(report.analysed + report.present).toBe(report.blocks)
    expect(report.blocks).toBeGreaterThan(0)
  }
  const collected = await json<CollectShardsReport>(...collect)
  expect(collected).toMatchObject({ kind: 'slides', unknown: 0, missing: [], failed: [], present: 0 })
  expect(collected.collected).toBe(blocks('many').length)
  expect(collected.collected).toBe(expected.blocks)
  expect(collected.makers).toMatchObject([{ backends: ['cpu'], units: collected.collected }])
  // Nothing is left to predict: the encoder is opened, and sees no tile.
  await json('slides', 'analyse', ...settings, '--workspace', at('many'))
  expect(maps('many')).toEqual(maps('here'))

  // Drawn after the plan was written.
  const area = { type: 'Polygon', coordinates: [[[0, 0], [900, 0], [0, 900]]] } // prettier-ignore
  writeFileSync(at('drawn.geojson'), JSON.stringify({ type: 'Feature', geometry: area }))
  await json('slides', 'tissue', 'slide.tif', '--workspace', at('many'), '--set', at('drawn.geojson'))
  const late = await runLobule(collect, { home })
  expect([late.code, JSON.parse(late.stdout)]).toMatchObject([
    1,
    { collected: 0, missing: [{ problem: 'outdated' }] },
  ])
}, 600_000)

it('analyses a region of a GeoJSON file, and goes on after a slide that fails', async () => {
  const square = [[[1000, 800], [2600, 800], [2600, 2200], [1000, 2200], [1000, 800]]] // prettier-ignore
  const feature = { type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: square } }
  writeFileSync(at('part.geojson'), JSON.stringify({ type: 'FeatureCollection', features: [feature] }))
  const coarse = ['slides', 'analyse', '--workspace', at('w'), '--stride', '160']
  const part = await json<Analysed>(...coarse, at('slide.tif'), '--region', at('part.geojson'))
  const [analysis] = part.analyses
  expect(analysis?.region).toEqual({ kind: 'rectangle', left: 1000, top: 800, right: 2600, bottom: 2200 })
  expect(analysis?.places).toBeGreaterThan(3)

  // Damaged after its import: its content is not that of the workspace any more.
  cpSync(at('slide.tif'), at('broken.tif'))
  writeFileSync(at('broken.tif'), 'x', { flag: 'a' })
  await json('import', at('broken.tif'), '--workspace', at('w'), '--labels', 'none')
  truncateSync(at('broken.tif'), 100_000)
  const batch = await runLobule([...coarse, at('broken.tif'), at('nowhere.svs'), 'slide.tif'], { home })
  expect(batch.code).toBe(1)
  expect(batch.stderr).toContain('broken.tif')
  expect(batch.stderr).toContain('no image')
  expect(batch.stdout).toMatch(/slide\.tif by the model "m": \d+ places of 80\.64 um, 160 um apart/)
  expect(batch.stdout).toContain('is not validated on slides')

  const wrong = await runLobule([...coarse, at('slide.tif'), '--stride', '10'], { home })
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('from 42 to 672')])
})

it('finds tissue, writes it, and takes what a reader drew', async () => {
  const tissue = (...more: string[]): Promise<SlideTissue> =>
    json('slides', 'tissue', 'slide.tif', '--workspace', at('w'), ...more)
  const found = await tissue('--out', at('tissue.geojson'))
  expect(found).toMatchObject({ source: 'found', reason: null })
  const { classes } = JSON.parse(readFileSync(at('slide.json'), 'utf8')) as {
    classes: { clearMm2: number }[]
  }
  // The islands without what is under pen or out of focus. The two edges of the rows out of focus, 1.6 mm each, cut squares of
  // 64 um, which may be either: 0.2 mm2 of 1.2.
  const clear = classes.reduce((sum, { clearMm2 }) => sum + clearMm2, 0)
  expect(Math.abs(found.areasMm2.tissue / clear - 1)).toBeLessThan(0.2 / 1.2)
  expect(await tissue('--set', at('tissue.geojson'))).toMatchObject({ source: 'drawn' })
  expect(await tissue('--reset')).toEqual(found)
  const both = ['slides', 'tissue', '1', '-w', at('w'), '--set', at('tissue.geojson'), '--reset']
  expect((await runLobule(both, { home })).code).toBe(2)
})
