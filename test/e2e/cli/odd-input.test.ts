import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ImportAccount, RegionView } from '../../../electron/contract/index.ts'
import { noise } from '../../support/odd-files.ts'
import { lobuleJson, runLobule } from '../../support/run-lobule.ts'

/** What people type and what their disks hold, given to the built program. */
let root: string
let home: string
let workspace: string[]
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-odd-input-'))
  home = join(root, 'home')
  workspace = ['--workspace', join(root, 'w')]
  mkdirSync(join(root, 'in'))
  for (const name of ['a', 'b'])
    writeFileSync(join(root, 'in', `${name}.png`), await noise(name, 40, 30).png().toBuffer())
  await lobuleJson(['init', ...workspace, '--classes', 'Benign,Malignant*'], { home })
  await lobuleJson(['import', join(root, 'in'), ...workspace], { home })
})
afterAll(() => rmSync(root, { recursive: true }))

const run = (...parameters: string[]) => runLobule(parameters, { home })
const put = (name: string, content: string | Buffer): string => {
  const path = join(root, name)
  writeFileSync(path, content)
  return path
}

it.each([
  [['init', '--classes', 'A,,B', '-w', 'new'], 'The classes are not valid: a class has no name.'],
  [
    ['init', '--classes', 'A,none', '-w', 'new'],
    'The classes are not valid: "none" cannot name a class, because it says that there is none.',
  ],
  [['import', '', '-w', 'none'], 'error: an argument is empty, as where a variable of the shell is not set'],
  [['images', '-w', ''], 'error: an argument is empty, as where a variable of the shell is not set'],
])('says plainly what is wrong with %j', async (parameters, sentence) => {
  const { code, stderr } = await run(...parameters)
  expect([code, stderr.split('\n')[0]]).toEqual([2, sentence])
})

it('says plainly what is wrong with the name of a reader', async () => {
  const { code, stderr } = await run('readers', '--add', '', ...workspace)
  expect([code, stderr.trim()]).toEqual([2, 'Invalid arguments for "reader.add": name: it is empty.'])
})

it('imports the regions of a file in Windows-1252 if that is stated, and refuses a bow tie with its place', async () => {
  const feature = (name: string, ring: number[][]): object => ({
    type: 'Feature',
    geometry: { type: 'Polygon', coordinates: [ring] },
    properties: { name },
  })
  const triangle = [
    [1, 1],
    [20, 1],
    [1, 20],
    [1, 1],
  ]
  const bowTie = [
    [10, 10],
    [30, 20],
    [30, 10],
    [10, 20],
    [10, 10],
  ]
  const features = [feature('Käse', triangle), feature('bow', bowTie)]
  const text = JSON.stringify({ type: 'FeatureCollection', features })
  const file = put('latin.geojson', Buffer.from(text, 'latin1'))
  const command = ['regions', 'import', 'a.png', file, ...workspace, '--reader', 'Ann']
  const guessed = await run(...command)
  expect([guessed.code, guessed.stderr]).toEqual([
    1,
    expect.stringContaining('line 1 is not UTF-8: save the file as UTF-8, or state'),
  ])
  const stated = await run(...command, '--encoding', 'windows-1252')
  expect([stated.code, stated.stderr]).toEqual([
    1,
    expect.stringContaining('Feature 2 (bow) was not imported: its outline crosses itself at (20, 15).'),
  ])
  const regions = await lobuleJson<RegionView[]>(['regions', 'list', 'a.png', ...workspace], { home })
  expect(regions.map(({ name }) => name)).toEqual(['Käse'])
})

it.runIf(process.platform === 'linux')('counts and names files whose names are not UTF-8', async () => {
  const folder = join(root, 'names')
  mkdirSync(folder)
  for (const byte of [0xe8, 0xe9])
    writeFileSync(
      Buffer.concat([Buffer.from(join(folder, 'caf')), Buffer.from([byte]), Buffer.from('.png')]),
      'x',
    )
  const labels = put('labels.csv', 'file,label\ncafé.png,Benign\n')
  const command = ['import', folder, '--labels', labels, ...workspace]
  const { code, stdout } = await run(...command, '--json')
  const { account, failed } = JSON.parse(stdout) as { account: ImportAccount; failed: { path: string }[] }
  expect([code, account.files, account.rows]).toMatchObject([
    1,
    { offered: 2, failed: 2 },
    { offered: 1, failed: 1 },
  ])
  expect(failed.map(({ path }) => path)).toEqual(
    ['caf<E8>.png', 'caf<E9>.png'].map((name) => join(folder, name)),
  )
  const relinked = await run('workspace', 'relink', folder, ...workspace)
  expect(relinked.stdout).toContain('caf<E8>.png cannot be opened')
})

it('writes labels as a table in which no name or comment is a formula, and reads it back', async () => {
  await run(
    'label',
    'a.png',
    'Benign',
    ...workspace,
    '--reader',
    '=Ann',
    '--comment',
    '=HYPERLINK("http://x")',
  )
  const file = join(root, 'out.csv')
  expect((await run('labels', '--csv', file, ...workspace)).code).toBe(0)
  const text = readFileSync(file, 'utf8')
  expect(text.startsWith('\uFEFFfile,label,case,reader,')).toBe(true)
  expect(text).toContain(`,'=Ann,`)
  expect(text).toContain(`"'=HYPERLINK(""http://x"")"`)
  const other = ['--workspace', join(root, 'other')]
  await run('init', ...other, '--classes', 'Benign,Malignant*')
  await run('import', join(root, 'in'), '--labels', file, ...other)
  const { stdout } = await run('readers', ...other)
  expect(stdout).toMatch(/^=Ann /m)
})

it.runIf(process.getuid?.() === 0)('opens a workspace for reading where a user may not write', async () => {
  const userId = 65_534
  const own = join(root, 'own')
  mkdirSync(own)
  chownSync(own, userId, userId)
  const path = join(root, 'kept')
  await run('init', '--workspace', path, '--classes', 'Benign,Malignant*')
  await run('import', join(root, 'in'), '--workspace', path)
  for (const file of readdirSync(path)) chmodSync(join(path, file), 0o444)
  for (const folder of [root, path]) chmodSync(folder, 0o555)
  try {
    const asUser = (...parameters: string[]) =>
      runLobule([...parameters, '--workspace', path], { home: own, userId })
    const images = await asUser('images')
    expect([images.code, images.stdout.match(/png/g)]).toEqual([0, ['png', 'png']])
    expect(images.stderr).toContain('is open for reading only')
    const labelled = await asUser('label', 'a.png', 'Benign', '--reader', 'Ann')
    expect([labelled.code, labelled.stderr]).toEqual([1, expect.stringContaining('Nothing was changed.')])
    const made = await runLobule(['init', '--workspace', join(root, 'x', 'y')], { home: own, userId })
    expect(made.stderr.trim()).toBe(`${join(root, 'x', 'y')} cannot be written: permission is denied.`)
  } finally {
    chmodSync(root, 0o755)
  }
})
