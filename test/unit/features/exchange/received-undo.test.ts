import { writeFileSync } from 'node:fs'
import { afterEach, expect, it, vi } from 'vitest'
import { hasCode, type RegionGeometry } from '../../../../electron/contract/index.ts'
import { checkedGeometry } from '../../../../electron/engine/regions/geometry.ts'
import { verifyChain } from '../../../../electron/features/audit/verify-chain.ts'
import { addRegion, changeRegion } from '../../../../electron/features/regions/change-regions.ts'
import {
  changeContent,
  countCurrentRegions,
  entryKey,
  findRegions,
  getImage,
  listRegionEntries,
  listRegionStates,
  type OpenWorkspace,
} from '../../../../electron/store/index.ts'
import { makeStep, undoLabels, undoRegions } from '../../../support/at-once.ts'
import { readingsFileText } from '../../../support/readings-file.ts'
import { exchange, hashOf, idOf, inRoot, label, make, receive, send } from './sides.ts'

const by = (name: string) => ({ name, isHidden: () => false })
const square = { kind: 'rectangle', left: 1, top: 1, right: 9, bottom: 9 } as const

function draw(workspace: OpenWorkspace, name: string, className: string): string {
  const imageId = idOf(workspace, 0)
  const geometry = checkedGeometry(square, getImage(workspace.database, imageId))
  const content = { geometry, className, name: null, comment: null }
  return addRegion(workspace.database, imageId, content, by(name)).uuid
}
const change = ({ database }: OpenWorkspace, uuid: string, name: string, className: string): unknown =>
  changeRegion(database, findRegions(database, [uuid]).get(uuid)?.id ?? 0, { className }, by(name))
const undo = (workspace: OpenWorkspace, name: string): unknown =>
  undoRegions(workspace.database, idOf(workspace, 0), by(name))
const classesOf = (workspace: OpenWorkspace): (string | null)[] =>
  listRegionStates(workspace.database, idOf(workspace, 0)).map(({ className }) => className)

it('a change that another computer made before an undo counts, although the undo is the newer entry', async () => {
  const [a, b] = [make('a', [0]), make('b', [1, 0])]
  const uuid = draw(a, 'ada', 'Normal')
  change(a, uuid, 'ada', 'Benign')
  await exchange(a, b)
  change(b, uuid, 'ben', 'Invasive')
  // At a later millisecond, so that the undo is the newer one.
  await new Promise((resolve) => setTimeout(resolve, 5))
  undo(a, 'ada')
  await exchange(a, b)
  await exchange(b, a)
  expect([classesOf(a), classesOf(b)]).toEqual([['Invasive'], ['Invasive']])
})

it('a region whose drawing is undone on one computer and changed on the other counts on both', async () => {
  const [a, b] = [make('a', [0]), make('b', [1, 0])]
  const uuid = draw(a, 'ada', 'Normal')
  await exchange(a, b)
  change(b, uuid, 'ben', 'Invasive')
  await new Promise((resolve) => setTimeout(resolve, 5))
  undo(a, 'ada')
  await exchange(a, b)
  await exchange(b, a)
  for (const side of [a, b]) expect(countCurrentRegions(side.database, idOf(side, 0))).toBe(1)
})

it('the same change undone with different changes in view is undone once, and leaves what counts', async () => {
  const [a, b] = [make('a', [0]), make('b', [1, 0])]
  const uuid = draw(a, 'ada', 'Normal')
  const c = make('c', [0, 1])
  await exchange(a, c)
  change(c, uuid, 'ben', 'InSitu')
  await new Promise((resolve) => setTimeout(resolve, 5))
  change(a, uuid, 'ada', 'Benign')
  await exchange(a, b)
  await exchange(c, b)
  // The one goes back to Normal, the other to InSitu.
  undo(a, 'ada')
  undo(b, 'ada')
  expect([classesOf(a), classesOf(b)]).toEqual([['Normal'], ['InSitu']])
  await exchange(a, b)
  await exchange(b, a)
  await exchange(b, c)
  for (const side of [a, b, c]) {
    expect(classesOf(side)).toEqual(['InSitu'])
    expect(await verifyChain(side.database)).toMatchObject({ whole: true })
  }
  const digests = await Promise.all([a, b, c].map(async (side) => (await send(side)).digest))
  expect(new Set(digests).size).toBe(1)
})

afterEach(() => vi.useRealTimers())

it('the newest label of a reader is undone to what they gave before it on another computer', async () => {
  // The rows of b are in the other order: its own label first, then the earlier one of a.
  const [a, b] = [make('a', [0]), make('b', [0])]
  vi.useFakeTimers({ now: Date.parse('2026-01-02T00:00:00Z'), toFake: ['Date'] })
  label(a, 'ada', 0, 'Benign')
  vi.setSystemTime(Date.parse('2026-01-02T00:00:01Z'))
  label(b, 'ada', 0, 'InSitu')
  await exchange(a, b)
  await exchange(b, a)
  const undo = { reader: 'ada', comment: null, isBlinded: false, confirmBlind: false }
  const classOf = (side: OpenWorkspace): string | null | undefined =>
    getImage(side.database, idOf(side, 0)).label?.className
  for (const side of [a, b]) {
    expect(classOf(side)).toBe('InSitu')
    undoLabels(side.database, [idOf(side, 0)], undo)
    expect(classOf(side)).toBe('Benign')
    expect(await verifyChain(side.database)).toMatchObject({ whole: true, problems: [] })
  }
  // What was undone on both is one undo.
  expect(await exchange(a, b)).toMatchObject({ added: { labels: 0 } })
})

it('a label that came from another computer and is older does not refuse a redo', async () => {
  const [a, b] = [make('a', [0]), make('b', [0])]
  vi.useFakeTimers({ now: Date.parse('2026-01-02T00:00:00Z'), toFake: ['Date'] })
  label(a, 'ada', 0, 'Benign')
  vi.setSystemTime(Date.parse('2026-01-02T00:00:01Z'))
  label(b, 'ada', 0, 'InSitu')
  undoLabels(b.database, [idOf(b, 0)], { reader: 'ada', comment: null, confirmBlind: false })
  await exchange(a, b)
  expect(getImage(b.database, idOf(b, 0)).label?.className).toBe('Benign')
  const step = { direction: 'redo', reader: 'ada', isBlinded: false } as const
  makeStep(b.database, step, { action: null, confirmBlind: false })
  expect(getImage(b.database, idOf(b, 0)).label?.className).toBe('InSitu')
})

const uuid = '0e9b8b5a-4a5e-4a39-9b46-0a52a1a6d1c0'
const at = '2026-01-02T03:04:05.678Z'
const entry = (geometry: RegionGeometry | null, className: string | null, of = uuid) => ({
  ...{ uuid: of, geometry, className, name: null, comment: null },
})
const regionsLine = (orderMs: number, undoes: string | null, ...entries: object[]) => ({
  ...{ type: 'regions', image: hashOf(0), reader: 'gina', at, orderMs, undoes, entries },
})
const drawn = regionsLine(Date.parse(at), null, entry(square, 'Benign'))
const drawnKey = entryKey(
  'regions',
  hashOf(0),
  drawn.orderMs,
  changeContent('gina', [{ ...entry(square, 'Benign'), geometryText: JSON.stringify(square) }]),
)

it('an undo of a file leaves what counts here, whatever the file says that it left', async () => {
  const workspace = make('w', [0])
  const other = { ...square, right: 90 }
  const forged = regionsLine(drawn.orderMs + 1, drawnKey, entry(other, 'Invasive'))
  writeFileSync(inRoot('x.jsonl'), readingsFileText([hashOf(0)], [drawn, forged]))
  expect(await receive(workspace, inRoot('x.jsonl'))).toMatchObject({ added: { regionChanges: 2 } })
  const [, undone] = listRegionEntries(workspace.database, idOf(workspace, 0))
  expect(undone).toMatchObject({ geometryText: null, className: null })
  expect(await verifyChain(workspace.database)).toMatchObject({ whole: true })
})

it.each([
  ['another region', [entry(null, null, uuid.replace('0e', '0f'))]],
  ['a further region', [entry(null, null), entry(null, null, uuid.replace('0e', '0f'))]],
])('an undo of %s is refused', async (_what, entries) => {
  const workspace = make('w', [0])
  const undone = regionsLine(drawn.orderMs + 1, drawnKey, ...entries)
  writeFileSync(inRoot('x.jsonl'), readingsFileText([hashOf(0)], [drawn, undone]))
  await expect(receive(workspace, inRoot('x.jsonl'))).rejects.toSatisfy((error) =>
    hasCode(error, 'readings.invalid'),
  )
})
