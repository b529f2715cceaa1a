/** Run by webgpu.test.ts in a separate process, because the Vulkan driver is chosen when a process starts. */
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { paperEncoders } from '../../../../electron/contract/index.ts'
import { decodeNpy } from '../../../../electron/engine/descriptors/npy.ts'
import type { Architecture } from '../../../../electron/engine/encoders/architecture.ts'
import { untrainedWeights } from '../../../../electron/engine/encoders/untrained-weights.ts'
import { emitOnnx } from '../../../../electron/engine/encoders/emit-onnx.ts'
import { EncoderStore, OpenEncoders, cosine, probeImage } from '../../../../electron/engine/encoders/index.ts'
import { onnxBackend, onnxCpu } from '../../../../electron/engine/encoders/onnx-backend.ts'
import { tinyMobileNetwork, tinyNetwork } from './made-up-network.ts'
import { worstRelative } from './worst-relative.ts'

const none: Float32Array = new Float32Array()

/** Relative to the largest element. */
function worstDifference(actual = none, expected = none): number {
  if (actual.length === 0 || actual.length !== expected.length) return Infinity
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  return actual.reduce((worst, value, index) => {
    return Math.max(worst, Math.abs(value - (expected[index] ?? 0)) / largest)
  }, 0)
}

const folder = await mkdtemp(join(tmpdir(), 'lobule-webgpu-'))

/** The worst differences between the GPU and the processor, for two sizes whose maps have odd and even edges. */
async function compare(architecture: Architecture): Promise<{ descriptor: number; map: number }> {
  const weights = untrainedWeights(architecture)
  const onnxPath = join(folder, `${architecture.name}.onnx`)
  await writeFile(onnxPath, emitOnnx(architecture, weights))
  const about = { name: 'resnet50', source: 'untrained', fingerprint: '' } as const
  const model = { ...about, architecture, onnxPath, readWeights: () => Promise.resolve(weights) }
  const [gpu, cpu] = [await onnxBackend('webgpu').open(model), await onnxCpu().open(model)]
  const worst = { descriptor: 0, map: 0 }
  for (const picture of [probeImage(45, 38), probeImage(32, 47)]) {
    const [[ours], [theirs]] = [await gpu.encode([picture]), await cpu.encode([picture])]
    const [gpuMaps, cpuMaps] = [await gpu.encodeMaps(picture), await cpu.encodeMaps(picture)]
    worst.descriptor = Math.max(worst.descriptor, worstDifference(ours, theirs))
    for (const [index, { data }] of gpuMaps.entries())
      worst.map = Math.max(worst.map, worstDifference(data, cpuMaps[index]?.data))
  }
  await gpu.close()
  return worst
}

const answer: Record<string, unknown> = {
  ...(await compare(tinyNetwork())),
  mobile: await compare(tinyMobileNetwork()),
}

// Whole networks take minutes on a slow machine, so only on request.
if (process.argv.includes('--whole')) {
  const home = await mkdtemp(join(tmpdir(), 'lobule-webgpu-home-'))
  const store = new EncoderStore(home)
  await store.installUntrained(paperEncoders)
  const [byGpu, byCpu] = [new OpenEncoders(home, 'webgpu'), new OpenEncoders(home, 'cpu')]
  const small = probeImage(64, 64)
  const [a] = await (await byGpu.get('resnet50')).encode([small])
  const [b] = await (await byCpu.get('resnet50')).encode([small])
  answer['whole'] = a && b ? cosine(a, b) : 0
  answer['backend'] = (await byGpu.get('resnet50')).backend
  const automatic = new OpenEncoders(home, 'auto')
  answer['automatic'] = (await automatic.get('resnet50')).backend
  const found: unknown[] = []
  for (const name of paperEncoders) {
    const encoder = await store.open(name, onnxBackend('webgpu'))
    for (const sizePx of [400, 650]) {
      const [actual = none] = await encoder.encode([probeImage(sizePx, sizePx)])
      const file = join(import.meta.dirname, '../../../references/encoders', `${name}-${sizePx}.npy`)
      const expected = decodeNpy(await readFile(file), file).matrix.data
      const against = {
        name,
        sizePx,
        cosine: cosine(actual, expected),
        worst: worstRelative(actual, expected),
      }
      console.error(JSON.stringify(against))
      found.push(against)
    }
    await encoder.close()
  }
  answer['keras'] = found
}
console.log(JSON.stringify(answer))
// Does not wait for Dawn's own threads.
process.exit(0)
