/**
 * Encoding on the processor, side by side with Keras in one run, on the same cores and the same number and size
 * of crops; and mode dense against mode crops for an image at two crop sizes:
 * `npm run bench -- encode [--crops 4] [--repeats 2] [--encoders resnet50,inceptionv3,vgg16]`.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { builtInEncoders } from '../../electron/contract/index.ts'
import { averageWindows } from '../../electron/engine/descriptors/average-windows.ts'
import {
  EncoderStore,
  OpenEncoders,
  probeImage,
  processorBackends,
  type OpenEncoder,
} from '../../electron/engine/encoders/index.ts'
import { pythonWith } from './support/python.ts'

const { values } = parseArgs({
  options: {
    crops: { type: 'string', default: '4' },
    repeats: { type: 'string', default: '2' },
    encoders: { type: 'string', default: 'resnet50,inceptionv3,vgg16' },
  },
})
const [crops, repeats] = [Number(values.crops), Number(values.repeats)]
const encoders = values.encoders.split(',').map((name) => z.enum(builtInEncoders).parse(name))
const script = fileURLToPath(new URL('../references/encoders/time_encode.py', import.meta.url))
const requirements = fileURLToPath(new URL('../references/encoders/requirements.txt', import.meta.url))

const median = (all: readonly number[]): number => all.toSorted((a, b) => a - b)[all.length >> 1] ?? NaN

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return (performance.now() - startedAt) / 1000
}

async function ours(encoder: OpenEncoder, sizePx: number): Promise<number> {
  const pictures = Array.from({ length: crops }, () => probeImage(sizePx, sizePx))
  await encoder.encode(pictures.slice(0, 1))
  const seconds: number[] = []
  for (let repeat = 0; repeat < repeats; repeat++)
    seconds.push(await secondsOf(() => encoder.encode(pictures)))
  return median(seconds) / crops
}

function keras(python: string, encoder: string, sizePx: number): number {
  const options = { encoder, size: sizePx, crops, repeats }
  const parameters = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])
  const answer = execFileSync(python, [script, ...parameters], { stdio: ['ignore', 'pipe', 'ignore'] })
  return median((JSON.parse(answer.toString()) as { seconds: number[] }).seconds) / crops
}

/** One augmentation of a 1024 x 768 picture: one pass, and the averages over the windows of both crop sizes. */
const dense = (encoder: OpenEncoder): Promise<number> =>
  secondsOf(async () => {
    const picture = probeImage(1024, 768)
    const maps = await encoder.encodeMaps(picture)
    const windows = [400, 650].flatMap((edge) =>
      Array.from({ length: 20 }, (_, index) => ({
        leftPx: index,
        topPx: index,
        widthPx: edge,
        heightPx: edge,
      })),
    )
    maps.forEach((map) => averageWindows(map, picture, windows))
  })

const python = pythonWith(requirements)
const home = mkdtempSync(join(tmpdir(), 'lobule-bench-'))
console.log(
  `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}; load ${loadavg()
    .map((l) => l.toFixed(1))
    .join(' ')}`,
)
console.log('encoder      crop   ours s/crop  Keras s/crop  times faster')
const totals = { ours: 0, keras: 0 }
try {
  await new EncoderStore(home).installUntrained(encoders)
  // What the application uses without a GPU.
  const open = new OpenEncoders(home, processorBackends)
  for (const name of encoders) {
    const encoder = await open.get(name)
    let perImage = 0
    for (const sizePx of [400, 650]) {
      const [own, other] = [await ours(encoder, sizePx), keras(python, name, sizePx)]
      totals.ours += own
      totals.keras += other
      perImage += 20 * own
      const figures = [own, other, other / own].map((value) => value.toFixed(3))
      console.log(`${name.padEnd(12)} ${sizePx}    ${figures.join('        ')}`)
    }
    // The first pass at a new size allocates memory; only later ones are measured.
    const passes: number[] = []
    for (let pass = 0; pass < 4; pass++) passes.push(await dense(encoder))
    const whole = median(passes.slice(1))
    console.log(
      `${name.padEnd(12)} ${encoder.backend}; an augmentation, both sizes: crops ${perImage.toFixed(1)} s, dense ${whole.toFixed(2)} s: ${(perImage / whole).toFixed(1)} times`,
    )
  }
  await open.close()
  console.log(`overall ${(totals.keras / totals.ours).toFixed(2)} times as fast as Keras`)
} finally {
  rmSync(home, { recursive: true, force: true })
}
console.log(
  `load at the end ${loadavg()
    .map((l) => l.toFixed(1))
    .join(' ')}`,
)
