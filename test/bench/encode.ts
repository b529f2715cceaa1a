/**
 * Encoding on the processor: Lobule as it is used without a GPU, ONNX Runtime, and Keras, in one run, taking turns, on the same cores and
 * the same number and size of crops; and mode dense against mode crops for an image with crops of these sizes:
 * `npm run bench -- encode [--crops 4] [--repeats 3] [--encoders resnet50,inceptionv3,vgg16] [--sizes 400,650] [--without-keras]`.
 * On a busy machine compare processor time. Keras' Python: test/bench/support/python.ts.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { builtInEncoders, type BuiltInEncoder } from '../../electron/contract/index.ts'
import { encodeWindows } from '../../electron/engine/descriptors/encode-windows.ts'
import {
  EncoderStore,
  OpenEncoders,
  probeImage,
  processorBackends,
  type OpenEncoder,
} from '../../electron/engine/encoders/index.ts'
import { machineLine, quantile } from './support/figures.ts'
import { pythonWith } from './support/python.ts'

const { values } = parseArgs({
  options: {
    crops: { type: 'string', default: '4' },
    repeats: { type: 'string', default: '3' },
    encoders: { type: 'string', default: 'resnet50,inceptionv3,vgg16' },
    sizes: { type: 'string', default: '400,650' },
    'without-keras': { type: 'boolean', default: false },
  },
})
const count = z.coerce.number().int().positive()
const [crops, repeats] = [count.parse(values.crops), count.parse(values.repeats)]
const encoders = values.encoders.split(',').map((name) => z.enum(builtInEncoders).parse(name))
const sizesPx = values.sizes.split(',').map((size) => count.parse(size))
const script = fileURLToPath(new URL('../references/encoders/time_encode.py', import.meta.url))
const requirements = fileURLToPath(new URL('../references/encoders/requirements.txt', import.meta.url))

/** Of all crops, or of one. */
const timeSchema = z.object({ seconds: z.number(), processor: z.number() })
type Time = z.infer<typeof timeSchema>

/** One of those that are compared. */
interface Side {
  readonly name: string
  /** Encodes all crops once. */
  readonly once: () => Promise<Time>
  readonly close: () => void
}

async function timeOf(work: () => Promise<unknown>): Promise<Time> {
  const [startedAt, before] = [performance.now(), process.cpuUsage()]
  await work()
  const { user, system } = process.cpuUsage(before)
  return { seconds: (performance.now() - startedAt) / 1000, processor: (user + system) / 1e6 }
}

const median = (times: readonly Time[], of: keyof Time): number =>
  quantile(
    times.map((time) => time[of]),
    0.5,
  )

async function sideOf(name: string, encoder: OpenEncoder, sizePx: number): Promise<Side> {
  const pictures = Array.from({ length: crops }, () => probeImage(sizePx, sizePx))
  // The first crop of a size allocates memory.
  await encoder.encode(pictures.slice(0, 1))
  return { name, once: () => timeOf(() => encoder.encode(pictures)), close: () => undefined }
}

/** Keras, in a process of its own that encodes once for each line. */
async function keras(python: string, encoder: BuiltInEncoder, sizePx: number): Promise<Side> {
  const parameters = ['--encoder', encoder, '--size', String(sizePx), '--crops', String(crops)]
  const child = spawn(python, [script, ...parameters], { stdio: 'pipe' })
  // TensorFlow's notes are of interest where it fails.
  const notes: string[] = []
  child.stderr.on('data', (chunk: Buffer) => notes.push(chunk.toString()))
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const next = async (): Promise<unknown> => {
    const line = await lines.next()
    if (line.done === true) throw new Error(`${python} ${script} ended early: ${notes.join('')}`)
    return JSON.parse(line.value)
  }
  await next()
  const once = async (): Promise<Time> => {
    child.stdin.write('\n')
    return timeSchema.parse(await next())
  }
  return { name: 'Keras', once, close: () => void child.stdin.end() }
}

/** The times of each side, in turns that begin with another side each time. */
async function inTurns(sides: readonly Side[]): Promise<ReadonlyMap<Side, readonly Time[]>> {
  const times = new Map<Side, Time[]>(sides.map((side) => [side, []]))
  for (let repeat = 0; repeat < repeats; repeat++) {
    const first = repeat % sides.length
    for (const side of [...sides.slice(first), ...sides.slice(0, first)])
      times.get(side)?.push(await side.once())
  }
  return times
}

/** One augmentation of a 1024 x 768 picture: one pass, and the averages over the windows of all crop sizes. */
const dense = (encoder: OpenEncoder): Promise<Time> =>
  timeOf(async () => {
    const picture = probeImage(1024, 768)
    const windows = sizesPx.flatMap((edge) =>
      Array.from({ length: 20 }, (_, index) => ({
        leftPx: index,
        topPx: index,
        widthPx: edge,
        heightPx: edge,
      })),
    )
    await encodeWindows(encoder, picture, windows)
  })

const python = values['without-keras'] ? null : pythonWith(requirements)
const home = mkdtempSync(join(tmpdir(), 'lobule-bench-'))
console.log(machineLine())
console.log('Seconds per crop, and of the processor; the last column: how many times as fast as Lobule is')
const totals = new Map<string, number>()
try {
  await new EncoderStore(home).installUntrained(encoders)
  // What the application uses without a GPU, and ONNX Runtime.
  const [own, runtime] = [new OpenEncoders(home, processorBackends), new OpenEncoders(home, 'cpu')]
  for (const name of encoders) {
    const [encoder, other] = [await own.get(name), await runtime.get(name)]
    let perImage = 0
    for (const sizePx of sizesPx) {
      const sides = [
        await sideOf(`Lobule (${encoder.backend})`, encoder, sizePx),
        await sideOf('ONNX Runtime', other, sizePx),
        ...(python === null ? [] : [await keras(python, name, sizePx)]),
      ]
      const times = [...(await inTurns(sides))]
      const [ownTimes = []] = times.map(([, found]) => found)
      perImage += (20 * median(ownTimes, 'seconds')) / crops
      for (const [index, [side, found]] of times.entries()) {
        const column = index === 0 ? 'Lobule' : side.name
        totals.set(column, (totals.get(column) ?? 0) + median(found, 'seconds'))
        const perCrop = (['seconds', 'processor'] as const).map((of) =>
          (median(found, of) / crops).toFixed(3),
        )
        const ratios = (['seconds', 'processor'] as const).map((of) =>
          (median(found, of) / median(ownTimes, of)).toFixed(2),
        )
        console.log(
          `${name.padEnd(12)} ${sizePx}  ${side.name.padEnd(18)} ${perCrop.join('  ')}  ${ratios.join('  ')}`,
        )
      }
      sides.forEach(({ close }) => close())
    }
    // The first pass at a new size allocates memory; only later ones are measured.
    const passes: Time[] = []
    for (let pass = 0; pass < 4; pass++) passes.push(await dense(encoder))
    const whole = median(passes.slice(1), 'seconds')
    console.log(
      `${name.padEnd(12)} an augmentation, all sizes: crops ${perImage.toFixed(1)} s, dense ${whole.toFixed(2)} s: ${(perImage / whole).toFixed(1)} times`,
    )
  }
  await own.close()
  await runtime.close()
  const all = totals.get('Lobule') ?? NaN
  for (const [side, seconds] of totals)
    if (side !== 'Lobule') console.log(`overall ${(seconds / all).toFixed(2)} times as fast as ${side}`)
} finally {
  rmSync(home, { recursive: true, force: true })
}
console.log(machineLine())
