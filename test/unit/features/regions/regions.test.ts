import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RegionView } from '../../../../electron/contract/index.ts'
import {
  addRegion,
  changeRegion,
  deleteRegion,
} from '../../../../electron/features/regions/change-regions.ts'
import { changesOf } from '../../../../electron/features/regions/current-regions.ts'
import type { RegionReader } from '../../../../electron/features/regions/region-reader.ts'
import { listRegionEntries, readEvents, type Writable } from '../../../../electron/store/index.ts'
import { RegionWorkspace, ada, code, eva, plain } from './region-workspace.ts'
import { undoRegions } from '../../../support/at-once.ts'

let workspace: RegionWorkspace
let database: Writable
let imageId: number
beforeEach(() => {
  workspace = new RegionWorkspace()
  ;({ database, imageId } = workspace)
})
afterEach(() => workspace.close())

const seenBy = (reader: RegionReader, image?: number): RegionView[] => workspace.seenBy(reader, image)
const classes = (): (string | null)[] => seenBy(ada).map(({ className }) => className)

describe('changes', () => {
  it('keeps every change and undoes them one by one until nothing is drawn', () => {
    const first = addRegion(database, imageId, { ...plain, className: 'Benign' }, ada)
    expect(first).toMatchObject({
      drawnBy: 'ada',
      reader: 'ada',
      extent: { areaPx: 200, areaUm2: 50, perimeterUm: 30 },
    })
    changeRegion(database, first.id, { className: 'InSitu', comment: 'comedo' }, ada)
    changeRegion(database, first.id, { comment: 'comedo' }, ada)
    addRegion(database, imageId, plain, ada)
    deleteRegion(database, first.id, ada)
    expect(classes()).toEqual([null])
    expect(undoRegions(database, imageId, ada)).toEqual({ kind: 'delete', regions: 1 })
    expect(seenBy(ada)[0]).toMatchObject({
      id: first.id,
      uuid: first.uuid,
      className: 'InSitu',
      comment: 'comedo',
    })
    expect(undoRegions(database, imageId, ada)).toEqual({ kind: 'add', regions: 1 })
    expect(classes()).toEqual(['InSitu'])
    expect(undoRegions(database, imageId, ada)).toEqual({ kind: 'change', regions: 1 })
    expect(classes()).toEqual(['Benign'])
    expect(undoRegions(database, imageId, ada)).toEqual({ kind: 'add', regions: 1 })
    expect(classes()).toEqual([])
    expect(() => undoRegions(database, imageId, ada)).toThrow(code('region.nothing-to-undo'))
    const changes = changesOf(listRegionEntries(database, imageId), imageId)
    // Setting the current value is not a change.
    expect(changes.map(({ undoes }) => undoes)).toEqual([null, null, null, null, 4, 3, 2, 1])
    expect(readEvents(database, 0, 99).filter(({ kind }) => kind === 'region')).toHaveLength(8)
  })

  it("undoes a reader's own changes only, and never over another reader's later one", () => {
    const { id } = addRegion(database, imageId, plain, ada)
    addRegion(database, imageId, plain, eva)
    changeRegion(database, id, { className: 'Benign' }, eva)
    expect(() => undoRegions(database, imageId, ada)).toThrow(code('undo.changed-since'))
    undoRegions(database, imageId, eva)
    expect(undoRegions(database, imageId, ada)).toEqual({ kind: 'add', regions: 1 })
    expect(seenBy(ada).map(({ reader }) => reader)).toEqual(['eva'])
  })

  it('refuses missing regions and invalid changes', () => {
    const { id } = addRegion(database, imageId, plain, ada)
    expect(() => addRegion(database, 77, plain, ada)).toThrow(code('image.not-found'))
    expect(() => addRegion(database, imageId, { ...plain, className: 'Other' }, ada)).toThrow(
      code('classes.unknown'),
    )
    expect(() => changeRegion(database, 99, { name: 'x' }, ada)).toThrow(code('region.not-found'))
    deleteRegion(database, id, ada)
    expect(() => deleteRegion(database, id, ada)).toThrow(code('region.not-found'))
    expect(readEvents(database, 0, 99).filter(({ kind }) => kind === 'region')).toHaveLength(2)
  })

  it('shows a blind reader no other readers’ regions until the image is no longer hidden', () => {
    const { id } = addRegion(database, imageId, { ...plain, className: 'InSitu' }, eva)
    let isDecided = false
    const blind: RegionReader = { name: 'ada', isHidden: () => !isDecided }
    expect(seenBy(blind)).toEqual([])
    expect(() => changeRegion(database, id, { className: null }, blind)).toThrow(code('region.not-found'))
    const own = addRegion(database, imageId, plain, blind)
    expect(seenBy(blind).map((region) => region.id)).toEqual([own.id])
    isDecided = true
    expect(seenBy(blind).map((region) => region.id)).toEqual([id, own.id])
  })
})
