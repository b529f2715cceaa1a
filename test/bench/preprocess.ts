/**
 * Stain normalisation, augmentation and resampling, side by side with NumPy and OpenCV in one run:
 * `npm run bench -- preprocess [--turns 6] [--image FILE]`. Without an image: synthetic tissue and, where
 * ../shared is there, a region of a real slide.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { recipes } from '../../electron/contract/index.ts'
import { decodeRaster, readRegion, resampleBicubic, type Raster } from '../../electron/engine/image/index.ts'
import { augmentStain, StainNormalizer } from '../../electron/engine/stain/index.ts'
import { makeSyntheticField } from '../../electron/engine/synthetic/index.ts'
import { sharedPath } from '../shared-data.ts'
import { pythonWith } from './support/python.ts'

const { values } = parseArgs({
  options: { turns: { type: 'string', default: '6' }, image: { type: 'string' } },
})
const turns = Number(values.turns)
const callsATurn = 5
const { stain } = recipes['standard']
const normalizer = new StainNormalizer(stain)

/** Wall time, and processor time, which counts all threads and no waiting for other programs. */
class Times {
  readonly #wallMs: number[] = []
  readonly #cpuMs: number[] = []

  add(wallMs: number, cpuMs: number): void {
    this.#wallMs.push(wallMs)
    this.#cpuMs.push(cpuMs)
  }

  get best(): number {
    return Math.min(...this.#wallMs)
  }

  get medians(): [wallMs: number, cpuMs: number] {
    const median = (times: readonly number[]): number =>
      times.toSorted((a, b) => a - b)[times.length >> 1] ?? NaN
    return [median(this.#wallMs), median(this.#cpuMs)]
  }

  text(megapixels: number): string {
    const [wall, cpu] = this.medians
    const perMegapixel = (this.best / megapixels).toFixed(1)
    return `${this.best.toFixed(1)} ms at best (${perMegapixel} ms/megapixel), median ${wall.toFixed(1)}, processor ${cpu.toFixed(1)}`
  }

  against(other: Times): string {
    const [wall, cpu] = this.medians
    const [otherWall, otherCpu] = other.medians
    const ratios = [other.best / this.best, otherWall / wall, otherCpu / cpu].map((ratio) => ratio.toFixed(1))
    return `${ratios[0]} at best, ${ratios[1]} at the median, ${ratios[2]} by processor time`
  }
}

type Step = 'macenko' | 'augment' | 'resample'
const steps: Record<Step, { title: string; target: number | null; run: (raster: Raster) => Raster }> = {
  macenko: {
    title: 'Macenko, fit and transform',
    target: 8,
    run: (raster) => normalizer.normalize(raster).raster,
  },
  augment: {
    title: 'augmentation',
    target: 10,
    run: (raster) => augmentStain(raster, { hematoxylin: 0.8, eosin: 1.2 }),
  },
  // OpenCV uses vector instructions for fixed-point numbers: shown for comparison, not a target.
  resample: { title: 'resampling by 0.5', target: null, run: (raster) => resampleBicubic(raster, 0.5) },
}

const references = fileURLToPath(new URL('../references/preprocess/', import.meta.url))
const python = pythonWith(join(references, 'requirements.txt'))

async function compare(name: string, raster: Raster): Promise<void> {
  const { widthPx, heightPx, data } = raster
  const megapixels = (widthPx * heightPx) / 1e6
  const folder = mkdtempSync(join(tmpdir(), 'lobule-bench-'))
  const file = join(folder, 'raster')
  writeFileSync(file, data)
  const script = [join(references, 'time_steps.py'), file, String(widthPx), String(heightPx), folder]
  const child = spawn(python, script, { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async (): Promise<string> => {
    const line: IteratorResult<string, unknown> = await lines.next()
    if (line.done === true) throw new Error('the Python side has ended')
    return line.value
  }
  try {
    console.log(`\n${name}: ${widthPx} x ${heightPx}. ${await answer()}; load ${loadavg()[0]?.toFixed(1)}`)
    for (const [step, { title, target, run }] of Object.entries(steps)) {
      const [ours, theirs]: [Times, Times] = [new Times(), new Times()]
      let result = run(raster)
      // Alternating, so that other load slows both; several at a time, as in a batch of images.
      for (let turn = 0; turn < turns; turn++) {
        for (let call = 0; call < callsATurn; call++) {
          const [wall, cpu] = [performance.now(), process.cpuUsage()]
          result = run(raster)
          const used = process.cpuUsage(cpu)
          ours.add(performance.now() - wall, (used.user + used.system) / 1000)
        }
        child.stdin.write(`${step} ${callsATurn}\n`)
        for (const [wall, cpu] of JSON.parse(await answer()) as [number, number][]) theirs.add(wall, cpu)
      }
      const expected = readFileSync(join(folder, step))
      const differing = result.data.reduce((count, value, at) => count + Number(value !== expected[at]), 0)
      const aim = target === null ? '' : ` (target ${target})`
      console.log(`${title}${aim}; ${differing} of ${data.length} bytes differ`)
      console.log(`  Lobule: ${ours.text(megapixels)}`)
      console.log(`  Python: ${theirs.text(megapixels)}`)
      console.log(`  times as fast: ${ours.against(theirs)}`)
    }
  } finally {
    child.stdin.end()
    rmSync(folder, { recursive: true })
  }
}

console.log(
  `${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}; ${turns} turns of ${callsATurn} calls each`,
)
if (values.image === undefined) {
  const field = { className: 'Benign', seed: 1, index: 0, widthPx: 2048, heightPx: 1536 } as const
  await compare('Synthetic tissue', resampleBicubic(makeSyntheticField(field), 0.5))
  const slide = sharedPath('data/wsi/cmu-1-small-region.svs')
  const region = { level: 0, left: 400, top: 1400, widthPx: 1024, heightPx: 768 }
  if (slide !== null) await compare('Real tissue', await readRegion(slide, region))
} else {
  await compare(values.image, await decodeRaster(values.image))
}
