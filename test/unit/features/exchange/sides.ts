import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { atOnce } from '../../../../electron/base/slices.ts'
import { sha256 } from '../../../../electron/base/sha256.ts'
import {
  parseClassScheme,
  type ReadingsExport,
  type ReadingsImport,
} from '../../../../electron/contract/index.ts'
import { checkedGeometry } from '../../../../electron/engine/regions/geometry.ts'
import { exportReadings } from '../../../../electron/features/exchange/export-readings.ts'
import { checkGeometries, importReadings } from '../../../../electron/features/exchange/import-readings.ts'
import { readReadingsFile } from '../../../../electron/features/exchange/read-readings-file.ts'
import { currentRegions } from '../../../../electron/features/regions/current-regions.ts'
import {
  countCurrentRegions,
  createWorkspace,
  insertImage,
  listImages,
  listRegionEntries,
  listRegionStates,
  type OpenWorkspace,
} from '../../../../electron/store/index.ts'
import { setLabels } from '../../../support/at-once.ts'
import { newImage } from '../../../support/rows.ts'

/** Workspaces that exchange readings, in a folder of each test. */

export const classes = ['Normal', 'Benign', 'InSitu', 'Invasive']
export const hashOf = (index: number): string => sha256(`image ${index}`)
let root: string
const opened: OpenWorkspace[] = []
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'lobule-exchange-'))))
afterEach(() => {
  for (const workspace of opened.splice(0)) workspace.close()
  rmSync(root, { recursive: true })
})

/** A path in the test's own folder. */
export const inRoot = (name: string): string => join(root, name)

/** A workspace with these images in this order; their rows differ from those of another one with another order. */
export function make(name: string, images: readonly number[], scheme = classes): OpenWorkspace {
  const workspace = createWorkspace(join(root, name), parseClassScheme(scheme.join(',')), 'test')
  opened.push(workspace)
  for (const index of images)
    insertImage(workspace.database, newImage(hashOf(index), { widthPx: 100, heightPx: 100 }))
  return workspace
}

export const idOf = ({ database }: OpenWorkspace, index: number): number =>
  listImages(database).find(({ sha256: hash }) => hash === hashOf(index))?.id ?? 0
export const label = (
  workspace: OpenWorkspace,
  reader: string,
  index: number,
  className: string | null,
  more = {},
): void =>
  setLabels(workspace.database, [idOf(workspace, index)], className, { reader, comment: null, ...more })
let files = 0
export const send = (from: OpenWorkspace, onlyReader: string | null = null): Promise<ReadingsExport> =>
  exportReadings((work) => from.read(work), {
    ...{ path: join(root, `${files++}.jsonl`), replace: false, onlyReader, version: 'test' },
  })

export async function receive(to: OpenWorkspace, path: string): Promise<ReadingsImport> {
  const file = await checkGeometries(to.database, path, await readReadingsFile(path), checkedGeometry)
  return atOnce(importReadings(to.database, path, file)).report
}

export const exchange = async (from: OpenWorkspace, to: OpenWorkspace): Promise<ReadingsImport> =>
  receive(to, (await send(from)).path)

/** What a workspace shows, by content hashes and without the numbers of its rows. */
export const shown = ({ database }: OpenWorkspace): unknown =>
  listImages(database)
    .map((image) => ({
      image: image.sha256,
      label: image.label,
      disputed: image.readings.isDisputed,
      all: image.readings.all.map(({ id: _, ...reading }) => reading),
      notes: image.readings.notes?.map(({ id: _, ...note }) => note).toSorted(byReader),
      adjudication: image.readings.adjudication && { ...image.readings.adjudication, id: 0 },
      count: countCurrentRegions(database, image.id),
      trained: listRegionStates(database, image.id)
        .map(({ uuid, geometryText, className }) => ({ uuid, geometryText, className }))
        .toSorted((a, b) => (a.uuid < b.uuid ? -1 : 1)),
      regions: currentRegions(listRegionEntries(database, image.id), image)
        .map(({ uuid, geometry, className, name, comment, drawnBy, reader, at }) => ({
          ...{ uuid, geometry, className, name, comment, drawnBy, reader, at },
        }))
        .toSorted((a, b) => (a.uuid < b.uuid ? -1 : 1)),
    }))
    .toSorted((a, b) => (a.image < b.image ? -1 : 1))

const byReader = (a: { reader: string }, b: { reader: string }): number => (a.reader < b.reader ? -1 : 1)
