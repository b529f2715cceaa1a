import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { unzipSync } from 'fflate'
import { atOnce } from '../../../../electron/base/slices.ts'
import { draftEnding } from '../../../../electron/base/atomic-file.ts'
import {
  modelManifestSchema,
  packageVersion,
  researchUseSentence,
  untrainedWarning,
  type ModelReport,
} from '../../../../electron/contract/index.ts'
import { recipeFingerprint } from '../../../../electron/engine/recipe/fingerprint.ts'
import { readModelReport } from '../../../../electron/features/models/model-report.ts'
import {
  findModel,
  insertImage,
  listBoosters,
  listFolds,
  listModels,
  type OpenWorkspace,
} from '../../../../electron/store/index.ts'
import {
  boosterText,
  bytesOf,
  changed,
  imageRow,
  jsonOf,
  makeWorld,
  pack,
  recipe,
  sha256,
  unpack,
  withLeaf,
  type JsonObject,
  type World,
} from './fixture.ts'

let world: World
let packed: Awaited<ReturnType<typeof pack>>
beforeAll(async () => {
  world = await makeWorld()
  packed = await pack(world, world.store, 'first', 'first.zip')
})
afterAll(() => world.dispose())

const first = 'boosters/resnet50-set0-seed0-fold0.txt'
const second = 'boosters/resnet50-set0-seed0-fold1.txt'
const bytes = (): Buffer => readFileSync(world.path('first.zip'))

describe('a model in a package', () => {
  it('is one zip with a manifest that has size and hash of every entry', () => {
    expect(packed).toMatchObject({ model: 'first', boosters: 2, weights: 'untrained', bytes: bytes().length })
    expect(packed.sha256).toBe(sha256(bytes()))
    const entries = unzipSync(bytes())
    const documents = ['manifest.json', 'report.json', 'folds.json', 'card.md']
    expect(Object.keys(entries)).toEqual([...documents, first, second])
    const manifest = modelManifestSchema.parse(jsonOf(entries['manifest.json']))
    expect(manifest).toMatchObject({
      untrained: untrainedWarning,
      researchUse: researchUseSentence,
      operatingPoint: 0.33,
      encoderFingerprints: { resnet50: 'e'.repeat(64) },
    })
    for (const { path, bytes: size, sha256: hash } of manifest.entries) {
      const content = entries[path] ?? new Uint8Array()
      expect([path, content.length, sha256(content)]).toEqual([path, size, hash])
    }
    expect(readdirSync(world.root)).not.toContainEqual(expect.stringContaining(draftEnding))
  })

  it('is the same in another workspace, folds included, and the same bytes when written again', async () => {
    const away = world.newWorkspace('away')
    // One image of the training set and one that is not.
    const known = insertImage(away.database, imageRow(sha256('image 1'), null))
    insertImage(away.database, imageRow(sha256('image x'), null))
    const report = await unpack(world, away, 'first.zip')
    expect(report).toMatchObject({
      model: 'first',
      images: 8,
      imagesHere: 1,
      weights: 'untrained',
      sha256: packed.sha256,
      needs: [{ encoder: 'resnet50', fingerprint: 'e'.repeat(64), state: 'missing' }],
      warnings: ['w'],
    })
    const { id: _, ...there } = findModel(world.store.database, 'first')
    const { id, ...here } = findModel(away.database, 'first')
    expect(here).toEqual({ ...there, isImported: true })
    const reports = [world.store, away].map(({ database }): ModelReport =>
      atOnce(readModelReport(database, 'first')),
    )
    expect(reports[1]).toEqual(reports[0])
    expect(listFolds(away.database, id)).toEqual(new Map([[known, 0]]))
    for (const { textSha256 } of listBoosters(away.database, id)) {
      const text = readFileSync(join(away.folders.boosters, `${textSha256}.txt`))
      expect(sha256(text)).toBe(textSha256)
    }
    // An image that is imported later belongs to the training set as well.
    const later = insertImage(away.database, imageRow(sha256('image 2'), null))
    expect(listFolds(away.database, id).get(later)).toBe(0)
    // Also in another year.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2031-05-05T05:05:05Z') })
    const again = await pack(world, away, 'first', 'again.zip').finally(() => vi.useRealTimers())
    const textsOf = (name: string) =>
      Object.entries(unzipSync(readFileSync(world.path(name)))).map(([entry, content]) => [
        entry,
        Buffer.from(content).toString(),
      ])
    expect(textsOf('again.zip')).toEqual(textsOf('first.zip'))
    expect(again.sha256).toBe(packed.sha256)
  })

  it('can get another name if its own is used, and accepts classes in another order', async () => {
    const turned = world.newWorkspace('turned', 'Malignant*,Benign')
    await unpack(world, turned, 'first.zip')
    await expect(unpack(world, turned, 'first.zip')).rejects.toMatchObject({ code: 'model.exists' })
    await expect(unpack(world, turned, 'first.zip', 'FIRST')).rejects.toMatchObject({ code: 'model.exists' })
    expect(await unpack(world, turned, 'first.zip', 'other')).toMatchObject({ model: 'other', boosters: 2 })
    expect(listModels(turned.database).map(({ name }) => name)).toEqual(['other', 'first'])
  })

  it('is not written if a booster has changed; the old file stays', async () => {
    const damaged = world.newWorkspace('damaged')
    await unpack(world, damaged, 'first.zip')
    const textSha256 = listBoosters(damaged.database, 1)[0]?.textSha256 ?? ''
    writeFileSync(join(damaged.folders.boosters, `${textSha256}.txt`), 'tree')
    writeFileSync(world.path('kept.zip'), 'what was there')
    await expect(pack(world, damaged, 'first', 'kept.zip')).rejects.toMatchObject({
      code: 'model.corrupt',
      message: expect.stringContaining(textSha256) as string,
    })
    expect(readFileSync(world.path('kept.zip'), 'utf8')).toBe('what was there')
    await expect(pack(world, world.store, 'first', 'kept.zip', false)).rejects.toMatchObject({
      code: 'path.exists',
    })
    await expect(pack(world, world.store, 'first', 'kept.zip/no.zip')).rejects.toMatchObject({
      code: 'path.not-writable',
    })
  })
})

describe('a damaged package', () => {
  let target: OpenWorkspace
  beforeAll(() => (target = world.newWorkspace('target')))

  /** Refused with this entry named, and nothing written. */
  const refused = async (file: string, entry: string | null, reason: RegExp): Promise<void> => {
    await expect(unpack(world, target, file)).rejects.toMatchObject({
      code: 'package.invalid',
      details: { entry, reason: expect.stringMatching(reason) as string },
    })
    expect(listModels(target.database)).toEqual([])
    const folder = target.folders.boosters
    expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([])
  }
  const write = (file: string, content: Uint8Array): void => writeFileSync(world.path(file), content)
  /** Changes a size at each place of the zip that states it. */
  const restate = (file: string, from: number, to: number): void => {
    const content = readFileSync(world.path(file))
    const said = Buffer.alloc(4)
    said.writeUInt32LE(from)
    for (let at = content.indexOf(said); at >= 0; at = content.indexOf(said, at + 4)) {
      content.writeUInt32LE(to, at)
    }
    write(file, content)
  }
  /** `text` and its replacement have the same length. */
  const replaced = (text: string, by: string): Buffer =>
    Buffer.from(bytes().toString('latin1').replaceAll(text, by), 'latin1')

  it('is refused if it is truncated, has extra bytes, or is another kind of file', async () => {
    for (const length of [10, 100, bytes().length / 2, bytes().length - 30, bytes().length - 1]) {
      write('cut.zip', bytes().subarray(0, length))
      await refused('cut.zip', null, length < 4 ? /not a zip/ : /cut off/)
    }
    write('grown.zip', Buffer.concat([bytes(), Buffer.from('x')]))
    await refused('grown.zip', null, /something was added/)
    write('text.zip', Buffer.from('nothing like a zip file, whatever its name says'))
    await refused('text.zip', null, /not a zip/)
    await expect(unpack(world, target, 'none.zip')).rejects.toMatchObject({ code: 'path.not-found' })
  })

  it('is refused if an entry differs from the manifest', async () => {
    changed(world, 'first.zip', 'text.zip', (entries) => {
      entries[second] = Buffer.from(entries[second] ?? []).map((byte, i) => (i === 500 ? byte ^ 1 : byte))
    })
    await refused('text.zip', second, /not what the manifest says/)
    changed(world, 'first.zip', 'report.zip', (entries) => {
      const report = Buffer.from(entries['report.json'] ?? []).toString()
      entries['report.json'] = Buffer.from(report.replace('"durationMs": 1234.5', '"durationMs": 1234.6'))
    })
    await refused('report.zip', 'report.json', /not what the manifest says/)
    changed(world, 'first.zip', 'less.zip', (entries) => Reflect.deleteProperty(entries, second))
    await refused('less.zip', second, /not there/)
    changed(world, 'first.zip', 'more.zip', (entries) => (entries['boosters/more.txt'] = bytesOf(1)))
    await refused('more.zip', 'boosters/more.txt', /does not belong/)
  })

  it('is refused if it contradicts itself, even with every hash computed again', async () => {
    const folds = (entries: Record<string, Uint8Array>): JsonObject[] =>
      jsonOf(entries['folds.json']) as unknown as JsonObject[]
    const cases: [
      string | null,
      RegExp,
      (entries: Record<string, Uint8Array>, manifest: JsonObject) => void,
    ][] = [
      // An image left out of the table would be predicted by boosters that were trained on it.
      ['folds.json', /not those of the report/, (e) => (e['folds.json'] = bytesOf(folds(e).slice(1)))],
      [
        'folds.json',
        /not those of the report/,
        (e) =>
          (e['folds.json'] = bytesOf(folds(e).map((row) => ({ ...row, fold: 1 - Number(row['fold']) })))),
      ],
      [
        'folds.json',
        /names fold 7/,
        (e) => (e['folds.json'] = bytesOf(folds(e).map((row) => ({ ...row, fold: 7 })))),
      ],
      [
        'folds.json',
        /synthetic/,
        (e) => (e['folds.json'] = bytesOf(folds(e).map((row) => ({ ...row, synthetic: false })))),
      ],
      ['manifest.json', /untrained/, (_e, manifest) => (manifest['untrained'] = null)],
      [
        'report.json',
        /its weights is not that/,
        (_e, m) => Object.assign(m, { untrained: null, weights: 'official' }),
      ],
      ['report.json', /operatingPoint/, (_e, manifest) => (manifest['operatingPoint'] = 0.9)],
      [
        'manifest.json',
        /fingerprint/,
        (_e, m) => (m['recipe'] = { ...(m['recipe'] as JsonObject), seed: 5 }),
      ],
      [
        'manifest.json',
        /format 6, which converts no colours/,
        (_e, m) => {
          const converting = { ...recipe, colour: 'srgb' as const }
          Object.assign(m, {
            version: 6,
            recipe: converting,
            recipeFingerprint: recipeFingerprint(converting),
          })
        },
      ],
      [
        'manifest.json',
        /fold1 is missing/,
        (_e, m) => (m['boosters'] = (m['boosters'] as JsonObject[]).slice(0, 1)),
      ],
      ['manifest.json', /researchUse/, (_e, manifest) => (manifest['researchUse'] = 'For all uses.')],
      ['manifest.json', /unknown|Unrecognized/i, (_e, manifest) => (manifest['more'] = 1)],
      ['manifest.json', /not the manifest/, (_e, manifest) => (manifest['format'] = 'other')],
    ]
    for (const [entry, reason, change] of cases) {
      changed(world, 'first.zip', 'odd.zip', change, { rehash: true })
      await refused('odd.zip', entry, reason)
    }
  })

  it('is refused if a booster does not belong to this model', async () => {
    const three = await boosterText('c', 3)
    const narrow = await boosterText('d', 2, 100)
    const own = await boosterText('e')
    const cases: [string, RegExp][] = [
      [three, /tells 3 classes apart; the model has 2/],
      [narrow, /asks for 100 numbers an image; resnet50 gives 2048/],
      ['tree\nversion=v4\n', /LightGBM refuses it/],
      [own.replace(/objective=.*\n/, ''), /lacks the line "objective=multiclass num_class:2"/],
      [own.replace(/objective=.*\n/, 'objective=multiclassova num_class:2 sigmoid:1\n'), /lacks the line/],
      [own.replace('\nfeature_names', '\naverage_output\nfeature_names'), /average_output/],
      // LightGBM reads such a leaf, and predicts NaN from the sum of two.
      [withLeaf(own, '99e306'), /has a leaf of 99e306; leaves are at most 1000000/],
      [withLeaf(own, '-1000001'), /has a leaf of -1000001/],
    ]
    for (const [text, reason] of cases) {
      changed(world, 'first.zip', 'odd.zip', (entries) => (entries[second] = Buffer.from(text)), {
        rehash: true,
      })
      await refused('odd.zip', second, reason)
    }
  })

  it('is refused if a name leads outside or occurs twice', async () => {
    for (const name of [
      '../../evil.txt',
      '/tmp/evil.txt',
      'boosters/../x.txt',
      'boosters\\x.txt',
      'C:evil.txt',
    ]) {
      changed(world, 'first.zip', 'evil.zip', (entries) => (entries[name] = bytesOf(1)))
      await refused('evil.zip', JSON.stringify(name).slice(1, -1), /does not belong/)
      const rename = (entries: Record<string, Uint8Array>, manifest: JsonObject): void => {
        entries[name] = entries[first] ?? new Uint8Array()
        Reflect.deleteProperty(entries, first)
        const [head, ...rest] = manifest['boosters'] as JsonObject[]
        manifest['boosters'] = [{ ...head, path: name }, ...rest]
      }
      changed(world, 'first.zip', 'evil.zip', rename, { rehash: true })
      await refused('evil.zip', name, /cannot have this name/)
    }
    write('twice.zip', replaced(second, first))
    await refused('twice.zip', first, /twice/)
  })

  it('is never unpacked beyond its declared size, however large it would become', async () => {
    const stated = (unzipSync(bytes())[second] ?? new Uint8Array()).length
    // 16 MiB of zeros in 16 KiB, with a booster's size in manifest and zip.
    changed(world, 'first.zip', 'bomb.zip', (entries) => (entries[second] = new Uint8Array(2 ** 24)))
    restate('bomb.zip', 2 ** 24, stated)
    await refused('bomb.zip', second, /more than the \d+ bytes that it says/)
    // Both declare more than is ever read.
    const limit = 2 ** 26
    changed(world, 'first.zip', 'large.zip', (entries, manifest) => {
      entries['report.json'] = new Uint8Array(77_777)
      const entry = (manifest['entries'] as JsonObject[]).find(({ path }) => path === 'report.json')
      if (entry !== undefined) entry['bytes'] = limit + 1
    })
    restate('large.zip', 77_777, limit + 1)
    await refused('large.zip', 'report.json', /at most 67108864 are read/)
  })

  it('is refused with its own message if it is newer or has other classes', async () => {
    changed(world, 'first.zip', 'newer.zip', (_entries, manifest) =>
      Object.assign(manifest, { version: packageVersion + 1, more: 1 }),
    )
    await expect(unpack(world, target, 'newer.zip')).rejects.toMatchObject({
      code: 'package.newer',
      details: { found: packageVersion + 1, known: packageVersion },
    })
    const other = world.newWorkspace('other', 'Normal,Benign,InSitu*,Invasive*')
    await expect(unpack(world, other, 'first.zip')).rejects.toMatchObject({
      code: 'package.other-classes',
      message: expect.stringMatching(/lobule init --classes "Benign,Malignant\*"/) as string,
    })
    const swapped = world.newWorkspace('swapped', 'Benign*,Malignant')
    await expect(unpack(world, swapped, 'first.zip')).rejects.toMatchObject({ code: 'package.other-classes' })
  })
})
