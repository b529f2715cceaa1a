/**
 * Run by webgpu-half.test.ts in a process of its own, since the Vulkan driver is chosen when a process starts. By hand,
 * with VK_DRIVER_FILES: `node test/unit/engine/encoders/webgpu-half-child.ts --whole 400` makes the table of docs/performance.md.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { paperEncoders } from '../../../../electron/contract/index.ts'
import type { Architecture } from '../../../../electron/engine/encoders/architecture.ts'
import { untrainedWeights } from '../../../../electron/engine/encoders/untrained-weights.ts'
import { emitOnnx, type Precision } from '../../../../electron/engine/encoders/emit-onnx.ts'
import {
  architectures,
  cosine,
  onnxCpu,
  probeImage,
  type EncoderBackend,
} from '../../../../electron/engine/encoders/index.ts'
import { onnxBackend, onnxHalf } from '../../../../electron/engine/encoders/onnx-backend.ts'
import { tinyNetwork } from './made-up-network.ts'
import { worstRelative } from './worst-relative.ts'

const folder = await mkdtemp(join(tmpdir(), 'lobule-webgpu-half-'))
const [gpu, gpuHalf, cpuHalf] = [
  onnxBackend('webgpu'),
  onnxHalf('webgpu'),
  onnxHalf('webgpu', { provider: 'cpu' }),
]

/** The descriptor of the probe image with untrained weights. */
async function descriptorOn(
  backend: EncoderBackend,
  architecture: Architecture,
  sizePx: number,
): Promise<Float32Array> {
  const weights = untrainedWeights(architecture)
  const precision: Precision = backend.halfOf === undefined ? 'single' : 'half'
  const onnxPath = join(folder, `${architecture.name}-${precision}.onnx`)
  await writeFile(onnxPath, emitOnnx(architecture, weights, {}, precision))
  const about = { name: 'resnet50', source: 'untrained', fingerprint: '', architecture, onnxPath } as const
  const encoder = await backend.open({ ...about, readWeights: () => Promise.resolve(weights) })
  const [descriptor = new Float32Array()] = await encoder.encode([probeImage(sizePx, sizePx)])
  await encoder.close()
  return descriptor
}

const lengthOf = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0))

if (process.argv.includes('--whole')) {
  const sizePx = Number(process.argv.at(-1))
  for (const name of paperEncoders) {
    const expected = await descriptorOn(onnxCpu(), architectures[name], sizePx)
    for (const [title, backend] of Object.entries({ gpu, gpuHalf, cpuHalf })) {
      const found = await descriptorOn(backend, architectures[name], sizePx)
      const difference = lengthOf(found.map((value, index) => value - (expected[index] ?? 0)))
      const turned = 1 - cosine(found, expected)
      const figures = [turned, difference / lengthOf(expected), worstRelative(found, expected)]
      console.log(name, title, ...figures.map((value) => value.toExponential(2)))
    }
  }
  await rm(folder, { recursive: true, force: true })
  process.exit(0)
}

const tiny: Architecture = { ...tinyNetwork(), preprocessing: 'caffe' }
const expected = await descriptorOn(onnxCpu(), tiny, 45)
const answer: Record<string, unknown> = { full: cosine(await descriptorOn(gpu, tiny, 45), expected) }
try {
  const half = await descriptorOn(gpuHalf, tiny, 45)
  const onProcessor = await descriptorOn(cpuHalf, tiny, 45)
  answer['half'] = cosine(half, expected)
  answer['isTheProcessors'] = half.every((value, index) => value === onProcessor[index])
} catch (error) {
  answer['refusal'] = error instanceof Error ? error.message : String(error)
}
await rm(folder, { recursive: true, force: true })
console.log(JSON.stringify(answer))
// Does not wait for Dawn's own threads.
process.exit(0)
