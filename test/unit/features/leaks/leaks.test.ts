import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { atOnce } from '../../../../electron/base/slices.ts'
import {
  parseClassScheme,
  type LeakCheckReport,
  type OwnEncoder,
} from '../../../../electron/contract/index.ts'
import { ComputeClient } from '../../../../electron/compute/client.ts'
import { officialWeights } from '../../../../electron/engine/encoders/index.ts'
import { findCopiesInFiles } from '../../../../electron/engine/leaks/find-copies.ts'
import { storedPrint } from '../../../../electron/engine/leaks/stored-print.ts'
import { compareImages, leaksJob } from '../../../../electron/features/leaks/compare-images.ts'
import { readLeakReport } from '../../../../electron/features/leaks/leak-report.ts'
import { copyText, leakLines, modelLeakAnswer } from '../../../../electron/report/leaks.ts'
import { fileFormat } from '../../../../electron/report/format.ts'
import { makeSyntheticField } from '../../../../electron/engine/synthetic/index.ts'
import { writePng } from '../../../../electron/engine/image/index.ts'
import {
  createWorkspace,
  insertImage,
  insertJob,
  updateJob,
  type OpenWorkspace,
} from '../../../../electron/store/index.ts'
import { inProcessCompute, type InProcessCompute } from '../../../support/in-process-compute.ts'
import { jobRun } from '../../../support/job-run.ts'
import { plantCopy } from '../../../support/planted-copies.ts'

let root: string
let store: OpenWorkspace
let compute: InProcessCompute
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-leaks-'))
  store = createWorkspace(join(root, 'w'), parseClassScheme('Benign,Malignant*'), 'test')
  compute = inProcessCompute({
    storePrint: ({ image, directory }) => storedPrint(image, directory),
    findCopies: ({ files }, { signal, report }) => findCopiesInFiles(files, { signal, onProgress: report }),
  })
})
afterEach(() => {
  vi.restoreAllMocks()
  store.close()
  rmSync(root, { recursive: true })
})

let count = 0
const addImage = (
  fileName: string,
  caseName: string | null,
  size = { widthPx: 400, heightPx: 300 },
): number =>
  insertImage(store.database, {
    sha256: String(++count).padStart(64, '0'),
    path: join(root, fileName),
    byteCount: 1,
    format: 'png',
    ...size,
    pixelSizeUm: null,
    pixelSizeSource: 'none',
    synthetic: false,
    caseName,
    page: 1,
    copiedPath: null,
  })

const draw = (fileName: string, index: number): Promise<void> => {
  const field = makeSyntheticField({ className: 'Benign', index, seed: 9, widthPx: 400, heightPx: 300 })
  return writePng(field, join(root, fileName))
}

/** Runs the job and stores its report, as the queue does. */
async function compare(): Promise<LeakCheckReport> {
  const report = await compareImages({}, jobRun(leaksJob), {
    workspace: store,
    compute: new ComputeClient(compute.launch, () => undefined),
  })
  const job = insertJob(store.database, 'leaks', 'Look for leaks', {})
  const endedAt = new Date().toISOString()
  updateJob(store.database, { ...job, state: 'done', report, endedAt }, null)
  return report
}

it('finds a copy in another case, leaves one of the same case alone, and lists what cannot be read', async () => {
  await draw('a.png', 0)
  await draw('b.png', 2)
  await plantCopy(join(root, 'a.png'), 'shrunk to half', join(root, 'a-small.png'))
  await plantCopy(join(root, 'b.png'), 'mirrored', join(root, 'b-mirrored.png'))
  const [a] = [addImage('a.png', 'one'), addImage('b.png', 'two')]
  const small = addImage('a-small.png', 'three', { widthPx: 200, heightPx: 150 })
  addImage('b-mirrored.png', 'two')
  addImage('lost.png', 'four')
  expect(leakLines(atOnce(readLeakReport(store.database)), fileFormat).map(({ text }) => text)).toEqual([
    'The images were not compared with each other yet.',
  ])
  const report = await compare()
  expect(report).toMatchObject({ copyCount: 2, withoutDetail: 0, failed: [{ code: 'image.file-missing' }] })
  const found = atOnce(readLeakReport(store.database))
  expect(found.compared).toMatchObject({ images: 4, notCompared: 1, withinCases: 1 })
  expect(found.copies.map(({ first, second }) => [first.imageId, second.imageId])).toEqual([[a, small]])
  // The original shows it twice as large, in the pixels of the files.
  expect(found.copies[0]?.scale).toBeCloseTo(2, 1)
  const [copy] = found.copies
  if (copy === undefined) throw new Error('no copy was found')
  expect(copyText(copy, fileFormat)).toBe('the whole smaller image is in the other, 2.0 times the size')
  const lines = leakLines(found, fileFormat)
  expect(lines[0]).toEqual({
    text: '1 pair of images of different cases shows the same tissue.',
    tone: 'leak',
  })
})

it('counts images without a case as apart', async () => {
  await draw('a.png', 0)
  await plantCopy(join(root, 'a.png'), 'turned by 90 degrees', join(root, 'turned.png'))
  addImage('a.png', null)
  addImage('turned.png', null, { widthPx: 300, heightPx: 400 })
  await compare()
  expect(atOnce(readLeakReport(store.database)).copies).toHaveLength(1)
})

it('finds patients of BreaKHis in several cases, and several magnifications', () => {
  addImage('SOB_B_A-14-29960CD-100-002.png', '29960CD')
  addImage('SOB_B_F-14-29960AB-100-001.png', '29960AB')
  addImage('SOB_B_F-14-29960AB-40-001.png', '29960AB')
  addImage('SOB_M_DC-14-12312-100-021.png', '12312')
  const report = atOnce(readLeakReport(store.database))
  expect(report.siblings).toEqual([
    { set: 'BreaKHis', patient: '14-29960', cases: ['29960AB', '29960CD'], withoutCase: 0 },
  ])
  // The set's names say it better than the suffix does.
  expect(report.similarCases).toEqual([])
  expect(report.magnifications).toEqual([{ slide: '14-29960AB', magnifications: [40, 100], images: 2 }])
  expect(report.publicSets).toMatchObject([{ set: 'BreaKHis', images: 4, withoutPatient: 0 }])
})

it('finds case names that differ in their spelling, and BACH images without a patient', () => {
  addImage('x.png', 'Müller'.normalize('NFC'))
  addImage('y.png', 'Müller'.normalize('NFD'))
  addImage('b001.tif', null, { widthPx: 2048, heightPx: 1536 })
  const report = atOnce(readLeakReport(store.database))
  expect(report.similarCases).toMatchObject([{ difference: 'spelling' }])
  expect(report.publicSets).toMatchObject([{ set: 'BACH', images: 1, withoutPatient: 1 }])
  expect(leakLines(report, fileFormat)[0]?.tone).toBe('leak')
})

const ownEncoder: OwnEncoder = {
  name: 'lab-vit',
  title: 'A lab’s own',
  revision: '1',
  fingerprint: '0'.repeat(64),
  length: 8,
  isVerified: true,
  trainedOn: [],
  licence: {
    name: 'MIT',
    url: null,
    commercialUse: 'yes',
    derivedModels: 'free',
    redistribution: 'yes',
    attribution: 'made up',
  },
}

it('finds an encoder that was trained on the set', () => {
  addImage('SOB_M_DC-14-12312-100-021.png', '12312')
  expect(atOnce(readLeakReport(store.database)).encoders).toEqual([])
  vi.spyOn(officialWeights.vgg16, 'trainedOn', 'get').mockReturnValue(['ImageNet', 'BreaKHis'])
  expect(atOnce(readLeakReport(store.database)).encoders).toEqual([{ encoder: 'vgg16', set: 'BreaKHis' }])
  const own = { ...ownEncoder, trainedOn: ['TCGA', 'breakhis'] }
  expect(atOnce(readLeakReport(store.database, [own])).encoders).toEqual([
    { encoder: 'vgg16', set: 'BreaKHis' },
    { encoder: 'lab-vit', set: 'BreaKHis' },
  ])
})

it('answers for a model: found, not looked for, none', () => {
  const compared = {
    at: '2026-11-30T10:00:00.000Z',
    images: 20,
    notCompared: 0,
    withoutDetail: 0,
    withinCases: 0,
  }
  const none = { compared, copies: 0, similarCases: [], siblings: [], encoders: [], earlierModels: 0 }
  expect(modelLeakAnswer(none, fileFormat)).toEqual({
    answer: 'None found among 20 training images.',
    tone: 'good',
  })
  expect(modelLeakAnswer({ ...none, compared: null }, fileFormat)).toMatchObject({ tone: 'warning' })
  expect(modelLeakAnswer({ ...none, copies: 2, earlierModels: 3 }, fileFormat)).toEqual({
    answer:
      'Yes, so all figures may be too high. 2 pairs of images of different cases show the same tissue. 4 models were trained on mostly the same images; the best of several looks better than it is.',
    tone: 'warning',
  })
})
