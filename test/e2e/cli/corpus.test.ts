import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type {
  ImageQuality,
  ImageView,
  ImportAccount,
  ImportReport,
} from '../../../electron/contract/index.ts'
import { corpusPictures } from '../../corpus/pictures.ts'
import { corpusTrees } from '../../corpus/trees.ts'
import { noise } from '../../support/odd-files.ts'
import { lobuleJson, runLobule, type Finished } from '../../support/run-lobule.ts'

let root: string
let home: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-corpus-'))
  home = join(root, 'home')
})
afterAll(() => rmSync(root, { recursive: true }))

interface Answer extends Pick<ImportReport, 'failed' | 'skipped'> {
  account: ImportAccount
}
const ended = async (...parameters: string[]): Promise<Answer & Pick<Finished, 'code'>> => {
  const { code, stdout } = await runLobule([...parameters, '--json'], { home })
  return { ...(JSON.parse(stdout) as Answer), code }
}

it('answers for each picture of the corpus: imported, flagged or refused', async () => {
  expect(corpusPictures.length).toBeGreaterThan(130)
  expect(new Set(corpusPictures.map(({ name }) => name)).size).toBe(corpusPictures.length)
  const folder = join(root, 'pictures')
  mkdirSync(folder)
  for (const { name, bytes } of corpusPictures) writeFileSync(join(folder, name), await bytes())
  const workspace = ['--workspace', join(root, 'w')]
  await lobuleJson(['init', ...workspace], { home })
  const { account, failed, code } = await ended('import', folder, ...workspace)
  const said = new Map<string, string>(corpusPictures.map(({ name }) => [name, 'imported']))
  for (const one of failed) said.set(basename(one.path), one.code)
  for (const { path, kind } of account.notes) said.set(basename(path), kind)
  const expected = new Map<string, string>(corpusPictures.map((one) => [one.name, one.expected]))
  expect(said).toEqual(expected)
  const sizes = new Map(
    (await lobuleJson<ImageView[]>(['images', ...workspace], { home })).map((image) => [
      basename(image.path),
      image.pixelSizeUm,
    ]),
  )
  for (const { name, pixelSizeUm } of corpusPictures)
    if (pixelSizeUm !== undefined) expect(sizes.get(name), name).toBeCloseTo(pixelSizeUm, 6)
  const refused = [...expected.values()].filter((one) => one.startsWith('image.')).length
  expect([code, account.files]).toEqual([
    1,
    {
      offered: corpusPictures.length,
      imported: corpusPictures.length - refused,
      present: 0,
      contradicting: 0,
      failed: refused,
    },
  ])
})

it('flags the quality of the pictures that lack a part', async () => {
  const folder = join(root, 'quality')
  mkdirSync(folder)
  const readable = corpusPictures.filter(({ expected }) => !expected.includes('.'))
  for (const { name, bytes } of readable) writeFileSync(join(folder, name), await bytes())
  const { images } = await lobuleJson<{ images: ImageQuality[] }>(['quality', folder], { home })
  expect(images.length).toBe(readable.length)
  const flagged = images.filter(({ flags }) => flags.some(({ code }) => code === 'black-areas'))
  expect(flagged.map(({ path }) => basename(path)).toSorted()).toEqual(
    readable.flatMap(({ name, flag }) => (flag === 'black-areas' ? [name] : [])).toSorted(),
  )
})

it('answers for trees of folders, the same in a dry run', async () => {
  const folder = join(root, 'trees')
  for (const { name, files } of corpusTrees)
    for (const [path, seed] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name, path)), { recursive: true })
      writeFileSync(join(folder, name, path), await noise(seed, 20, 20).png().toBuffer())
    }
  const workspace = ['--workspace', join(root, 'trees w')]
  await lobuleJson(['init', ...workspace, '--classes', 'Benign,Malignant*'], { home })
  const command = ['import', folder, ...workspace, '--labels', 'folder', '--cases', 'case-([^-.]+)']
  const tried = await ended(...command, '--dry-run')
  const { account, skipped = [], code } = await ended(...command)
  expect([tried.account, tried.code]).toEqual([account, code])
  const images = await lobuleJson<ImageView[]>(['images', ...workspace], { home })
  const isIn = (name: string, path: string): boolean => path.startsWith(join(folder, name, '/'))
  for (const { name, expected } of corpusTrees) {
    const contradictions = account.contradictions.filter(({ path }) => isIn(name, path))
    const own = images.filter(({ originalPath }) => isIn(name, originalPath))
    expect(
      {
        contradictions: contradictions.map((one) => `${one.what} ${one.offered} ${one.present}`),
        caseNames: [...new Set(own.flatMap(({ caseName }) => caseName ?? []))],
        imported: own.length,
      },
      name,
    ).toEqual({
      contradictions: expected.contradictions,
      caseNames: expected.caseNames,
      imported: expected.files.imported,
    })
  }
  const sumOf = (count: (tree: (typeof corpusTrees)[number]['expected']) => number): number =>
    corpusTrees.reduce((sum, { expected }) => sum + count(expected), 0)
  const { offered, ...outcomes } = account.files
  expect(outcomes).toEqual({
    imported: sumOf(({ files }) => files.imported),
    present: sumOf(({ files }) => files.present),
    contradicting: sumOf(({ files }) => files.contradicting),
    failed: sumOf(({ files }) => files.failed),
  })
  expect(account.hidden).toBe(sumOf(({ hidden }) => hidden))
  for (const { ending, files } of skipped)
    expect(files, ending).toBe(sumOf((expected) => expected.skipped[ending] ?? 0))
  const passed = skipped.reduce((sum, { files }) => sum + files, 0)
  const all = corpusTrees.flatMap(({ files }) => Object.keys(files))
  expect(offered + passed + account.hidden).toBe(all.length)
})
