/**
 * Encoding on a GPU, as an archive that travels to a machine without Node or a network:
 * `npm run bench -- gpu --pack [FILE.tar.xz] [--vulkan libvulkan.so.1]` makes it (under 60 MB: Node, ONNX Runtime, the addon, a bundled
 * script, the Vulkan loader; Linux x86-64). There: `tar -xJf FILE.tar.xz && lobule-gpu/run > gpu.json`, which is `--run`, also here:
 * `npm run bench -- gpu --run [--backends webgpu-half,webgpu] [--seconds 330]`. On every back-end it measures crops of 400 and 650 px by
 * every network, the protocol of `standard` for one image in both modes, and a synthetic slide by `starter` and by `quick`, the quickest
 * first, each in a process of its own. One that does not end in time is killed: the JSON is whole within `--seconds`, with the back-ends
 * that are not here, what was left out and what was cut off, and where.
 */
import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({
  options: {
    pack: { type: 'boolean', default: false },
    run: { type: 'boolean', default: false },
    vulkan: { type: 'string' },
    backends: { type: 'string' },
    seconds: { type: 'string' },
  },
  allowPositionals: true,
})
if (values.pack === values.run) throw new Error('either --pack or --run')
if (values.pack) {
  const { packGpuBenchmark } = await import('./support/pack-gpu.ts')
  await packGpuBenchmark(positionals[0] ?? 'lobule-gpu.tar.xz', values.vulkan)
} else {
  await import('./support/measure-gpu.ts')
}
