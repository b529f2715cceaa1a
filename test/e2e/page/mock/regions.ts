import { randomUUID } from 'node:crypto'
import {
  AppError,
  type Handlers,
  type ImageView,
  type RegionView,
} from '../../../../electron/contract/index.ts'
import { extentOf, lengthOf } from '../../../../electron/services/regions/geometry.ts'

interface FakeRegionsAround {
  image: (id: number) => ImageView
  reader: () => string
}

/** Regions that can be drawn, changed and taken back one by one. */
export class FakeRegions {
  readonly #around: FakeRegionsAround
  #all: readonly RegionView[] = []
  /** What stood before each change, the newest last. */
  readonly #earlier: (readonly RegionView[])[] = []

  constructor(around: FakeRegionsAround) {
    this.#around = around
  }

  #become(all: readonly RegionView[]): void {
    this.#earlier.push(this.#all)
    this.#all = all
  }

  readonly handlers = {
    'region.list': ({ imageId }) => this.#all.filter((region) => region.imageId === imageId),
    'region.add': ({ imageId, geometry, className, name, comment }) => {
      const { pixelSizeUm } = this.#around.image(imageId)
      const reader = this.#around.reader()
      const region: RegionView = {
        id: this.#earlier.length + 1,
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
      this.#become([...this.#all, region])
      return region
    },
    'region.delete': ({ regionId }) => {
      this.#become(this.#all.filter(({ id }) => id !== regionId))
      return {}
    },
    'region.undo': ({ imageId }) => {
      const before = this.#earlier.pop()
      if (before === undefined)
        throw new AppError('region.nothing-to-undo', {
          reader: this.#around.reader(),
          image: String(imageId),
        })
      const kind = before.length < this.#all.length ? 'add' : 'delete'
      this.#all = before
      return { kind, regions: 1 }
    },
  } satisfies Partial<Handlers>
}
