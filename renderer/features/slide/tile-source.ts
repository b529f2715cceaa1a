import OpenSeadragon from 'openseadragon'
import {
  firstLevelOf,
  levelCount,
  tilePath,
  tileSizePx,
  type ImageView,
} from '../../../electron/contract/index.ts'
import { TilePrefetch, type TileMaker } from './tile-prefetch.ts'

type BrowserTiles = TilePrefetch<HTMLImageElement, CanvasRenderingContext2D>

const browserTiles: TileMaker<HTMLImageElement, CanvasRenderingContext2D> = {
  load: async (address, signal) => {
    const image = new Image()
    image.fetchPriority = 'low'
    signal.addEventListener('abort', () => (image.src = ''), { once: true })
    image.src = address
    await image.decode()
    return image
  },
  draw: async (image) => {
    // Decodes off this thread, and each tile in a task of its own.
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = image.width
    canvas.height = image.height
    // The same options as OpenSeadragon uses.
    const context = canvas.getContext('2d', { willReadFrequently: true })
    if (context === null) throw new Error('no canvas')
    context.drawImage(image, 0, 0)
    return context
  },
}

export const tilePrefetch = (): BrowserTiles => new TilePrefetch(browserTiles)

/** Where OpenSeadragon finds the tiles of an image (contract/tiles.ts); prefetched tiles are used first. */
export function tileSourceOf(
  image: ImageView,
  tiles: string,
  ahead: BrowserTiles,
  pathOf = tilePath,
): OpenSeadragon.TileSourceOptions {
  const source = {
    width: image.widthPx,
    height: image.heightPx,
    tileSize: tileSizePx,
    tileOverlap: 0,
    minLevel: firstLevelOf(image),
    maxLevel: levelCount(image.widthPx, image.heightPx) - 1,
    getTileUrl: (level: number, column: number, row: number) => tiles + pathOf(image.id, level, column, row),
    downloadTileStart(this: OpenSeadragon.TileSource, job: OpenSeadragon.ImageJob) {
      const tile = ahead.take(job.src)
      if (tile === null) OpenSeadragon.TileSource.prototype.downloadTileStart.call(this, job)
      else if ('drawn' in tile) job.finish(tile.drawn, null, 'context2d')
      else job.finish(tile.picture, null, 'image')
    },
  }
  return source
}
