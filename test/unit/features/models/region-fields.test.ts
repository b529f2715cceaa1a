import { afterEach, beforeEach, expect, it } from 'vitest'
import { atOnce } from '../../../../electron/base/slices.ts'
import { recipes, type Recipe } from '../../../../electron/contract/index.ts'
import { fieldsOfRegions, type AllFields } from '../../../../electron/features/models/region-fields.ts'
import {
  currentImages,
  insertImage,
  insertRegionChange,
  insertRegions,
} from '../../../../electron/store/index.ts'
import { RegionWorkspace } from '../regions/region-workspace.ts'

let workspace: RegionWorkspace
beforeEach(() => {
  workspace = new RegionWorkspace()
})
afterEach(() => workspace.close())

/** An image of 1000 x 1000 pixels with a labelled region of the whole. */
function labelled(digit: string, format: string, pixelSizeUm: number | null): number {
  const { database } = workspace
  const imageId = insertImage(database, {
    sha256: digit.repeat(64),
    path: `/slides/${digit}`,
    byteCount: 1,
    format,
    widthPx: 1000,
    heightPx: 1000,
    pixelSizeUm,
    pixelSizeSource: pixelSizeUm === null ? 'none' : 'stated',
    synthetic: false,
    caseName: null,
    page: 1,
    copiedPath: null,
  })
  const [regionId = 0] = insertRegions(database, imageId, [`00000000-0000-4000-8000-00000000000${digit}`])
  const geometryText = JSON.stringify({ kind: 'rectangle', left: 0, top: 0, right: 1000, bottom: 1000 })
  insertRegionChange(database, {
    imageId,
    reader: 'ada',
    undoes: null,
    entries: [{ regionId, geometryText, className: 'Benign', name: null, comment: null }],
  })
  return imageId
}

it('lists every slide with labelled regions, also one without a pixel size', () => {
  const { database } = workspace
  const ids = [labelled('1', 'aperio', 0.5), labelled('2', 'aperio', null), labelled('3', 'png', null)]
  const found: AllFields = atOnce(
    fieldsOfRegions(database, atOnce(currentImages(database, null)), recipes['quick'] as Recipe),
  )
  expect(found.images.map(({ image }) => image.id)).toEqual([ids[0], ids[2]])
  expect([...found.slideIds]).toEqual(ids.slice(0, 2))
  expect(found).toMatchObject({ withoutField: 0, withoutPixelSize: 1 })
})
