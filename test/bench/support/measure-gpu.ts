/**
 * `npm run bench -- gpu --run` (test/bench/gpu.ts); run as it is, or bundled in the archive. It starts itself again for each
 * measurement, with `--step`: a driver that hangs or crashes costs that measurement, and the answer is whole in any case.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { backendNameSchema } from '../../../electron/contract/index.ts'
import { gpuStepSchema, rounded, type GpuMessage } from './gpu-record.ts'
import { runGpuBenchmark } from './gpu-run.ts'
import { runTimed } from './timed-child.ts'

const { values } = parseArgs({
  options: {
    run: { type: 'boolean' },
    backends: { type: 'string', default: 'webgpu-half,webgpu' },
    seconds: { type: 'string', default: '330' },
    folder: { type: 'string' },
    step: { type: 'string' },
    'step-seconds': { type: 'string' },
  },
})
const elapsedS = (): number => performance.now() / 1000

if (values.step !== undefined && values.folder !== undefined) {
  // Without the run, no one reads the figures.
  process.once('disconnect', () => process.exit(1))
  const limitS = z.coerce.number().parse(values['step-seconds'])
  const { runGpuStep } = await import('./gpu-steps.ts')
  const tell = (message: GpuMessage): void => void process.send?.(message)
  const remainingS = (): number => limitS - elapsedS()
  await runGpuStep(gpuStepSchema.parse(JSON.parse(values.step)), { root: values.folder, remainingS, tell })
  // Until the last message has left this process.
  await new Promise((sent) => process.send?.({ kind: 'at', where: 'ended' } satisfies GpuMessage, sent))
} else {
  const limitS = z.coerce.number().min(10).parse(values.seconds)
  const root = mkdtempSync(join(tmpdir(), 'lobule-gpu-'))
  const figures = await runGpuBenchmark({
    runStep: (step, limitS, onMessage) => {
      const what = ['--step', JSON.stringify(step), '--step-seconds', String(limitS), '--folder', root]
      return runTimed(import.meta.filename, what, {
        deadline: AbortSignal.timeout(Math.round(limitS * 1000)),
        // This script's own messages.
        onMessage: (message) => onMessage(message as GpuMessage),
      })
    },
    backends: values.backends.split(',').map((name) => backendNameSchema.parse(name)),
    ...{ limitS, elapsedS },
    say: (line) => void process.stderr.write(`${elapsedS().toFixed(0)} s: ${line}\n`),
  })
  const machine = {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    load: loadavg().map(rounded),
  }
  // Before anything else may fail.
  console.log(JSON.stringify({ machine, node: process.versions.node, limitS, ...figures }, null, 2))
  rmSync(root, { recursive: true, force: true })
}
// Does not wait for the GPU library's own threads, nor for a process that could not be killed.
process.exit(0)
