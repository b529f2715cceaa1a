import { readFileSync, writeFileSync } from 'node:fs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { atOnce } from '../../../../electron/base/slices.ts'
import { sha256 } from '../../../../electron/base/sha256.ts'
import { hasCode, type ErrorCode } from '../../../../electron/contract/index.ts'
import { checkedGeometry } from '../../../../electron/engine/regions/geometry.ts'
import { verifyChain } from '../../../../electron/features/audit/verify-chain.ts'
import { commentOnLabel } from '../../../../electron/features/labels/comments.ts'
import { readAgreement } from '../../../../electron/features/labels/readings.ts'
import { giveClassName } from '../../../../electron/features/labels/rename-class.ts'
import {
  addRegion,
  changeRegion,
  deleteRegion,
} from '../../../../electron/features/regions/change-regions.ts'
import { currentRegions } from '../../../../electron/features/regions/current-regions.ts'
import {
  chainHead,
  getImage,
  insertImage,
  listEvents,
  listRegionEntries,
  readReadings,
  type OpenWorkspace,
} from '../../../../electron/store/index.ts'
import { adjudicate, setLabels, undoLabels, undoRegions } from '../../../support/at-once.ts'
import { labelLine, readingsFileText } from '../../../support/readings-file.ts'
import { newImage } from '../../../support/rows.ts'
import { classes, exchange, hashOf, idOf, inRoot, label, make, receive, send, shown } from './sides.ts'

const all = { name: 'x', isHidden: () => false }

const agreement = ({ database }: OpenWorkspace): unknown =>
  (['current', 'independent'] as const).map((basis) => {
    const { readers, pairs, overall, disputed } = atOnce(readAgreement(database, basis))
    return {
      readers,
      overall,
      pairs: pairs.map(({ cells, ...pair }) => ({
        ...pair,
        cells: cells.map((row) => row.map((ids) => ids.length)),
      })),
      disputed: disputed.map((id) => getImage(database, id).sha256).toSorted(),
    }
  })

/** A counter-based choice, so that a failing seed can be repeated. */
function chooser(seed: number): (below: number) => number {
  let count = 0
  return (below) => Number.parseInt(sha256(`${seed} ${count++}`).slice(0, 8), 16) % below
}

/** Something that a reader does; what the state refuses is left out. */
function act(workspace: OpenWorkspace, reader: string, choose: (below: number) => number): void {
  const { database } = workspace
  const imageId = idOf(workspace, choose(4))
  const image = getImage(database, imageId)
  const className = classes[choose(classes.length)] ?? null
  const by = { ...all, name: reader }
  const [region] = currentRegions(listRegionEntries(database, imageId), image).toSorted((a, b) =>
    a.uuid < b.uuid ? -1 : 1,
  )
  const geometry = checkedGeometry(
    { kind: 'rectangle', left: choose(40), top: choose(40), right: 50 + choose(40), bottom: 50 + choose(40) },
    image,
  )
  const content = { geometry, className, name: null, comment: null }
  const acts = [
    () => setLabels(database, [imageId], className, { reader, comment: choose(2) === 0 ? null : 'why' }),
    () => setLabels(database, [imageId], className, { reader, comment: null, isBlind: () => true }),
    () => setLabels(database, [imageId], null, { reader, comment: null, isUnsure: true }),
    () => setLabels(database, [imageId], null, { reader, comment: null, confirmBlind: true }),
    () => undoLabels(database, [imageId], { reader, comment: null, isBlinded: false, confirmBlind: true }),
    () => commentOnLabel(database, imageId, { reader, comment: `comment ${choose(9)}` }),
    () => adjudicate(database, [imageId], className, { reader, comment: null }),
    () => addRegion(database, imageId, content, by),
    () => changeRegion(database, region?.id ?? 0, content, by),
    () => deleteRegion(database, region?.id ?? 0, by),
    () => undoRegions(database, imageId, by),
  ]
  try {
    acts[choose(acts.length)]?.()
  } catch (error) {
    const expected: ErrorCode[] = [
      ...(['label.nothing-to-withdraw', 'label.nothing-to-undo', 'label.nothing-to-comment'] as const),
      ...(['reading.nothing-to-adjudicate', 'region.nothing-to-undo'] as const),
      ...(['region.not-found', 'undo.changed-since'] as const),
    ]
    if (!expected.some((one) => hasCode(error, one))) throw error
  }
}

describe.each([
  ['two readers', 'ada', 'ben', []],
  ['one reader on two computers', 'ada', 'Ada', []],
  ['two readers, of whom one renames a class', 'ada', 'ben', ['DCIS', 'InSitu', 'DCIS']],
] as const)('%s', (_what, first, second, names) => {
  it.each([1, 2, 3])(
    'who exchange three times in random order see the same labels, kappa and digest (seed %i)',
    async (seed) => {
      const choose = chooser(seed)
      const sides = [make('a', [0, 1, 2, 3]), make('b', [3, 1, 0, 2])] as const
      const readers = [first, second] as const
      const work = (): void => {
        for (let count = 0; count < 12; count++) {
          const side = choose(2)
          act(sides[side === 0 ? 0 : 1], readers[side === 0 ? 0 : 1], choose)
        }
      }
      for (let round = 0; round < 3; round++) {
        work()
        const newName = names[round]
        if (newName !== undefined) giveClassName(sides[0].database, { name: 'InSitu', newName })
        const from = choose(2)
        const [one, other] = from === 0 ? sides : ([sides[1], sides[0]] as const)
        // A reader goes on while a file is on its way.
        const { path } = await send(one)
        work()
        await receive(other, path)
        if (choose(2) === 0) await exchange(other, one)
      }
      const [a, b] = sides
      await exchange(a, b)
      await exchange(b, a)
      // Everything is there now, in any order.
      expect((await exchange(a, b)).added).toEqual({ labels: 0, comments: 0, regionChanges: 0 })
      const digests = await Promise.all(sides.map(async (side) => (await send(side)).digest))
      expect(digests[0]).toBe(digests[1])
      if (second === 'ben') expect(firstNames(shown(a))).toEqual(shown(b))
      else expect(lowerCase(shown(a))).toEqual(lowerCase(shown(b)))
      expect(lowerCase(firstNames(agreement(a)))).toEqual(lowerCase(agreement(b)))
      for (const { database } of sides)
        expect(await verifyChain(database)).toMatchObject({ whole: true, problems: [] })
    },
  )
})

/** By the names of the workspace that renamed no class. */
const firstNames = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value).replaceAll('"DCIS"', '"InSitu"'))

/** Each workspace keeps its own spelling of a reader's name. */
const lowerCase = (value: unknown): unknown => JSON.parse(JSON.stringify(value).replaceAll('"Ada"', '"ada"'))

it('carries a comment without a label, which leaves the label that its reader gave on the other computer', async () => {
  const [a, b] = [make('a', [0]), make('b', [0])]
  label(a, 'ada', 0, 'Benign')
  const labelsAlone = await send(a)
  commentOnLabel(b.database, idOf(b, 0), { reader: 'ada', comment: 'dense' })
  const sent = await send(b)
  expect(readFileSync(labelsAlone.path, 'utf8')).toContain('"version":1,')
  expect(readFileSync(sent.path, 'utf8')).toContain('"version":2,')
  await receive(a, sent.path)
  await exchange(a, b)
  for (const side of [a, b])
    expect(getImage(side.database, idOf(side, 0))).toMatchObject({
      label: { className: 'Benign' },
      readings: {
        all: [{ className: 'Benign', comment: null }],
        notes: [{ reader: 'ada', comment: 'dense' }],
      },
    })
  expect(shown(a)).toEqual(shown(b))
  label(a, 'ada', 0, 'Invasive')
  expect(getImage(a.database, idOf(a, 0)).readings).toMatchObject({
    all: [{ className: 'Invasive', comment: 'dense' }],
  })
})

it('a second import changes nothing, not even the trail', async () => {
  const [a, b] = [make('a', [0, 1]), make('b', [1, 0])]
  label(a, 'ada', 0, 'Benign')
  const { path } = await send(a)
  const first = await receive(b, path)
  expect(first).toMatchObject({ added: { labels: 1 }, known: 0, leftOut: 0, missingImages: 0 })
  const head = chainHead(b.database)
  expect(await receive(b, path)).toMatchObject({ added: { labels: 0 }, known: 1, digest: first.digest })
  expect(chainHead(b.database)).toEqual(head)
  // Nor does an import of the own file.
  const own = chainHead(a.database)
  await receive(a, path)
  expect(chainHead(a.database)).toEqual(own)
})

it('keeps who, when, blind and undone, and records where it came from in both trails', async () => {
  const [a, b] = [make('a', [0, 1]), make('b', [1, 0])]
  label(a, 'ada', 1, 'Benign', { isBlind: () => true })
  label(a, 'ada', 0, 'Normal')
  undoLabels(a.database, [idOf(a, 0)], {
    reader: 'ada',
    comment: null,
    isBlinded: false,
    confirmBlind: false,
  })
  const head = chainHead(a.database)
  const sent = await send(a)
  await receive(b, sent.path)
  const [reading] = readReadings(b.database, idOf(b, 1)).get(idOf(b, 1))?.all ?? []
  const [given] = readReadings(a.database, idOf(a, 1)).get(idOf(a, 1))?.all ?? []
  expect(reading).toMatchObject({ reader: 'ada', className: 'Benign', isBlind: true, at: given?.at })
  expect(getImage(b.database, idOf(b, 0)).label).toBeNull()
  const events = listEvents(
    b.database,
    { kinds: null, reader: null, imageId: null, text: null, from: null, to: null },
    { olderThan: null, limit: 4 },
  ).events.toReversed()
  expect(events.map(({ kind }) => kind)).toEqual(['import', 'label', 'label', 'undo'])
  const [first] = listEvents(
    a.database,
    { kinds: ['chain'], reader: null, imageId: null, text: null, from: null, to: null },
    { olderThan: null, limit: 9 },
  ).events.toReversed()
  expect(events[0]?.after).toMatchObject({
    what: 'readings',
    sha256: sha256(readFileSync(sent.path)),
    workspace: { id: first?.hash, name: 'a' },
    head: { event: head?.id, hash: head?.hash },
    software: 'test',
  })
  expect(events[1]?.after).toMatchObject({
    received: { import: 1, at: given?.at },
    source: 'import',
    blind: true,
  })
})

it('a label that was given with another in view is the newer one, although its clock is behind', async () => {
  const [a, b] = [make('a', [0]), make('b', [0])]
  const at = new Date(Date.now() + 3_600_000).toISOString()
  const path = inRoot('ahead.jsonl')
  writeFileSync(path, readingsFileText([hashOf(0)], [labelLine(hashOf(0), { reader: 'ada', at })]))
  await receive(a, path)
  label(a, 'ada', 0, 'Invasive')
  await exchange(a, b)
  for (const side of [a, b]) {
    const image = getImage(side.database, idOf(side, 0))
    expect(image.label?.className).toBe('Invasive')
    expect(image.readings.all).toHaveLength(1)
  }
})

it('the same label undone on both computers is undone once, and one redo brings it back on both', async () => {
  const [a, b] = [make('a', [0]), make('b', [0])]
  label(a, 'ada', 0, 'Benign')
  await exchange(a, b)
  const undo = { reader: 'ada', comment: null, isBlinded: false, confirmBlind: false }
  undoLabels(a.database, [idOf(a, 0)], undo)
  undoLabels(b.database, [idOf(b, 0)], undo)
  expect(await exchange(a, b)).toMatchObject({ added: { labels: 0 } })
  expect(await exchange(b, a)).toMatchObject({ added: { labels: 0 } })
  expect(getImage(b.database, idOf(b, 0)).label).toBeNull()
  expect(await verifyChain(b.database)).toMatchObject({ whole: true })
})

it('leaves out the images that it lacks, says which, and takes their readings once it has them', async () => {
  const [a, b] = [make('a', [0, 1]), make('b', [0])]
  for (const index of [0, 1]) label(a, 'ada', index, 'Benign')
  const { path, digest } = await send(a)
  expect(await receive(b, path)).toMatchObject({
    added: { labels: 1 },
    ...{ leftOut: 1, missingImages: 1, missing: [hashOf(1)] },
  })
  insertImage(b.database, newImage(hashOf(1)))
  expect(await receive(b, path)).toMatchObject({ added: { labels: 1 }, known: 1, missingImages: 0, digest })
})

it('an image that was removed keeps receiving its readings, for when it is restored', async () => {
  const [a, b] = [make('a', [0]), make('b', [0])]
  b.database.prepare('UPDATE images SET removed_at = ?').run(new Date().toISOString())
  label(a, 'ada', 0, 'Benign')
  expect(await exchange(a, b)).toMatchObject({ added: { labels: 1 }, missingImages: 0 })
  expect(getImage(b.database, 1, { withRemoved: true }).readings.all).toMatchObject([
    { reader: 'ada', className: 'Benign' },
  ])
})

afterEach(() => vi.useRealTimers())

it('says at the export which entries another computer will refuse, as a clock was wrong', async () => {
  const [a, b] = [make('a', [0, 1]), make('b', [0, 1])]
  label(a, 'ada', 0, 'Benign')
  expect(await send(a)).toMatchObject({ labels: 1, ahead: 0 })
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 365 * 24 * 3_600_000 })
  label(a, 'ada', 1, 'Benign')
  vi.useRealTimers()
  // After it on the same image, so ahead of the clock too.
  label(a, 'ben', 1, 'Benign')
  const sent = await send(a)
  expect(sent).toMatchObject({ labels: 3, ahead: 2 })
  await expect(receive(b, sent.path)).rejects.toMatchObject({ code: 'readings.invalid' })
})

it('writes images by their hashes, as the order of the import may tell their classes', async () => {
  const order = [0, 1, 2, 3, 4, 5]
  const texts = await Promise.all(
    [make('a', order), make('b', order.toReversed())].map(async (side) => {
      for (const index of order) label(side, 'ada', index, 'Benign')
      return readFileSync((await send(side)).path, 'utf8')
    }),
  )
  for (const type of ['image', 'label']) {
    const [first, second] = texts.map((text) =>
      text
        .split('\n')
        .flatMap((line) => (line.includes(`"type":"${type}"`) ? (/[0-9a-f]{64}/.exec(line) ?? []) : [])),
    )
    expect(first).toEqual(second)
    expect(first).toEqual(order.map(hashOf).toSorted())
  }
})

it('writes only what one reader did, with what it undoes', async () => {
  const [a, b] = [make('a', [0, 1]), make('b', [0, 1])]
  label(a, 'ada', 0, 'Benign')
  label(a, 'ben', 0, 'Normal')
  undoLabels(a.database, [idOf(a, 0)], {
    reader: 'ben',
    comment: null,
    isBlinded: false,
    confirmBlind: false,
  })
  commentOnLabel(a.database, idOf(a, 0), { reader: 'ada', comment: 'dense' })
  const sent = await send(a, 'ben')
  expect(sent).toMatchObject({ labels: 2, comments: 0, digest: null })
  expect(readFileSync(sent.path, 'utf8')).not.toMatch(/"ada"|dense|Benign/)
  expect(await receive(b, sent.path)).toMatchObject({ added: { labels: 2 } })
})
