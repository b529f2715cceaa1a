import { randomUUID } from 'node:crypto'
import {
  AppError,
  type Handlers,
  type ImageView,
  type RegionView,
} from '../../../../electron/contract/index.ts'

import { extentOf, lengthOf } from '../../../../electron/engine/regions/geometry.ts'
import type { FakeUndo } from './undo.ts'

interface FakeRegionsAround {
  image: (id: number) => ImageView
  reader: () => string
  undo: FakeUndo
}

/** Regions that can be drawn, changed and undone one by one. */
export class FakeRegions {
  readonly #around: FakeRegionsAround
  #all: readonly RegionView[] = []
  #lastId = 0

  constructor(around: FakeRegionsAround) {
    this.#around = around
  }

  #become(all: readonly RegionView[], imageId: number, change: 'add' | 'change' | 'delete'): void {
    const before = this.#all
    this.#all = all
    this.#around.undo.record({
      kind: 'region',
      className: null,
      regions: { change, count: 1 },
      imageIds: [imageId],
      undo: () => (this.#all = before),
      redo: () => (this.#all = all),
    })
  }

  #find(regionId: number): RegionView {
    const region = this.#all.find(({ id }) => id === regionId)
    if (region === undefined) throw new AppError('region.not-found', { region: String(regionId) })
    return region
  }

  readonly handlers = {
    'region.list': ({ imageId }) => this.#all.filter((region) => region.imageId === imageId),
    'region.add': ({ imageId, geometry, className, name, comment }) => {
      const { pixelSizeUm } = this.#around.image(imageId)
      const reader = this.#around.reader()
      const region: RegionView = {
        id: ++this.#lastId,
        uuid: randomUUID(),
        imageId,
        geometry,
        className,
        name,
        comment,
        drawnBy: reader,
        reader,
        at: new Date().toISOString(),
        extent: extentOf(geometry, pixelSizeUm),
        length: lengthOf(geometry, pixelSizeUm),
      }
      this.#become([...this.#all, region], imageId, 'add')
      return region
    },
    'region.change': ({ regionId, geometry, className, name, comment }) => {
      const before = this.#find(regionId)
      const { pixelSizeUm } = this.#around.image(before.imageId)
      const shape = geometry ?? before.geometry
      const region: RegionView = {
        ...before,
        geometry: shape,
        className: className === undefined ? before.className : className,
        name: name === undefined ? before.name : name,
        comment: comment === undefined ? before.comment : comment,
        reader: this.#around.reader(),
        at: new Date().toISOString(),
        extent: extentOf(shape, pixelSizeUm),
        length: lengthOf(shape, pixelSizeUm),
      }
      const all = this.#all.map((other) => (other.id === regionId ? region : other))
      this.#become(all, before.imageId, 'change')
      return region
    },
    'region.delete': ({ regionId }) => {
      const { imageId } = this.#find(regionId)
      const all = this.#all.filter(({ id }) => id !== regionId)
      this.#become(all, imageId, 'delete')
      return {}
    },
  } satisfies Partial<Handlers>
}
