import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { writeAtomically, writeAtomicallySync } from '../../electron/base/atomic-file.ts'
import { parseClassScheme } from '../../electron/contract/index.ts'
import { createWorkspace, openWorkspace } from '../../electron/store/index.ts'

let root: string
let umask: number
beforeEach(() => {
  umask = process.umask(0o002)
  root = mkdtempSync(join(tmpdir(), 'lobule-private-'))
})
afterEach(() => {
  process.umask(umask)
  rmSync(root, { recursive: true })
})

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)
/** Permissions of everything below a folder, by path. */
const modesBelow = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => [
      name,
      modeOf(join(folder, name)),
    ]),
  )

async function fill(folder: string): Promise<void> {
  const made = createWorkspace(folder, parseClassScheme('Benign,Malignant*'), 'test')
  const { folders } = made
  await writeAtomically(join(folders.boosters, 'a.txt'), 'x')
  await writeAtomically(join(folders.descriptors, 'resnet50', 'b.npy'), 'x')
  made.close()
}

describe.skipIf(process.platform === 'win32')('files of a workspace', () => {
  it('are for the user alone, whatever the umask', async () => {
    const folder = join(root, 'above', 'w')
    await fill(folder)
    const open = openWorkspace(folder, 'test')
    const modes = modesBelow(folder)
    open.close()
    expect(modeOf(folder)).toBe('700')
    expect(Object.keys(modes)).toEqual(expect.arrayContaining(['workspace.sqlite-wal', 'lock.sqlite']))
    for (const [name, mode] of Object.entries(modes)) {
      expect(mode, name).toBe(/\.|-/.test(name.split('/').at(-1) ?? '') ? '600' : '700')
    }
  })

  it('in a folder that exists, too, whose own permissions stay', async () => {
    const folder = join(root, 'w')
    mkdirSync(folder, { mode: 0o755 })
    await fill(folder)
    expect(modeOf(folder)).toBe('755')
    expect(new Set(Object.values(modesBelow(folder)))).toEqual(new Set(['600', '700']))
  })

  it('are for the group too, if the group may write into the folder', async () => {
    const folder = join(root, 'w')
    mkdirSync(folder)
    chmodSync(folder, 0o770)
    await fill(folder)
    expect(new Set(Object.values(modesBelow(folder)))).toEqual(new Set(['660', '770']))
  })
})

it.skipIf(process.platform === 'win32')('files of the data folder are for the user alone', async () => {
  const home = join(root, 'home')
  writeAtomicallySync(join(home, 'settings.json'), '{}')
  await writeAtomically(join(home, 'encoders', 'a.json'), '{}')
  expect([modeOf(home), ...Object.values(modesBelow(home))].toSorted()).toEqual(['600', '600', '700', '700'])
})
