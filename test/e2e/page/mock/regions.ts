import { randomUUID } from 'node:crypto'
import {
  AppError,
  type Handlers,
  type ImageView,
  type RegionView,
} from '../../../../electron/contract/index.ts'
import { extentOf, lengthOf } from '../../../../electron/engine/regions/geometry.ts'

interface FakeRegionsAround {
  image: (id: number) => ImageView
  reader: () => string
}

/** Regions that can be drawn, changed and undone one by one. */
export class FakeRegions {
  readonly #around: FakeRegionsAround
  #all: readonly RegionView[] = []
  /** The value before each change, the newest last. */
  readonly #earlier: (readonly RegionView[])[] = []

  constructor(around: FakeRegionsAround) {
    this.#around = around
  }

  #become(all: readonly RegionView[]): void {
    this.#earlier.push(this.#all)
    this.#all = all
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
      this.#become(this.#all.map((other) => (other.id === regionId ? region : other)))
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
      const more = this.#all.length - before.length
      this.#all = before
      return { kind: more > 0 ? 'add' : more < 0 ? 'delete' : 'change', regions: 1 }
    },
  } satisfies Partial<Handlers>
}
