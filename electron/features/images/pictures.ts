import {
  AppError,
  firstLevelOf,
  inRange,
  parseTilePath,
  wholeRange,
  type ImageView,
  type StainReport,
  type TileRequest,
} from '../../contract/index.ts'
import type { ComputeClient } from '../../compute/client.ts'
import { toImageFile } from '../../engine/image/image-file.ts'
import { readExplanation } from '../predictions/explanation-files.ts'
import { getImage, type Workspace } from '../../store/index.ts'
import { ByteCache } from './byte-cache.ts'
import { PictureQueue, type Priority } from './picture-queue.ts'
import { findNamedRecipe } from '../models/recipes.ts'
import type { Session } from '../../session/session.ts'

export interface Picture {
  bytes: Uint8Array
  type: 'image/jpeg' | 'image/png'
}

/** All recipes share its stain settings. */
const standard = findNamedRecipe('standard')
/** Maximum number of stain fits in memory. */
const maxStains = 200

/** As many as the decoding pool has threads. */
const maxConcurrent = 4
/** The visible rows of a list, and some more. */
const maxWaitingOfList = 60

/** About 300 tiles. */
const cacheBytes = 64 * 1024 * 1024

/**
 * Tiles, thumbnails and heat maps of known images, made on demand. They have a compute process of their own, because
 * decoding a damaged file may crash it.
 */
export class Pictures {
  readonly #session: Session
  readonly #compute: ComputeClient
  readonly #cache = new ByteCache(cacheBytes)
  readonly #queue = new PictureQueue(maxConcurrent, maxWaitingOfList)
  readonly #stains = new Map<string, Promise<StainReport>>()

  constructor(session: Session, compute: ComputeClient) {
    this.#session = session
    this.#compute = compute
  }

  /**
   * @throws AppError `image.not-found` for any path that is not a picture of a known image, `explanation.none`,
   *   `job.cancelled` if newer requests of a list took its place
   */
  async read(path: string): Promise<Picture> {
    const request = parseTilePath(path)
    if (request === null) throw new AppError('image.not-found', { image: path.slice(0, 80) })
    const workspace = this.#session.workspace
    const image = getImage(workspace.database, request.imageId)
    const isMap = request.kind === 'heat-map'
    // By content hash, since ids repeat between workspaces. Models have no hash, so heat maps need the workspace too.
    const key = `${isMap ? workspace.path : ''} ${image.sha256} ${image.cameraBits ?? ''}${path.slice(path.indexOf('/', 1))}`
    const bytes = await this.#cache.get(key, () =>
      this.#queue.run(priorityOf(request, image), () => this.#make(request, image, workspace)),
    )
    return { bytes, type: isMap ? 'image/png' : 'image/jpeg' }
  }

  /**
   * The stain fit of an image, as the standard recipe prepares it for an encoder.
   * @throws AppError `image.not-found` and those of an unreadable file
   */
  stainsOf(imageId: number): Promise<StainReport> {
    return this.#stainsOf(getImage(this.#session.workspace.database, imageId))
  }

  #stainsOf(image: ImageView): Promise<StainReport> {
    const key = `${image.sha256} ${image.pixelSizeUm} ${image.cameraBits ?? ''}`
    const known = this.#stains.get(key)
    if (known !== undefined) return known
    const [cropSet] = standard.crops.sets
    if (cropSet === undefined) throw new Error('the standard recipe has no crop set')
    const found = this.#compute.run('imageStains', {
      image: toImageFile(image),
      cropSet,
      recipe: standard.stain,
    })
    this.#stains.set(key, found)
    // A failure is not kept, so that the next request tries again. The oldest fits are dropped.
    found.catch(() => this.#stains.delete(key))
    for (const old of [...this.#stains.keys()].slice(0, -maxStains)) this.#stains.delete(old)
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
        const { range = wholeRange } = request
        return this.#compute.run('heatMapOverlay', { plane: inRange(plane, range), widthPx, heightPx })
      }
    }
  }
}

/** Smaller pictures of a whole image than the viewer's first are those of a list. */
const priorityOf = (request: TileRequest, image: ImageView): Priority =>
  request.kind === 'thumbnail' || (request.kind === 'tile' && request.level < firstLevelOf(image))
    ? 'list'
    : 'viewer'
