import { AppError, parseTilePath } from '../contract/index.ts'
import type { ComputeClient } from '../jobs/compute-client.ts'
import { getImage } from '../store/index.ts'
import type { Picture } from './application.ts'
import { ByteCache } from './byte-cache.ts'
import type { Session } from './session.ts'

/** About 2 500 tiles. */
const cacheBytes = 64 * 1024 * 1024

/**
 * Tiles and thumbnails of known images, made on demand in a process of their own, since decoding files from
 * outside may crash.
 */
export class Pictures {
  readonly #session: Session
  readonly #compute: ComputeClient
  readonly #cache = new ByteCache(cacheBytes)

  constructor(session: Session, compute: ComputeClient) {
    this.#session = session
    this.#compute = compute
  }

  /** @throws AppError `image.not-found` for any path that is not a picture of a known image */
  async read(path: string): Promise<Picture> {
    const request = parseTilePath(path)
    if (request === null) throw new AppError('image.not-found', { image: path.slice(0, 80) })
    const image = getImage(this.#session.workspace.database, request.imageId)
    // By content, so that the key of another workspace's image of the same id is another one.
    const key = `${image.sha256}${path.slice(path.indexOf('/', 1))}`
    const bytes = await this.#cache.get(key, () =>
      request.kind === 'thumbnail'
        ? this.#compute.run('thumbnail', { path: image.path, page: image.page })
        : this.#compute.run('tile', {
            path: image.path,
            page: image.page,
            level: request.level,
            column: request.column,
            row: request.row,
          }),
    )
    return { bytes, type: 'image/jpeg' }
  }
}
