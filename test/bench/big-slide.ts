/**
 * A slide of 60 000 x 60 000 pixels: the import on the command line, and tiles of the real server, cold, as the viewer asks. Each tile is
 * requested once, at random places of every level: one at a time, then others eight at once. Before the import and before the tiles the file
 * is dropped from the memory of the operating system (Linux; elsewhere the figures are of a file in memory).
 * `npm run bench -- big-slide [--slide FILE] [--edge 60000] [--each 40]`; FILE is made if it does not exist, and stays.
 * Targets: import below 10 s; p95 of a tile below 50 ms with one request at a time.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { levelCount, tilePath, tileSizePx } from '../../electron/contract/index.ts'
import { keyedGenerator } from '../../electron/engine/random/index.ts'
import { serveLobule } from '../support/serve-lobule.ts'
import { ServerPage } from '../support/server-page.ts'
import { machineLine, milliseconds, quantile } from './support/figures.ts'
import { writeLargeSlide } from './support/large-slide.ts'

const { values } = parseArgs({
  options: {
    slide: { type: 'string' },
    edge: { type: 'string', default: '60000' },
    each: { type: 'string', default: '40' },
  },
})
const [edgePx, each] = [Number(values.edge), Number(values.each)]
const program = fileURLToPath(new URL('../../out/main/lobule.js', import.meta.url))
const home = mkdtempSync(join(tmpdir(), 'lobule-bench-'))
const slide = values.slide ?? join(home, 'slide.tif')
const agent = new Agent({ keepAlive: true, maxSockets: 8 })

const lobule = (...args: string[]): unknown =>
  execFileSync(process.execPath, [program, ...args], {
    env: { ...process.env, LOBULE_HOME: home },
    stdio: 'ignore',
  })

function dropFromMemory(): void {
  spawnSync('dd', [`of=${slide}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0'])
}

/** Random tiles of every level, all of a level that has few, by level from the smallest. */
function someTiles(turn: number): string[][] {
  const levels = levelCount(edgePx, edgePx)
  return Array.from({ length: levels }, (_, level) => {
    const across = Math.ceil(edgePx / 2 ** (levels - 1 - level) / tileSizePx)
    const places = keyedGenerator('big slide', level).shuffle(
      Array.from({ length: across ** 2 }, (_u, at) => at),
    )
    return places
      .slice(turn * each, (turn + 1) * each)
      .map((place) => tilePath(1, level, place % across, Math.floor(place / across)))
  })
}

async function timeAll(page: ServerPage, paths: readonly string[], atOnce: number): Promise<number[]> {
  const times: number[] = []
  const waiting = [...paths]
  const worker = async (): Promise<void> => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
      const startedAt = performance.now()
      const status = await page.picture(path, agent)
      if (status !== 200) throw new Error(`${path}: ${status}`)
      times.push(performance.now() - startedAt)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return times
}

const figures = (name: string, times: readonly number[]): string =>
  `${name.padEnd(24)} p50 ${milliseconds(quantile(times, 0.5)).padStart(7)}  p95 ${milliseconds(quantile(times, 0.95)).padStart(7)}  most ${milliseconds(Math.max(...times)).padStart(7)}  (${times.length})`

console.log(machineLine())
try {
  if (!existsSync(slide)) await writeLargeSlide(slide, edgePx, 0.25)
  const workspace = join(home, 'study')
  lobule('init', '-w', workspace)
  dropFromMemory()
  const startedAt = performance.now()
  lobule('import', slide, '-w', workspace)
  const megabytes = Math.round(statSync(slide).size / 1e6)
  console.log(
    `import of ${megabytes} MB: ${((performance.now() - startedAt) / 1000).toFixed(1)} s, target below 10 s`,
  )
  const server = await serveLobule(home)
  try {
    const page = await ServerPage.open(server.url)
    await page.call('workspace.open', { path: workspace })
    dropFromMemory()
    // It also starts the process that makes tiles.
    console.log(figures('first tile', await timeAll(page, [tilePath(1, 0, 0, 0)], 1)))
    const alone: number[] = []
    for (const [level, paths] of someTiles(0).entries()) {
      if (paths.length < 4) continue
      const times = await timeAll(page, paths, 1)
      console.log(figures(`one at a time, level ${level}`, times))
      alone.push(...times)
    }
    console.log(figures('one at a time, all', alone))
    console.log(figures('eight at once, all', await timeAll(page, someTiles(1).flat(), 8)))
    page.close()
  } finally {
    await server.stop()
  }
} finally {
  agent.destroy()
  rmSync(home, { recursive: true, force: true })
}
console.log(machineLine())
