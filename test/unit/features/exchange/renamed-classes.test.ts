import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { checkedGeometry } from '../../../../electron/engine/regions/geometry.ts'
import { verifyChain } from '../../../../electron/features/audit/verify-chain.ts'
import { commentOnLabel } from '../../../../electron/features/labels/comments.ts'
import { giveClassName } from '../../../../electron/features/labels/rename-class.ts'
import { addRegion } from '../../../../electron/features/regions/change-regions.ts'
import { getImage, type OpenWorkspace } from '../../../../electron/store/index.ts'
import { undoLabels } from '../../../support/at-once.ts'
import { exchange, idOf, label, make, receive, send } from './sides.ts'

const german = ['Normal', 'Benign', 'DCIS', 'Invasive']
const none = { labels: 0, comments: 0, regionChanges: 0 }
const rename = ({ database }: OpenWorkspace, name: string, newName: string): void =>
  giveClassName(database, { name, newName })
const labelOf = (workspace: OpenWorkspace, index: number): string | undefined =>
  getImage(workspace.database, idOf(workspace, index)).label?.className

/** A label with a comment, a label that is undone, and a region. */
function read(workspace: OpenWorkspace, reader: string, className: string): void {
  const { database } = workspace
  label(workspace, reader, 0, className)
  commentOnLabel(database, idOf(workspace, 0), { reader, comment: 'sure' })
  label(workspace, reader, 1, className)
  undoLabels(database, [idOf(workspace, 1)], { reader, comment: null, isBlinded: false, confirmBlind: false })
  const image = getImage(database, idOf(workspace, 0))
  const geometry = checkedGeometry({ kind: 'rectangle', left: 1, top: 1, right: 50, bottom: 50 }, image)
  const by = { name: reader, isHidden: () => false }
  addRegion(database, image.id, { geometry, className, name: null, comment: null }, by)
}

it('writes first names, so that a workspace that renamed nothing reads them, and earlier versions read that of the other', async () => {
  const [a, b] = [make('a', [0, 1]), make('b', [0, 1])]
  read(a, 'ada', 'InSitu')
  rename(a, 'InSitu', 'DCIS')
  const [sent, plain] = [await send(a), await send(b)]
  const [header = '', ...lines] = readFileSync(sent.path, 'utf8').split('\n')
  expect(JSON.parse(header)).toMatchObject({
    version: 2,
    classes: [['Normal'], ['Benign'], ['InSitu', 'DCIS'], ['Invasive']],
  })
  expect(lines.join()).not.toContain('DCIS')
  const [other = ''] = readFileSync(plain.path, 'utf8').split('\n')
  expect(JSON.parse(other)).toMatchObject({ version: 1 })
  expect(other).not.toContain('classes')
  await receive(b, sent.path)
  expect(labelOf(b, 0)).toBe('InSitu')
  expect((await exchange(b, a)).added).toEqual(none)
})

it('joins workspaces that were made with other names, once one has renamed its class', async () => {
  const [a, b] = [make('a', [0, 1]), make('b', [1, 0], german)]
  read(a, 'ada', 'InSitu')
  read(b, 'ben', 'DCIS')
  await expect(exchange(b, a)).rejects.toThrow('Unknown class "DCIS"')
  rename(a, 'InSitu', 'DCIS')
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    const { path } = await send(from)
    expect((await receive(to, path)).added).toEqual({ labels: 3, comments: 1, regionChanges: 1 })
    expect((await receive(to, path)).added).toEqual(none)
  }
  expect((await exchange(a, b)).added).toEqual(none)
  expect([labelOf(a, 0), labelOf(b, 0)]).toEqual(['DCIS', 'DCIS'])
  for (const { database } of [a, b])
    expect(await verifyChain(database)).toMatchObject({ whole: true, problems: [] })
})

it('refuses a file in which two classes are one here', async () => {
  const [a, b] = [make('a', [0, 1]), make('b', [0, 1], ['Normal', 'InSitu', 'DCIS'])]
  rename(a, 'InSitu', 'DCIS')
  label(b, 'ben', 0, 'InSitu')
  label(b, 'ben', 1, 'DCIS')
  await expect(exchange(b, a)).rejects.toThrow('Unknown class')
  expect(labelOf(a, 0)).toBeUndefined()
})

it('refuses a class whose names are those of two classes here, in both directions, and keeps labels apart', async () => {
  const [a, b] = [
    make('a', [0, 1], ['Normal', 'Unclear', 'Invasive']),
    make('b', [0, 1], ['Normal', 'Unclear', 'InSitu', 'Invasive']),
  ]
  rename(a, 'Unclear', 'InSitu')
  label(a, 'ada', 0, 'InSitu')
  await expect(exchange(a, b)).rejects.toThrow(
    'Unknown class "Unclear": names that it has had are those of two classes here, "Unclear" and "InSitu"',
  )
  expect(labelOf(b, 0)).toBeUndefined()
  // With a renamed class the file lists all of them, so that the other "Unclear" is seen although no entry has it.
  rename(b, 'Invasive', 'Carcinoma')
  label(b, 'ben', 1, 'InSitu')
  await expect(exchange(b, a)).rejects.toThrow(
    'Unknown class "InSitu": both it and "Unclear" of the file are "InSitu" here',
  )
  expect(labelOf(a, 1)).toBeUndefined()
  // Other classes of the same file are certain.
  const c = make('c', [0], ['Normal', 'Unclear', 'InSitu', 'Invasive'])
  rename(c, 'Invasive', 'Carcinoma')
  label(c, 'ben', 0, 'Carcinoma')
  expect((await exchange(c, a)).added).toEqual({ ...none, labels: 1 })
})
