import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

/** Chromium's own software Vulkan driver, which has no half precision, as some GPUs. */
const driver = '/usr/lib/chromium/vk_swiftshader_icd.json'
const isHere = existsSync(driver)
if (!isHere) console.warn(`SKIPPED: no ${driver}. Debian: apt-get install chromium`)

/** `half`: the cosine in half precision; `refusal`: why there is none. */
type Answer = { full: number } & ({ half: number; isTheProcessors: boolean } | { refusal: string })

async function runOn(environment: Record<string, string>): Promise<Answer> {
  const script = join(import.meta.dirname, 'webgpu-half-child.ts')
  const env = { ...process.env, ...environment }
  const { stdout } = await promisify(execFile)(process.execPath, [script], { env })
  return JSON.parse(stdout) as Answer
}

test.skipIf(!isHere)(
  'a GPU without half precision is refused with the reason',
  { timeout: 300_000 },
  async () => {
    const answer = await runOn({ VK_DRIVER_FILES: driver, LD_LIBRARY_PATH: dirname(driver) })
    expect(answer.full).toBeGreaterThan(0.999999)
    expect(answer).toMatchObject({
      refusal: expect.stringMatching(
        /^The back-end webgpu-half failed: .*requires f16 but the device does not support it/,
      ) as string,
    })
  },
)

/** LOBULE_TEST_HALF=1 uses the GPU of this machine (or that of VK_DRIVER_FILES), which must have it. */
test.skipIf(process.env['LOBULE_TEST_HALF'] !== '1')(
  'a GPU with half precision computes in it',
  { timeout: 300_000 },
  async () => {
    const answer = await runOn({})
    expect(answer.full).toBeGreaterThan(0.999999)
    expect(answer).toMatchObject({ half: expect.any(Number) as number, isTheProcessors: false })
    expect('half' in answer && answer.half).toBeGreaterThan(0.999)
  },
)
