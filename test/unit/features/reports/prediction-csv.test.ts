import { readFileSync } from 'node:fs'
import { expect, it, onTestFinished } from 'vitest'
import { parseCsv } from '../../../../electron/base/csv.ts'
import { researchUseSentence } from '../../../../electron/contract/index.ts'
import { writePredictions } from '../../../../electron/features/reports/prediction-csv.ts'
import { insertImage, insertVerdict } from '../../../../electron/store/index.ts'
import { imageRow, makeWorld } from '../../engine/model-package/fixture.ts'

it('writes one row per image with the whole prediction, and nothing that a spreadsheet would run', async () => {
  const world = await makeWorld()
  onTestFinished(() => world.dispose())
  const { database } = world.store
  const hash = '0'.repeat(64)
  const imageId = insertImage(database, imageRow(hash, '@SUM(A1)'))
  const without = insertImage(database, imageRow('1'.repeat(64), null))
  const verdict = {
    imageId,
    modelId: 1,
    suggested: 'Malignant',
    probabilities: { Benign: 0.1, Malignant: 0.9 },
    carcinomaScore: 0.9,
    outOfFold: false,
    boosters: 2,
    flags: [{ code: 'out-of-focus' as const, measured: 1, threshold: 2 }],
    details: {
      calibrated: { Benign: 0.2, Malignant: 0.8 },
      predictionSet: { level: 0.9, classes: ['Benign', 'Malignant'] },
      spread: { boosters: 0.0625, augmentations: null },
      byEncoder: {},
      augmentations: 4,
      operatingPoint: { threshold: 0.33, isPositive: true },
      likeness: { pValue: 0.125, distance: 0.75, images: 7 },
    },
  }
  insertVerdict(database, { ...verdict, suggested: 'Benign' })
  insertVerdict(database, verdict)
  const path = world.path('verdicts.csv')
  const images = [
    { imageId, file: '=HYPERLINK("http://x";"a, b")' },
    { imageId: without, file: 'without.png' },
  ]
  expect(await writePredictions(database, { images, model: 'first', path, replace: false })).toBe(1)
  const text = readFileSync(path, 'utf8')
  expect(
    text.startsWith('\uFEFFfile,case,suggested class,p Benign,p Malignant,raw p Benign,raw p Malignant,'),
  ).toBe(true)
  expect(text).toContain(`"'=HYPERLINK(""http://x"";""a, b"")",'@SUM(A1),`)
  const rows = parseCsv(text, (reason) => {
    throw new Error(reason)
  })
  expect(rows).toEqual([
    {
      file: '=HYPERLINK("http://x";"a, b")',
      case: '@SUM(A1)',
      // The newest counts.
      'suggested class': 'Malignant',
      'p Benign': '0.2',
      'p Malignant': '0.8',
      'raw p Benign': '0.1',
      'raw p Malignant': '0.9',
      'two-class score': '0.9',
      'operating point': '0.33',
      side: 'at or above',
      'prediction set': 'Benign; Malignant',
      'spread boosters': '0.0625',
      'spread augmentations': '',
      'likeness p': '0.125',
      'likeness distance': '0.75',
      augmentations: '4',
      flags: 'out-of-focus',
      model: 'first',
      weights: 'UNTRAINED',
      'out of fold': 'no',
      synthetic: 'yes',
      sha256: hash,
      use: researchUseSentence,
    },
  ])
  await expect(
    writePredictions(database, {
      images,
      model: 'first',
      path: world.path('no/where/\0.csv'),
      replace: false,
    }),
  ).rejects.toMatchObject({ code: 'path.not-writable' })
  await expect(
    writePredictions(database, { images, model: 'none', path, replace: true }),
  ).rejects.toMatchObject({
    code: 'model.not-found',
  })
})
