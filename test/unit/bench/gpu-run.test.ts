import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { GpuMessage, GpuStep } from '../../bench/support/gpu-record.ts'
import { runGpuBenchmark, titleOf } from '../../bench/support/gpu-run.ts'
import { keyedGenerator } from '../../../electron/engine/random/index.ts'
import { runTimed, type End } from '../../bench/support/timed-child.ts'

describe('a process with a deadline', () => {
  const scriptOf = (code: string): string => {
    const file = join(mkdtempSync(join(tmpdir(), 'lobule-timed-')), 'child.mjs')
    writeFileSync(file, code)
    return file
  }

  test('that never ends is killed, and what it sent is kept', async () => {
    const told: unknown[] = []
    const deadline = new AbortController()
    // Neither the event loop nor a signal that can be caught ends it.
    const script = scriptOf("process.on('SIGTERM', () => 1); process.send(process.pid, () => { for (;;); })")
    const end = await runTimed(script, [], {
      deadline: deadline.signal,
      onMessage: (message) => {
        told.push(message)
        deadline.abort()
      },
    })
    expect(end).toEqual({ kind: 'cut off' })
    expect(told).toHaveLength(1)
    await expect.poll(() => isRunning(Number(told[0]))).toBe(false)
  })

  test('that ends by itself says how', async () => {
    const deadline = new AbortController().signal
    const run = (code: string) => runTimed(scriptOf(code), [], { deadline, onMessage: () => undefined })
    expect(await run('process.exit(0)')).toEqual({ kind: 'finished' })
    expect(await run('process.exit(3)')).toEqual({ kind: 'failed', how: 'exit status 3' })
    // Windows has no signals.
    const killed = process.platform === 'win32' ? 'exit status 1' : 'SIGKILL'
    expect(await run("process.kill(process.pid, 'SIGKILL')")).toEqual({ kind: 'failed', how: killed })
  })
})

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** A run on a machine whose clock is moved by the measurements alone. */
async function runOn(
  measure: (step: GpuStep, tell: (message: GpuMessage) => void) => { seconds: number; end?: End },
  limitS = 330,
) {
  let nowS = 0
  const steps: string[] = []
  const found = await runGpuBenchmark({
    backends: ['webgpu-half', 'webgpu'],
    limitS,
    elapsedS: () => nowS,
    say: () => undefined,
    runStep: (step, limitS, onMessage) => {
      steps.push(titleOf(step))
      const { seconds, end = { kind: 'finished' } } = measure(step, onMessage)
      nowS += Math.min(seconds, limitS)
      return Promise.resolve(seconds > limitS ? { kind: 'cut off' } : end)
    },
  })
  return { found, steps }
}

const opened = (backend: string, encoder: string): GpuMessage => ({
  kind: 'opened',
  opened: { backend, encoder, secondsToOpen: 1, cosine: 1, secondsPerProbe: 0.01 },
})
const crop = (backend: string, encoder: string, sizePx: number): GpuMessage => ({
  kind: 'crop',
  crop: {
    ...{ backend, encoder, sizePx },
    secondsPerCrop: 0.1,
    cropsPerSecond: 10,
    repeats: 5,
    isSame: true,
  },
})

describe('the plan of the benchmark on a GPU', () => {
  test('on a good driver measures everything, the cheapest network first', async () => {
    const { found, steps } = await runOn((step, tell) => {
      if (step.kind === 'network') {
        tell(opened(step.backend, step.encoder))
        for (const sizePx of [400, 650]) tell(crop(step.backend, step.encoder, sizePx))
      } else if (step.kind === 'protocol')
        for (const augmentations of [1, 2])
          tell({ kind: 'image', image: { ...step, augmentations, secondsPerImage: 4, preparedS: 0.1 } })
      return { seconds: 5 }
    })
    const both = (what: string) => [`${what} on webgpu-half`, `${what} on webgpu`]
    // Expected: 5.1 s to encode the image once, 14 s for the slide by `quick`, 15 s for one augmentation's crops, 16 s by `starter`.
    expect(steps).toEqual(
      [
        ...['efficientnetlite0', 'resnet50', 'inceptionv3', 'vgg16'],
        ...['standard, mode dense,', 'a slide by quick', 'standard, mode crops,', 'a slide by starter'],
      ].flatMap(both),
    )
    expect([found.crops.length, found.leftOut, found.cutOff, found.seconds]).toEqual([16, [], [], 80])
    // The latest figure of each mode.
    expect(found.images.map(({ mode, augmentations }) => [mode, augmentations])).toEqual([
      ['dense', 2],
      ['dense', 2],
      ['crops', 2],
      ['crops', 2],
    ])
  })

  test('on a slow driver keeps what was measured, and says what was cut off, and where', async () => {
    const { found } = await runOn((step, tell) => {
      if (step.backend === 'webgpu-half') {
        tell({ kind: 'failed', code: 'encoder.backend-failed', message: 'no 16-bit arithmetic' })
        return { seconds: 3 }
      }
      if (step.kind !== 'network') return { seconds: 1 }
      tell({ kind: 'at', where: 'opening the network, with the self-test' })
      if (step.encoder === 'inceptionv3') return { seconds: 2, end: { kind: 'failed', how: 'SIGSEGV' } }
      tell(opened(step.backend, step.encoder))
      tell({ kind: 'at', where: 'crops of 400 px' })
      if (step.encoder === 'resnet50') return { seconds: 1e9 }
      tell(crop(step.backend, step.encoder, 400))
      return { seconds: 50 }
    })
    expect(found.unavailable).toEqual([{ backend: 'webgpu-half', why: 'no 16-bit arithmetic' }])
    expect(found.crops.map(({ encoder, sizePx }) => [encoder, sizePx])).toEqual([['efficientnetlite0', 400]])
    expect(found.networks.map(({ encoder }) => encoder)).toEqual(['efficientnetlite0', 'resnet50'])
    // Three quarters of 325 s, less the 53 s of EfficientNet-Lite0.
    expect(found.cutOff).toEqual([{ what: 'resnet50 on webgpu', where: 'crops of 400 px', afterS: 190.8 }])
    expect(found.leftOut).toContainEqual({
      what: 'vgg16 on webgpu-half',
      why: 'efficientnetlite0 was not opened on it',
    })
    expect(found.leftOut).toContainEqual({
      what: 'vgg16 on webgpu',
      why: '0 s are left; it needs 1',
    })
    expect(found.seconds).toBeLessThan(330)
  })

  test('a driver that hangs at once leaves the other back-end its share, and a crash ends one measurement', async () => {
    const { found } = await runOn((step, tell) => {
      if (step.backend === 'webgpu-half') return { seconds: 1e9 }
      if (step.kind === 'network') tell(opened(step.backend, step.encoder))
      return step.kind === 'network' && step.encoder === 'resnet50'
        ? { seconds: 1, end: { kind: 'failed', how: 'SIGSEGV' } }
        : { seconds: 1 }
    })
    expect(found.cutOff).toEqual([
      { what: 'efficientnetlite0 on webgpu-half', where: 'starting the process', afterS: 121.9 },
    ])
    expect(found.networks.map(({ backend }) => backend)).toEqual(['webgpu', 'webgpu', 'webgpu', 'webgpu'])
    expect(found.leftOut).toContainEqual({
      what: 'resnet50 on webgpu',
      why: 'its process ended at: starting the process (SIGSEGV)',
    })
  })

  test('names a back-end that the machine does not have, and a network that a back-end does not run', async () => {
    const { found, steps } = await runOn((step, tell) => {
      if (step.backend === 'webgpu-half') tell({ kind: 'unavailable', why: 'no Vulkan here' })
      else if (step.kind === 'network' && step.encoder === 'efficientnetlite0') tell({ kind: 'not run' })
      else if (step.kind === 'network') {
        tell(opened(step.backend, step.encoder))
        tell(crop(step.backend, step.encoder, 400))
      }
      return { seconds: 1 }
    })
    expect(found.unavailable).toEqual([{ backend: 'webgpu-half', why: 'no Vulkan here' }])
    expect(steps.filter((step) => step.endsWith('-half'))).toEqual(['efficientnetlite0 on webgpu-half'])
    expect(found.leftOut.filter(({ why }) => why === 'no Vulkan here')).toHaveLength(8)
    expect(found.leftOut).toContainEqual({
      what: 'efficientnetlite0 on webgpu',
      why: 'this back-end does not run it',
    })
    // The other networks are measured, and what needs this one is not begun.
    expect(found.networks.map(({ encoder }) => encoder)).toEqual(['resnet50', 'inceptionv3', 'vgg16'])
    expect(found.leftOut).toContainEqual({
      what: 'a slide by starter on webgpu',
      why: 'not all of its networks were measured',
    })
    expect(steps.slice(-3)).toEqual([
      'standard, mode dense, on webgpu',
      'a slide by quick on webgpu',
      'standard, mode crops, on webgpu',
    ])
  })

  test('whatever happens, ends in time, and each measurement is done, left out or cut off', async () => {
    const random = keyedGenerator('runs on a GPU')
    for (let round = 0; round < 100; round++) {
      const limitS = 20 + random.nextInteger(400)
      const done: string[] = []
      const { found, steps } = await runOn((step, tell) => {
        const kind = random.nextInteger(8)
        const seconds = kind === 0 ? 1e9 : random.nextInteger(40)
        if (kind === 1) tell({ kind: 'unavailable', why: 'gone' })
        else if (kind === 2) tell({ kind: 'failed', code: 'encoder.backend-failed', message: 'a fault' })
        else if (kind === 3) return { seconds, end: { kind: 'failed', how: 'SIGSEGV' } }
        else if (step.kind === 'network') {
          tell(opened(step.backend, step.encoder))
          for (const sizePx of [400, 650]) tell(crop(step.backend, step.encoder, sizePx))
        }
        if (kind > 3) done.push(titleOf(step))
        return { seconds }
      }, limitS)
      expect(found.seconds).toBeLessThanOrEqual(limitS)
      const named = [...found.leftOut, ...found.cutOff].map(({ what }) => what)
      expect(new Set(named).size).toBe(named.length)
      expect(new Set(steps).size).toBe(steps.length)
      // Four networks, two slides and two modes, on each of two back-ends.
      expect(new Set([...named, ...done]).size, JSON.stringify({ round, named, done })).toBe(16)
    }
  })
})
