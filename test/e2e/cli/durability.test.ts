import { expect, it } from 'vitest'
import { diskFullRun } from '../../durability/disk-full-run.ts'
import { killRun } from '../../durability/kill-run.ts'

// Long runs by hand: node test/durability/kills.ts, node test/durability/disk-full.ts (docs/backup.md).
const log = (line: string): void => console.warn(line)

it(
  'kill -9 at 10 random moments of every operation: nothing lost, the same bits',
  { timeout: 900_000 },
  async () => {
    const { kills } = await killRun({ count: 10, seed: `kills-${Date.now()}`, log })
    expect(Object.values(kills).reduce((sum, count) => sum + count, 0)).toBe(10)
  },
)

it(
  'on a full disk nothing is lost or half written, and the sentence is right',
  { timeout: 900_000 },
  async ({ skip }) => {
    const result = await diskFullRun({
      sizes: [0, 4096, 64 * 1024, 512 * 1024],
      trainingSizes: [0, 128 * 1024],
      log,
    })
    if (result === null) return skip('no disk could be mounted')
    for (const operation of ['open', 'label', 'train'] as const)
      expect(result[operation].refused).toBeGreaterThan(0)
  },
)
