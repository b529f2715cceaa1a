import { afterAll, beforeAll, expect, it } from 'vitest'
import { atOnce } from '../../../../electron/base/slices.ts'
import { readAccuracyInUse } from '../../../../electron/features/models/accuracy-in-use.ts'
import { readModelReport } from '../../../../electron/features/models/model-report.ts'
import { likenessWords } from '../../../../electron/report/case/likeness-words.ts'
import { fileFormat } from '../../../../electron/report/format.ts'
import { modelFileReport } from '../../../../electron/report/model/model-report.ts'
import { likenessOfModel } from '../../../../electron/report/model/provenance.ts'
import { renderHtml } from '../../../../electron/features/reports/render-html.ts'
import { likenessStrings } from '../../../../renderer/words/likeness.ts'
import { insertTrained, makeWorld, type World } from '../../engine/model-package/fixture.ts'

let world: World
beforeAll(async () => {
  world = await makeWorld()
  await insertTrained(world.store, { name: 'second', hasLikeness: true })
})
afterAll(() => world.dispose())

it('gives the number in words, unlike images, and the reason if it is unknown: never zero', () => {
  const said = (pValue: number, images: number): string => likenessWords({ pValue, images, distance: 0.5 })
  expect(said(3 / 101, 100)).toBe(
    'UNLIKE the training images: only 2 of 100 training images are as far from the others as it is, or further (p = 0.03)',
  )
  expect(said(1 / 2, 99)).toMatch(/^49 of 99 training images .* \(p = 0\.5\)$/)
  expect(said(1 / 9, 8)).toMatch(/too few training images to tell, 19 are needed$/)
  expect(likenessWords(undefined)).toMatch(/^not known: the verdict was made by an older version$/)
  expect(likenessWords({ unknown: 'no-reference' })).toMatch(/^not known: the model keeps nothing/)
  expect(likenessWords({ unknown: 'only-regions' })).toMatch(/^not known: .* regions of this image/)
  expect(likenessWords({ unknown: 'too-few-augmentations' })).toMatch(/^not known: too few/)
})

it('gives the same on the page', () => {
  const { sentence, unknownOf } = likenessStrings.likeness
  const said = (pValue: number, images: number): string => sentence({ pValue, images, distance: 0.5 })
  expect(said(1 / 101, 100)).toBe(
    'More different from the training images than any of the 100 is from the rest: likeness 1% (p = 0.0099).',
  )
  expect(said(4 / 101, 100)).toBe(
    'More different from the training images than 97% of them are from the rest: likeness 4% (p = 0.0396).',
  )
  // A share of 49 in 99 beside p = 0.5, which the list shows as 50 %, read as two values of one thing.
  expect(said(0.5, 99)).toBe(
    '49 of the 99 training images differ from the rest at least as much: likeness 50% (p = 0.5).',
  )
  expect(said(1 / 9, 8)).toMatch(
    /any of the 8 is from the rest\. Too few training images to judge: at least 19/,
  )
  expect(likenessOfModel(atOnce(readModelReport(world.store.database, 'second')), fileFormat)).toBe(
    'Measured against 8 images',
  )
  expect(likenessOfModel(atOnce(readModelReport(world.store.database, 'first')), fileFormat)).toMatch(
    /^Not available: the model was trained by an earlier/,
  )
  expect(unknownOf(null)).toMatch(/an earlier version made this suggestion/)
})

it('a report lists the images least like the others, or says that the model cannot measure it', () => {
  const html = (name: string): string => {
    const { database } = world.store
    const [inUse] = atOnce(readAccuracyInUse(database, name))
    if (inUse === undefined) throw new Error('no accuracy in use')
    const written = { writtenBy: 'x', writtenAt: 'y' }
    return renderHtml(modelFileReport(atOnce(readModelReport(database, name)), inUse, written), new Map())
  }
  const report = atOnce(readModelReport(world.store.database, 'second'))
  const [least] = report.predictions.toSorted(
    (a, b) => (b.likeness?.distances.at(-1) ?? 0) - (a.likeness?.distances.at(-1) ?? 0),
  )
  expect(least?.likeness?.pValue).toBe(1 / 8)
  const rows = /<h2>Likeness<\/h2>[^]*?<tbody>\s*(<tr>.*?<\/tr>)/.exec(html('second'))?.[1]
  expect(rows).toContain(`<td>${least?.image}</td>`)
  expect(rows).toContain('<td class="number">0.125</td>')
  expect(html('second')).toContain('about one in 20 is')
  expect(html('first')).toMatch(/<h2>Likeness<\/h2>\s*<p>Not available/)
})
