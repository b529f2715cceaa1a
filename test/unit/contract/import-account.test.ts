import { expect, it } from 'vitest'
import { isComplete, type ImportAccount } from '../../../electron/contract/index.ts'

const files = { offered: 3, imported: 2, present: 1, contradicting: 0, failed: 0 }
const rows = { offered: 2, added: 1, changed: 0, present: 0, empty: 1, contradicting: 0, failed: 0 }
const account: ImportAccount = {
  ...{ files, rows, parts: 0, hidden: 2 },
  ...{ contradictions: [], changes: [], notes: [] },
}

it('is complete only where no file, row or picture was lost', () => {
  expect(isComplete(account, [{ ending: '.txt', files: 2 }])).toBe(true)
  expect(isComplete({ ...account, rows: null })).toBe(true)
  expect(isComplete(account, [{ ending: '.bmp', files: 1 }])).toBe(false)
  for (const lost of ['failed', 'contradicting'] as const) {
    expect(isComplete({ ...account, files: { ...files, [lost]: 1 } })).toBe(false)
    expect(isComplete({ ...account, rows: { ...rows, [lost]: 1 } })).toBe(false)
  }
})
