import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CheckReport, ImageView, ImportReport, WorkspaceInfo } from '../../../electron/contract/index.ts'
import { keyedGenerator } from '../../../electron/engine/random/index.ts'
import { noise, stack, writeOddFiles } from '../../support/odd-files.ts'
import { lobuleJson, runLobule } from '../../support/run-lobule.ts'
import { watchMemory } from '../../support/watch-memory.ts'

type Imported = Omit<ImportReport, 'images'>

let root: string
let home: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-import-'))
  home = join(root, 'home')
})
afterAll(() => rmSync(root, { recursive: true }))

const json = <T>(...parameters: string[]): Promise<T> => lobuleJson<T>(parameters, { home })
const run = (...parameters: string[]): ReturnType<typeof runLobule> => runLobule(parameters, { home })
const newWorkspace = async (name: string): Promise<string[]> => {
  const workspace = ['--workspace', join(root, name)]
  await json('init', ...workspace)
  return workspace
}
const folder = (name: string): string => {
  mkdirSync(join(root, name), { recursive: true })
  return join(root, name)
}
const check = (workspace: string[]): Promise<CheckReport> => json('workspace', 'check', ...workspace)
const byPath = (failed: Imported['failed']): Map<string, string> =>
  new Map(failed.map(({ path, code }) => [path, code] as const).toSorted())

it('imports the good files of a folder of unusual ones, gives a reason for each other one, once', async () => {
  const odd = folder('odd')
  const { good, duplicates, bad } = await writeOddFiles(odd)
  expect(bad.size).toBeGreaterThanOrEqual(15)
  const workspace = await newWorkspace('odd-w')
  const expected = new Map([...bad].toSorted())
  const first = await json<Imported>('import', odd, ...workspace)
  expect(byPath(first.failed)).toEqual(expected)
  expect(first).toMatchObject({ imported: good.length - duplicates, duplicates, labelled: 0, rows: [] })
  const again = await json<Imported>('import', odd, ...workspace)
  expect(byPath(again.failed)).toEqual(expected)
  expect(again).toMatchObject({ imported: 0, duplicates: good.length })
  expect(await check(workspace)).toMatchObject({ problems: [], images: good.length - duplicates })
})

it('lists a folder and a file without read permission, and imports the rest', async ({ skip }) => {
  if (process.getuid === undefined) return skip('no rights of this kind here')
  const locked = folder('locked')
  writeFileSync(join(locked, 'open.png'), await noise('open').png().toBuffer())
  writeFileSync(join(locked, 'closed.png'), await noise('closed').png().toBuffer())
  mkdirSync(join(locked, 'secret'))
  writeFileSync(join(locked, 'secret', 'unseen.png'), await noise('unseen').png().toBuffer())
  chmodSync(join(locked, 'closed.png'), 0o000)
  chmodSync(join(locked, 'secret'), 0o000)
  const workspace = ['--workspace', join(folder('unprivileged'), 'w')]
  // Root may read everything, so as root the program runs as an unprivileged user.
  const userId = process.getuid() === 0 ? 65_534 : undefined
  const options = { home: folder('home-unprivileged'), ...(userId === undefined ? {} : { userId }) }
  if (userId !== undefined) {
    chmodSync(root, 0o755)
    for (const name of ['unprivileged', 'home-unprivileged']) chownSync(join(root, name), userId, userId)
  }
  await lobuleJson(['init', ...workspace], options)
  const report = await lobuleJson<Imported>(['import', locked, ...workspace], options)
  expect(byPath(report.failed)).toEqual(
    new Map([
      [join(locked, 'closed.png'), 'path.unreadable'],
      [join(locked, 'secret'), 'path.unreadable'],
    ]),
  )
  expect(report.imported).toBe(1)
  chmodSync(join(locked, 'secret'), 0o755)
})

it('requires a choice for a file with several images', async () => {
  const stacks = folder('stacks')
  writeFileSync(join(stacks, 'stack.tif'), await stack('stack'))
  writeFileSync(join(stacks, 'single.png'), await noise('single').png().toBuffer())
  const workspace = await newWorkspace('stacks-w')
  const asked = await run('import', stacks, ...workspace)
  expect(asked).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('(pages 1: 60 x 40, 2: 60 x 40') as string,
  })
  const none = await json<Imported>('import', stacks, ...workspace, '--page', '9')
  expect(none).toMatchObject({ imported: 0, duplicates: 1, failed: [{ code: 'image.no-page' }] })
  expect(await json<Imported>('import', stacks, ...workspace, '--page', '2')).toMatchObject({ imported: 1 })
  expect(await json<Imported>('import', stacks, ...workspace, '--page', 'all', '--copy')).toMatchObject({
    imported: 2,
    duplicates: 2,
    failed: [],
  })
  const images = await json<ImageView[]>('images', ...workspace)
  expect(images.map(({ page, copied }) => [page, copied]).toSorted()).toEqual([
    [1, true],
    [1, true],
    [2, true],
    [3, true],
  ])
  expect(new Set(images.map(({ sha256 }) => sha256)).size).toBe(4)
  expect((await check(workspace)).problems).toEqual([])
  expect(await run('import', stacks, ...workspace, '--page', '0')).toMatchObject({ code: 2 })
})

it('previews cases and labels, uses a stated pixel size and a table of labels, and writes a table', async () => {
  const pictures = folder('pictures')
  for (const name of ['p1-a', 'p1-b', 'p2-a'])
    writeFileSync(join(pictures, `${name}.png`), await noise(name).png().toBuffer())
  const table = join(root, 'labels.csv')
  writeFileSync(table, 'file,label,case,reader\np1-a.png,benign,,Dr. Eva\np2-a.png,Carcinoma,,\n')
  const workspace = await newWorkspace('pictures-w')
  const sources = [pictures, ...workspace, '--labels', table, '--cases', '^p\\d+']
  const preview = await json<{ files: unknown[]; rows: unknown[] }>('import', ...sources, '--dry-run')
  expect(preview).toMatchObject({
    files: [
      { caseName: 'p1', className: 'Benign' },
      { caseName: 'p1', className: null },
      { caseName: 'p2', className: null },
    ],
    rows: [{ row: 2, file: 'p2-a.png' }],
  })
  expect(await json('images', ...workspace)).toEqual([])
  const report = await json<Imported>('import', ...sources, '--pixel-size', '0.42')
  expect(report).toMatchObject({ imported: 3, labelled: 1, rows: [{ row: 2 }] })
  const images = await json<ImageView[]>('images', ...workspace)
  expect(images[0]).toMatchObject({
    pixelSizeUm: 0.42,
    pixelSizeSource: 'stated',
    caseName: 'p1',
    label: { className: 'Benign', reader: 'Dr. Eva' },
  })

  const said = ['--reader', 'ada', '--comment', 'clear']
  await json('label', 'p1-b.png', 'invasive', ...workspace, ...said)
  await json('label', '1', 'Normal', ...workspace, '--reader', 'ada')
  await json('label', '1', ...workspace, '--reader', 'ada', '--undo')
  expect(await run('label', 'p9.png', 'Benign', ...workspace, ...said)).toMatchObject({ code: 1 })
  expect(await run('label', '1', 'Sarcoma', ...workspace, ...said)).toMatchObject({ code: 1 })
  // The undo withdrew this reader's label: a comment alone is no label.
  expect(await run('label', '1', ...workspace, ...said)).toMatchObject({ code: 0 })
  expect(await run('label', '1', ...workspace, '--reader', 'ada')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('give exactly one of a class') as string,
  })
  expect(await json('labels', ...workspace, '--history')).toHaveLength(5)
  const written = join(root, 'written.csv')
  await json('labels', ...workspace, '--csv', written)
  const other = await newWorkspace('other-w')
  expect(await json('import', pictures, ...other, '--labels', written)).toMatchObject({
    labelled: 2,
    rows: [],
  })
  expect(await json('labels', ...other)).toMatchObject([
    // Ada's label of the first image was undone; Dr. Eva's label remains.
    { className: 'Benign', reader: 'Dr. Eva', caseName: 'p1' },
    { className: 'Invasive', reader: 'ada' },
  ])
  expect(await json<WorkspaceInfo>('workspace', 'info', ...workspace)).toMatchObject({
    images: 3,
    labelled: 2,
    labelEntries: 5,
    cases: 2,
    readers: [
      { name: 'Dr. Eva', entries: 1 },
      { name: 'ada', entries: 3 },
    ],
  })
  expect(await run('classes', ...workspace, '--set', 'A,B*')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('already has 4 labels') as string,
  })
  const renamed = await json<object[]>('classes', ...workspace, '--rename', 'Benign=A=B')
  expect(renamed[1]).toMatchObject({ name: 'A=B', formerNames: ['Benign'] })
})

it('edits the classes while nothing is labelled', async () => {
  const workspace = await newWorkspace('classes-w')
  expect(await json('classes', ...workspace, '--set', 'Polyp, Adenoma ,Cancer*')).toMatchObject([
    { name: 'Polyp', key: '1', isPositive: false },
    { name: 'Adenoma', key: '2' },
    { name: 'Cancer', key: '3', isPositive: true },
  ])
  expect(await json('classes', ...workspace)).toHaveLength(3)
  expect(await run('classes', ...workspace, '--set', 'A,a')).toMatchObject({ code: 2 })
})

it('detects moved, changed and damaged files, and finds moved ones again', async () => {
  const before = folder('before')
  for (const name of ['a', 'b', 'c'])
    writeFileSync(join(before, `${name}.png`), await noise(name).png().toBuffer())
  const workspace = await newWorkspace('moved-w')
  await json('import', before, ...workspace)
  mkdirSync(join(root, 'after', 'deep'), { recursive: true })
  renameSync(join(before, 'a.png'), join(root, 'after', 'deep', 'other name.png'))
  writeFileSync(join(before, 'b.png'), 'not what it was')
  const descriptors = join(root, 'moved-w', 'descriptors', 'aa')
  mkdirSync(descriptors, { recursive: true })
  writeFileSync(join(descriptors, 'x.npy'), 'damaged')
  const checked = await run('workspace', 'check', ...workspace, '--json')
  expect(checked.code).toBe(1)
  const { problems } = JSON.parse(checked.stdout) as CheckReport
  expect(problems.map(({ kind }) => kind)).toEqual(['image-missing', 'image-changed', 'descriptors-damaged'])
  const relinked = await json('workspace', 'relink', join(root, 'after'), ...workspace)
  expect(relinked).toMatchObject({ found: [{ imageId: 1 }], missing: [{ imageId: 2 }] })
  expect((await json<ImageView[]>('images', ...workspace))[0]).toMatchObject({ fileName: 'other name.png' })
})

it('cleans files that can be computed again or have no owner, and only the requested parts', async () => {
  const workspace = await newWorkspace('clean-w')
  for (const name of ['descriptors', 'explanations', 'images', 'dropped/0123456789abcdef']) {
    mkdirSync(join(root, 'clean-w', name), { recursive: true })
    writeFileSync(join(root, 'clean-w', name, 'file.part'), 'left')
  }
  expect(await run('workspace', 'clean', ...workspace)).toMatchObject({ code: 2 })
  expect(await json('workspace', 'clean', ...workspace, '--leftovers')).toEqual({
    removedFiles: 2,
    removedBytes: 8,
  })
  const info = await run('workspace', 'info', ...workspace)
  expect(info.stdout).toMatch(
    /descriptors 0\.0 MB, .*explanations 0\.0 MB, .*leftovers 0\.0 MB; [\d.]+ MB free/,
  )
  expect(await json('workspace', 'clean', ...workspace, '--explanations')).toEqual({
    removedFiles: 1,
    removedBytes: 4,
  })
  expect(await json('workspace', 'clean', ...workspace, '--leftovers', '--descriptors')).toEqual({
    removedFiles: 1,
    removedBytes: 4,
  })
})

it('refuses long work if there is too little disk space', async () => {
  const size = ['--width', '8192', '--height', '8192', '--per-class', '1000']
  expect(await run('demo', join(root, 'vast'), ...size)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/about 805.3 GB needed, [\d.]+ GB free/) as string,
  })
})

describe('what must not break it', () => {
  // LOBULE_KILLS=20 for the long run.
  const kills = Number(process.env['LOBULE_KILLS'] ?? 3)

  it('survives kill -9 at any moment of an import', async () => {
    const many = folder('many')
    const count = 60
    const bytes = await noise('many', 700, 500).tiff({ compression: 'none' }).toBuffer()
    for (let i = 0; i < count; i++) {
      bytes.writeUInt16LE(i, 5000)
      writeFileSync(join(many, `${i}.tif`), bytes)
    }
    const reportedIn = (said: string): number =>
      Math.max(0, ...[...said.matchAll(/: (\d+) of/g)].map((match) => Number(match[1])))
    const generator = keyedGenerator(`kills-${Date.now()}`)
    const reached: number[] = []
    for (let round = 0; round < kills; round++) {
      const workspace = await newWorkspace(`killed-${round}`)
      // At any image, however fast the machine: once this many are reported as done, and a moment later.
      const least = generator.nextInteger(count - 10)
      const afterMs = generator.nextInteger(100)
      const killed = await runLobule(['import', many, ...workspace, '--copy'], {
        home,
        interrupt: { signal: 'SIGKILL', afterMs, once: (said) => reportedIn(said) >= least },
      })
      const reported = reportedIn(killed.stderr)
      const checked = await check(workspace)
      expect(checked.problems, `killed ${afterMs} ms after ${least} images`).toEqual([])
      expect(checked.images).toBeGreaterThanOrEqual(reported)
      reached.push(checked.images)
      const rest = await json<Imported>('import', many, ...workspace, '--copy')
      expect(rest).toMatchObject({ imported: count - checked.images, duplicates: checked.images, failed: [] })
      const copies = readdirSync(join(root, `killed-${round}`, 'images'))
      expect([copies.length, copies.filter((name) => !name.endsWith('.tif'))]).toEqual([count, []])
    }
    console.warn(`killed with ${reached.join(', ')} of ${count} images imported`)
  })

  // LOBULE_MUTATIONS=5000 for the long run.
  it('turns each mutated file into an image or an error', async () => {
    const mutated = folder('mutated')
    const count = Number(process.env['LOBULE_MUTATIONS'] ?? 240)
    const seeds = [
      await noise('m1', 60, 40).png().toBuffer(),
      await noise('m2', 60, 40).jpeg().toBuffer(),
      await noise('m3', 60, 40).tiff({ compression: 'lzw' }).toBuffer(),
      await noise('m4', 60, 40)
        .tiff({ compression: 'jpeg', tile: true, tileWidth: 16, tileHeight: 16 })
        .toBuffer(),
      await stack('m5'),
      await noise('m6', 60, 40).webp().toBuffer(),
    ]
    const generator = keyedGenerator('mutated files')
    for (let i = 0; i < count; i++) {
      const bytes = Buffer.from(seeds[i % seeds.length] ?? Buffer.alloc(1))
      for (let change = generator.nextInteger(4); change >= 0; change--) {
        const reach = generator.nextBoolean() ? Math.min(200, bytes.length) : bytes.length
        bytes[generator.nextInteger(reach)] = generator.nextInteger(256)
      }
      writeFileSync(join(mutated, `${i}.tif`), bytes)
    }
    const workspace = await newWorkspace('mutated-w')
    let most = (): number | null => null
    const report = await lobuleJson<Imported>(['import', mutated, ...workspace, '--page', 'all'], {
      home,
      onStart: (pid) => (most = watchMemory(pid)),
    })
    const megabytes = (most() ?? 0) / 1e6
    // Whatever size the files declare: an import of one small image uses 290 MB, of 5000 of these 400 MB.
    expect(megabytes).toBeLessThan(600)
    const { imported, duplicates, failed } = report
    console.warn(
      `${count} files: ${imported} imported, ${duplicates} the same, ${failed.length} refused; at most ${megabytes.toFixed(0)} MB`,
    )
    const codes = [...new Set(report.failed.map(({ code }) => code))]
    const allowed = [
      'image.truncated',
      'image.unsupported-format',
      'image.too-large',
      'image.implausible',
      'image.no-page',
    ]
    expect(codes.filter((code) => !allowed.includes(code))).toEqual([])
    expect(report.imported).toBeGreaterThan(count / 10)
    expect(report.failed.length).toBeGreaterThan(count / 10)
    expect((await check(workspace)).problems).toEqual([])
  })
})
