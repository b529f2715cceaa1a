/** Run by webgpu-half.test.ts in a process of its own, since the Vulkan driver is chosen when a process starts. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { demoWeights } from '../../../electron/engine/encoders/demo-weights.ts'
import { emitOnnx, type Precision } from '../../../electron/engine/encoders/emit-onnx.ts'
import {
  cosine,
  onnxCpu,
  probePicture,
  type EncoderBackend,
} from '../../../electron/engine/encoders/index.ts'
import { onnxBackend, onnxHalf } from '../../../electron/engine/encoders/onnx-backend.ts'
import { tinyNetwork } from './made-up-network.ts'

const folder = await mkdtemp(join(tmpdir(), 'lobule-webgpu-half-'))
const architecture = { ...tinyNetwork(), preprocessing: 'caffe' as const }
const weights = demoWeights(architecture)
const picture = probePicture(45, 38)

async function descriptorOn(backend: EncoderBackend, precision: Precision): Promise<Float32Array> {
  const onnxPath = join(folder, `${precision}.onnx`)
  await writeFile(onnxPath, emitOnnx(architecture, weights, {}, precision))
  const about = { name: 'resnet50', source: 'demo', fingerprint: '', architecture, onnxPath } as const
  const encoder = await backend.open({ ...about, readWeights: () => Promise.resolve(weights) })
  const [descriptor = new Float32Array()] = await encoder.encode([picture])
  await encoder.close()
  return descriptor
}

const expected = await descriptorOn(onnxCpu(), 'single')
const full = await descriptorOn(onnxBackend('webgpu'), 'single')
const answer: Record<string, unknown> = { full: cosine(full, expected) }
try {
  const half = await descriptorOn(onnxHalf('webgpu'), 'half')
  const onProcessor = await descriptorOn(onnxHalf('webgpu', { provider: 'cpu' }), 'half')
  answer['half'] = cosine(half, expected)
  answer['isTheProcessors'] = half.every((value, index) => value === onProcessor[index])
} catch (error) {
  answer['refusal'] = error instanceof Error ? error.message : String(error)
}
await rm(folder, { recursive: true, force: true })
console.log(JSON.stringify(answer))
// Dawn's own threads must not be waited for.
process.exit(0)
