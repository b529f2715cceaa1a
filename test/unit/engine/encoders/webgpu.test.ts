import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

/** Chromium's own software Vulkan driver, with the loader beside it: the GPU path runs on any machine. */
const driver = '/usr/lib/chromium/vk_swiftshader_icd.json'
const isHere = existsSync(driver)
if (!isHere) console.warn(`SKIPPED: no ${driver}. Debian: apt-get install chromium`)

/** `npm test` stays quick: whole networks take minutes in software, so they need LOBULE_TEST_GPU=1. */
const isWhole = process.env['LOBULE_TEST_GPU'] === '1'

interface Answer {
  descriptor: number
  map: number
  mobile: { descriptor: number; map: number }
  whole?: number
  backend?: string
  automatic?: string
  keras?: { name: string; sizePx: number; cosine: number; worst: number }[]
}

test.skipIf(!isHere)(
  'WebGPU in software gives what the processor gives',
  { timeout: 1_800_000 },
  async () => {
    const script = join(import.meta.dirname, 'webgpu-child.ts')
    const parameters = isWhole ? [script, '--whole'] : [script]
    const { stdout } = await promisify(execFile)(process.execPath, parameters, {
      env: { ...process.env, VK_DRIVER_FILES: driver, LD_LIBRARY_PATH: dirname(driver) },
    })
    const answer = JSON.parse(stdout) as Answer
    // Float32 sums of up to 112 products, taken in another order.
    expect(answer.descriptor).toBeLessThan(1e-5)
    expect(answer.map).toBeLessThan(1e-5)
    expect(answer.mobile.descriptor).toBeLessThan(1e-5)
    expect(answer.mobile.map).toBeLessThan(1e-5)
    if (!isWhole) return
    expect(answer.whole).toBeGreaterThan(0.999999)
    // By name it is used; otherwise Lobule detects that this is not a GPU.
    console.warn(answer.keras)
    expect(answer.keras).toHaveLength(6)
    for (const { cosine, worst } of answer.keras ?? []) {
      // The bounds of issue 6.
      expect(cosine).toBeGreaterThan(0.999999)
      expect(worst).toBeLessThan(1e-3)
    }
    expect([answer.backend, answer.automatic]).toEqual(['webgpu', 'winograd'])
  },
)
