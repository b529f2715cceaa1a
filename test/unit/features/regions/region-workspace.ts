import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import {
  hasCode,
  parseClassScheme,
  type ErrorCode,
  type RegionView,
} from '../../../../electron/contract/index.ts'
import { checkedGeometry } from '../../../../electron/engine/regions/geometry.ts'
import { currentRegions } from '../../../../electron/features/regions/current-regions.ts'
import { readableEntries, type RegionReader } from '../../../../electron/features/regions/region-reader.ts'
import { createWorkspace, getImage, insertImage, type Writable } from '../../../../electron/store/index.ts'

/** A workspace with one image of 100 x 80 pixels of 0.5 um, to draw on. */
export class RegionWorkspace {
  readonly root = mkdtempSync(join(tmpdir(), 'lobule-regions-'))
  readonly #store = createWorkspace(join(this.root, 'w'), parseClassScheme('Normal,Benign,InSitu*'), 'test')
  readonly imageId = this.newImage('a')

  get database(): Writable {
    return this.#store.database
  }

  close(): void {
    this.#store.close()
    rmSync(this.root, { recursive: true })
  }

  newImage(digit: string): number {
    return insertImage(this.database, {
      sha256: digit.repeat(64),
      path: `/pictures/${digit}.png`,
      byteCount: 1,
      format: 'png',
      widthPx: 100,
      heightPx: 80,
      pixelSizeUm: 0.5,
      pixelSizeSource: 'stated',
      synthetic: false,
      caseName: null,
      page: 1,
      copiedPath: null,
    })
  }

  seenBy(reader: RegionReader, imageId = this.imageId): RegionView[] {
    const entries = readableEntries(this.database, imageId, reader)
    return currentRegions(entries, getImage(this.database, imageId))
  }
}

export const code = (expected: ErrorCode): unknown => expect.toSatisfy((error) => hasCode(error, expected))
export const ada: RegionReader = { name: 'ada', isHidden: () => false }
export const eva: RegionReader = { name: 'eva', isHidden: () => false }
/** Of every image of a `RegionWorkspace`. */
export const size = { widthPx: 100, heightPx: 80 }
export const plain = {
  geometry: checkedGeometry({ kind: 'rectangle', left: 10, top: 10, right: 30, bottom: 20 }, size),
  className: null,
  name: null,
  comment: null,
} as const
