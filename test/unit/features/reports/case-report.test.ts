import { createHash } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { parseCsv } from '../../../../electron/base/csv.ts'
import {
  researchUseSentence,
  slideAlgorithm,
  slideCaveat,
  untrainedWarning,
  type RegionGeometry,
} from '../../../../electron/contract/index.ts'
import { writeCaseReport } from '../../../../electron/features/reports/case-report.ts'
import { writeWorklist } from '../../../../electron/features/reports/worklist-csv.ts'
import { writeSlideMap } from '../../../../electron/engine/slides/map-file.ts'
import { summarise } from '../../../../electron/engine/slides/summarise.ts'
import {
  chainHead,
  insertSlideAnalysis,
  insertSlideThreshold,
  workspaceFolders,
} from '../../../../electron/store/index.ts'
import { drawnMap } from '../../../support/slide-map.ts'
import { caseWorkspace, hostileCase, type CaseFixture } from './case-report-fixture.ts'

let fixture: CaseFixture
beforeEach(async () => {
  fixture = await caseWorkspace()
})
afterEach(() => fixture.remove())

async function report(
  of: { caseName: string | null; imageIds: number[] | null },
  name = 'case.html',
  printPdf?: (html: string) => Promise<Uint8Array>,
): Promise<string> {
  const path = join(fixture.root, name)
  const request = { ...of, path, replace: false, writtenBy: 'Lobule 0.1.0' }
  await writeCaseReport(fixture.store.read, fixture.compute, printPdf, request)
  return readFileSync(path, 'utf8')
}

it('contains everything about a case and nothing about others, and escapes all names', async () => {
  const html = await report({ caseName: hostileCase, imageIds: null })
  for (const said of [
    researchUseSentence,
    untrainedWarning,
    'SYNTHETIC TISSUE: 3 of these images',
    'Case B-17 &lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;',
    'field &amp;1.png',
    'Undecided: InSitu or Benign',
    'InSitu, 61.0 %',
    'made for 90 %; out of fold they held the label in 79.7 %',
    '&lt; 0.1 %',
    '0.33: positive side',
    'Benign, InSitu',
    'Not measurable from 4 augmentations',
    'Out of focus (measured 0.712, limit 0.6)',
    '=1+1 &amp; &quot;sure&quot;',
    'unsure',
    ', blind',
    'READERS DISAGREE',
    'No class was suggested yet.',
    'first &amp; only',
    'weights-fingerprint',
    'recipe-fingerprint',
    'on 0 images (12 cases, folds by case)',
    'LightGBM 4.6.0',
    `event ${chainHead(fixture.store.database)?.id ?? 0}, hash ${chainHead(fixture.store.database)?.hash ?? ''}`,
    'Lobule 0.1.0',
  ]) {
    expect(html, said).toContain(said)
  }
  expect(html).not.toContain('<script')
  expect(html).not.toContain('=cmd+other.png')
  expect(html).not.toContain('<td>Cy')
  // Two thumbnails; the report says that the third image's file is missing.
  expect(html.match(/<img [^>]*src="data:image\/jpeg;base64,\/9j\//g)).toHaveLength(2)
  expect(html).toContain('No picture: the file cannot be read')
  // No path of this machine.
  expect(html).not.toContain(fixture.root)
})

/** An analysis of image 1 by the fixture's model; carcinoma is suggested at two of three places. */
async function analyse(region: RegionGeometry | null = null, algorithm = slideAlgorithm): Promise<void> {
  const { database } = fixture.store
  const map = drawnMap(['cbc'])
  insertSlideAnalysis(database, {
    algorithm,
    imageId: 1,
    modelId: 1,
    pixelSizeUm: 0.42,
    grid: map.grid,
    region,
    effort: null,
    tissueSource: 'found',
    maskSha256: 'a'.repeat(64),
    outOfFold: false,
    places: 3,
    summary: summarise(map, { tissueMm2: 0.05, threshold: 0.5 }),
    mapSha256: await writeSlideMap(workspaceFolders(database.folder).slideMaps, map),
    durationMs: 1,
  })
}

it('shows the map of a slide with its areas, places and what limits it', async () => {
  await analyse()
  // Newer, but of a region only.
  await analyse({ kind: 'rectangle', left: 0, top: 0, right: 9, bottom: 9 })
  const html = await report({ caseName: hostileCase, imageIds: null })
  for (const said of [
    slideCaveat,
    'Map by first &amp; only',
    '<td class="number">0.02 mm²</td>',
    '66.7 %',
    '0.05 mm²; 0.03 mm² analysed',
    '3 squares of 200 µm, 100 µm apart',
    '0.5: 2 places, 0.02 mm²',
  ]) {
    expect(html, said).toContain(said)
  }
  // Two thumbnails and a map.
  expect(html.match(/<img [^>]*src="data:image\/jpeg;base64,\/9j\//g)).toHaveLength(3)
})

/** A threshold for slides of the fixture's model, learned on analyses of today. */
function learnThreshold(): void {
  const { database } = fixture.store
  const group = { slides: 12, cases: 10 }
  const share = { value: 0.9, low: 0.6, high: 0.98 }
  insertSlideThreshold(database, 1, {
    threshold: 0.25,
    slides: 24,
    cases: 20,
    positive: group,
    negative: group,
    leftOut: { locked: 0, unlabelled: 0, withoutCase: 0, trained: 0 },
    outOfFold: {
      truePositives: 11,
      falseNegatives: 1,
      trueNegatives: 11,
      falsePositives: 1,
      sensitivity: share,
      specificity: share,
    },
    algorithm: slideAlgorithm,
    synthetic: false,
    // Of another case; with none the threshold would have come with its model.
    caseList: [{ caseName: 'another', threshold: 0.2, slides: [] }],
  })
}

it('gives the suggested class of a slide where a threshold was learned on slides', async () => {
  await analyse()
  learnThreshold()
  const html = await report({ caseName: hostileCase, imageIds: null })
  expect(html).toContain(
    'Suggested for the slide: carcinoma. 66.7 % of the analysed tissue is at places with a suggested carcinoma class; the threshold is 25.0 %.',
  )
  expect(html).toContain('learned on 24 slides of 20 cases')
  expect(html).not.toContain(slideCaveat)
  expect(html).not.toContain('Another version of Lobule')
})

it('suggests no class by an analysis that counted areas otherwise, and says so', async () => {
  await analyse(null, slideAlgorithm - 1)
  learnThreshold()
  const older = await report({ caseName: hostileCase, imageIds: null })
  expect(older).toContain('Another version of Lobule made this analysis and counted areas otherwise')
  expect(older).toContain('were counted by versions of Lobule that differ')
  expect(older).not.toContain('Suggested for the slide')
  expect(older).toContain(slideCaveat)
})

it('leaves out the picture of a damaged map', async () => {
  await analyse()
  rmSync(workspaceFolders(fixture.store.database.folder).slideMaps, { recursive: true })
  const html = await report({ caseName: hostileCase, imageIds: null })
  expect(html.match(/<img [^>]*src="data:image\/jpeg;base64,\/9j\//g)).toHaveLength(2)
  expect(html).toContain(slideCaveat)
})

it('has a policy that allows only its own style sheet and embedded images', async () => {
  const html = await report({ caseName: hostileCase, imageIds: null })
  const style = /<style>(.*?)<\/style>/s.exec(html)?.[1] ?? ''
  const hash = createHash('sha256').update(style).digest('base64')
  const policy = `default-src 'none'; img-src data:; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`
  expect(html).toContain(`<meta http-equiv="Content-Security-Policy" content="${policy}">`)
  expect(html).not.toMatch(/\sstyle=|<link|<script|https?:|url\(/)
})

it('marks official weights as official, without any mark of untrained ones', async () => {
  fixture.remove()
  fixture = await caseWorkspace('official')
  const html = await report({ caseName: hostileCase, imageIds: null })
  expect(html).not.toMatch(/UNTRAINED/)
  expect(html).toContain('Encoders: official')
})

it('also covers images without a case, in the given order', async () => {
  const html = await report({ caseName: null, imageIds: [4, 1] })
  expect(html).toContain('<h1>2 images</h1>')
  expect(html.indexOf('=cmd+other.png')).toBeLessThan(html.indexOf('field &amp;1.png'))
})

it('prints to PDF if the entry point can, and otherwise says what to do instead', async () => {
  const of = { caseName: hostileCase, imageIds: null }
  const pdf = await report(of, 'case.PDF', (html) => Promise.resolve(Buffer.from(`%PDF ${html.length}`)))
  expect(pdf).toMatch(/^%PDF \d{4,}$/)
  await expect(report(of, 'other.pdf')).rejects.toMatchObject({ code: 'report.no-pdf' })
  await expect(report(of, 'case.txt')).rejects.toMatchObject({ code: 'path.not-writable' })
  await expect(report({ caseName: 'x', imageIds: null })).rejects.toMatchObject({ code: 'case.not-found' })
  await expect(report({ caseName: null, imageIds: [77] })).rejects.toMatchObject({ code: 'image.not-found' })
})

it('writes the worklist as shown, without formulas', async () => {
  await analyse()
  const path = join(fixture.root, 'worklist.csv')
  expect(await writeWorklist(fixture.store.read, { imageIds: [4, 1, 2], path, replace: false })).toBe(3)
  const text = readFileSync(path, 'utf8')
  expect(text.startsWith('\uFEFFimage,file,page,case,label,')).toBe(true)
  expect(text).toContain(`,'=cmd+other.png,`)
  expect(text).toContain(`,"'=1+1 & ""sure""",`)
  const rows = parseCsv(text, (reason) => {
    throw new Error(reason)
  })
  expect(rows).toMatchObject([
    { image: '4', file: '=cmd+other.png', label: 'Normal', state: 'labelled', 'suggested class': '' },
    {
      image: '1',
      case: hostileCase,
      label: 'InSitu',
      'label by': 'Ada',
      comment: `=1+1 & "sure"`,
      readings: 'Ada: InSitu; Ben: unsure',
      'suggested class': 'InSitu',
      probability: '0.61',
      'raw probability': '0.7',
      'p InSitu': '0.61',
      'raw p InSitu': '0.7',
      'two-class score': String(0.7 / 0.95),
      'spread boosters': '0.031',
      'spread augmentations': '',
      'prediction set': 'Benign; InSitu',
      'positive tissue': String(0.02 / 0.03),
      'analysed mm2': '0.03',
      'slide model': 'first & only',
      'suggested for slide': '',
      flags: 'out-of-focus',
      weights: 'UNTRAINED',
      'out of fold': 'no',
      use: researchUseSentence,
    },
    { image: '2', state: 'readers disagree', label: '', readings: 'Ada: Benign; Ben: Normal' },
  ])
  expect(await writeWorklist(fixture.store.read, { imageIds: null, path, replace: true })).toBe(4)
  await expect(
    writeWorklist(fixture.store.read, { imageIds: [9], path, replace: true }),
  ).rejects.toMatchObject({
    code: 'image.not-found',
  })
})
