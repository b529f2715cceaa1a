/**
 * Tiles of images of 2048 x 1536 pixels, asked of the real server one after the other and eight at once, as the
 * viewer asks: cold, when nothing of an image was read yet, and warm.
 * `npm run bench -- tiles [--images 8]`. Target: p95 below 50 ms on two cores.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { levelCount, tilePath, tileSizePx } from '../../electron/contract/index.ts'
import { serveLobule } from '../support/serve-lobule.ts'
import { ServerPage } from '../support/server-page.ts'
import { machineLine, milliseconds, quantile } from './support/figures.ts'
import { makeLargeWorkspace } from './support/large-workspace.ts'

const { values } = parseArgs({ options: { images: { type: 'string', default: '8' } } })
const images = Number(values.images)
const [widthPx, heightPx] = [2048, 1536]
const targetMs = 50
/** As many parallel requests as the viewer has (renderer/features/slide). */
const viewerRequests = 8

/** Every tile of an image, from the smallest level up, as a viewer that zooms in requests them. */
function tilesOf(imageId: number): string[] {
  const levels = levelCount(widthPx, heightPx)
  return Array.from({ length: levels }, (_, level) => {
    const scale = 2 ** (levels - 1 - level)
    const columns = Math.ceil(widthPx / scale / tileSizePx)
    const rows = Math.ceil(heightPx / scale / tileSizePx)
    return Array.from({ length: columns * rows }, (_unused, place) =>
      tilePath(imageId, level, place % columns, Math.floor(place / columns)),
    )
  }).flat()
}

const agent = new Agent({ keepAlive: true, maxSockets: viewerRequests })

async function timeRequest(page: ServerPage, path: string): Promise<number> {
  const startedAt = performance.now()
  const status = await page.picture(path, agent)
  if (status !== 200) throw new Error(`${path}: ${status}`)
  return performance.now() - startedAt
}

async function timeAll(page: ServerPage, paths: readonly string[], atOnce: number): Promise<number[]> {
  const times: number[] = []
  const waiting = [...paths]
  const worker = async (): Promise<void> => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      times.push(await timeRequest(page, path))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return times
}

const home = mkdtempSync(join(tmpdir(), 'lobule-bench-'))
console.log(machineLine())
try {
  const workspace = join(home, 'study')
  // Each with different content: a cache would not decode the same file twice.
  await makeLargeWorkspace(workspace, 2 * images, Math.ceil(images / 2))
  const server = await serveLobule(home)
  try {
    const page = await ServerPage.open(server.url)
    await page.call('workspace.open', { path: workspace })
    // The first request also starts the process that makes tiles.
    await timeRequest(page, tilePath(2 * images, 0, 0, 0))
    console.log(`${images} images, ${tilesOf(1).length} tiles each; target p95 below ${targetMs} ms`)
    for (const [turn, atOnce] of [1, viewerRequests].entries()) {
      const paths = Array.from({ length: images }, (_, index) => tilesOf(turn * images + index + 1))
      const cold: number[] = []
      const first: number[] = []
      for (const ofImage of paths) {
        first.push(await timeRequest(page, ofImage[0] ?? ''))
        cold.push(...(await timeAll(page, ofImage.slice(1), atOnce)))
      }
      const warm = await timeAll(page, paths.flat(), atOnce)
      for (const [name, times] of Object.entries({ 'first tile': first, cold, warm })) {
        const [half, most] = [quantile(times, 0.5), quantile(times, 0.95)]
        console.log(
          `${String(atOnce)} at once, ${name.padEnd(10)} p50 ${milliseconds(half).padStart(7)}  p95 ${milliseconds(most).padStart(7)}  (${times.length})`,
        )
      }
    }
    page.close()
  } finally {
    await server.stop()
  }
} finally {
  agent.destroy()
  rmSync(home, { recursive: true, force: true })
}
console.log(machineLine())
