import {
  AppError,
  parseTilePath,
  type ImageView,
  type StainReport,
  type TileRequest,
} from '../../contract/index.ts'
import type { ComputeClient } from '../../compute/client.ts'
import { toImageFile } from '../../engine/image/image-file.ts'
import { readExplanation } from '../predictions/explanation-files.ts'
import { getImage, type Workspace } from '../../store/index.ts'
import { ByteCache } from './byte-cache.ts'
import { PictureQueue } from './picture-queue.ts'
import { findRecipe } from '../models/recipes.ts'
import type { Session } from '../../session/session.ts'

export interface Picture {
  bytes: Uint8Array
  type: 'image/jpeg' | 'image/png'
}

/** Its stain constants are those of all recipes. */
const standard = findRecipe('standard')
/** So many stain fits are remembered. */
const mostStains = 200

/** As many as the pool that decodes has threads. */
const mostAtOnce = 4
/** Rows of a list that are seen at once, and some more. */
const mostOfList = 60

/** About 300 tiles. */
const cacheBytes = 64 * 1024 * 1024

/**
 * Tiles, thumbnails and heat maps of known images, made on demand in a process of their own, since decoding files from
 * outside may crash.
 */
export class Pictures {
  readonly #session: Session
  readonly #compute: ComputeClient
  readonly #cache = new ByteCache(cacheBytes)
  readonly #queue = new PictureQueue(mostAtOnce, mostOfList)
  readonly #stains = new Map<string, Promise<StainReport>>()

  constructor(session: Session, compute: ComputeClient) {
    this.#session = session
    this.#compute = compute
  }

  /** @throws AppError `image.not-found` for any path that is not a picture of a known image, `explanation.none`, `job.cancelled` where a list asked for too many */
  async read(path: string): Promise<Picture> {
    const request = parseTilePath(path)
    if (request === null) throw new AppError('image.not-found', { image: path.slice(0, 80) })
    const workspace = this.#session.workspace
    const image = getImage(workspace.database, request.imageId)
    const isMap = request.kind === 'heat-map'
    // By content, so that the key of another workspace's image of the same id is another one; models have no such key.
    const key = `${isMap ? workspace.path : ''} ${image.sha256}${path.slice(path.indexOf('/', 1))}`
    const urgency = request.kind === 'thumbnail' ? 'list' : 'viewer'
    const bytes = await this.#cache.get(key, () =>
      this.#queue.run(urgency, () => this.#make(request, image, workspace)),
    )
    return { bytes, type: isMap ? 'image/png' : 'image/jpeg' }
  }

  /**
   * What the stain fit finds in an image, as the standard recipe shows it to an encoder.
   * @throws AppError `image.not-found` and those of a file that cannot be read
   */
  stainsOf(imageId: number): Promise<StainReport> {
    return this.#stainsOf(getImage(this.#session.workspace.database, imageId))
  }

  #stainsOf(image: ImageView): Promise<StainReport> {
    const key = `${image.sha256} ${image.pixelSizeUm}`
    const known = this.#stains.get(key)
    if (known !== undefined) return known
    const [cropSet] = standard.crops.sets
    if (cropSet === undefined) throw new Error('a recipe without crops')
    const found = this.#compute.run('imageStains', {
      image: toImageFile(image),
      cropSet,
      recipe: standard.stain,
    })
    this.#stains.set(key, found)
    // What failed is tried again; the oldest are forgotten.
    found.catch(() => this.#stains.delete(key))
    for (const old of [...this.#stains.keys()].slice(0, -mostStains)) this.#stains.delete(old)
    return found
  }

  async #make(request: TileRequest, image: ImageView, workspace: Workspace): Promise<Uint8Array> {
    const file = toImageFile(image)
    switch (request.kind) {
      case 'thumbnail':
        return this.#compute.run('thumbnail', { image: file })
      case 'tile': {
        const { level, column, row } = request
        return this.#compute.run('tile', { image: file, level, column, row })
      }
      case 'normalized-tile': {
        const { level, column, row } = request
        const { stains } = await this.#stainsOf(image)
        const recipe = standard.stain
        return this.#compute.run('normalizedTile', { image: file, level, column, row, stains, recipe })
      }
      case 'heat-map': {
        const explanation = await readExplanation(workspace, request.modelId, image)
        const plane = explanation?.probabilities[request.classIndex]
        if (plane === undefined) throw new AppError('explanation.none', { image: image.fileName })
        const { widthPx, heightPx } = image
        return this.#compute.run('heatMapOverlay', { plane, widthPx, heightPx })
      }
    }
  }
}
