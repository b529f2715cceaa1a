import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { CheckReport, EncodeReport } from '../../../electron/contract/index.ts'
import { keyedGenerator } from '../../../electron/engine/random/index.ts'
import { lobuleJson, runLobule } from '../../support/run-lobule.ts'

// LOBULE_KILLS=20 for the long run; test/unit/compute/kill.test.ts kills only the compute process.
const kills = Number(process.env['LOBULE_KILLS'] ?? 2)
const images = 4

let root: string
let home: string
const json = <T>(...parameters: string[]): Promise<T> => lobuleJson<T>(parameters, { home })
const at = (name: string): string => join(root, name)
const encoding = (name: string): string[] =>
  ['encode', '--workspace', at(name), '--recipe', 'quick', '--backend', 'cpu'] // prettier-ignore

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-kill-encode-'))
  home = at('home')
  await json('encoders', 'demo')
  const perClass = String(images / 4)
  await json(
    'demo',
    at('images'),
    '--per-class',
    perClass,
    '--seed',
    '2',
    '--width',
    '900',
    '--height',
    '800',
  )
  await json('init', '--workspace', at('imported'))
  await json('import', at('images'), '--workspace', at('imported'), '--labels', 'folder')
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** Descriptor files of a workspace, with their bytes. Drafts of a killed process have another extension. */
function descriptors(name: string): Map<string, string> {
  const folder = join(at(name), 'descriptors')
  const files = (() => {
    try {
      return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    } catch {
      return []
    }
  })()
  const found = files.filter((file) => file.endsWith('.npy')).toSorted()
  return new Map(found.map((file) => [file, readFileSync(join(folder, file)).toString('base64')]))
}

it(
  `kill -9 of the application at ${kills} random moments of an encode: resumed, finished, the same bits`,
  { timeout: 900_000 + kills * 60_000 },
  async () => {
    cpSync(at('imported'), at('whole'), { recursive: true })
    const startedAt = performance.now()
    expect(await json<EncodeReport>(...encoding('whole'))).toMatchObject({
      images,
      files: images,
      failed: [],
    })
    const wholeMs = performance.now() - startedAt
    const undisturbed = descriptors('whole')
    expect(undisturbed.size).toBe(images)

    const random = keyedGenerator(`kills of an encode ${Date.now()}`)
    const reached: number[] = []
    const fresh = (): string => {
      const name = `killed-${reached.length}`
      cpSync(at('imported'), at(name), { recursive: true })
      return name
    }
    let name = fresh()
    while (reached.length < kills) {
      const left = 1 - descriptors(name).size / images
      const afterMs = Math.round(wholeMs * (0.1 + left * 0.9 * random.nextFloat()))
      const killed = await runLobule(encoding(name), { home, interrupt: { signal: 'SIGKILL', afterMs } })
      if (killed.code === 0) {
        expect(descriptors(name)).toEqual(undisturbed)
        name = fresh()
        continue
      }
      expect(killed.code, killed.stderr).toBeNull()
      const kept = descriptors(name)
      for (const [file, bytes] of kept) expect(bytes === undisturbed.get(file), file).toBe(true)
      reached.push(kept.size)
      const check = await json<CheckReport>('workspace', 'check', '--workspace', at(name))
      expect(check.problems, `killed after ${afterMs} ms`).toEqual([])
    }
    expect(await json<EncodeReport>(...encoding(name))).toMatchObject({ images, files: images, failed: [] })
    expect(descriptors(name)).toEqual(undisturbed)
    console.warn(
      `an encode of ${Math.round(wholeMs)} ms, killed with ${reached.join(', ')} of ${images} images finished`,
    )
  },
)
