import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeFolders } from '../../../electron/base/folders.ts'
import { makePrivateFolder, makePrivateFolderSync } from '../../../electron/base/private-files.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lobule-folders-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

describe.each([
  [
    'for Lobule, before it returns',
    async (path: string) =>
      Promise.resolve().then(() => {
        makePrivateFolderSync(path)
      }),
  ],
  ['for Lobule, later', makePrivateFolder],
  [
    'for files of the user',
    async (path: string) =>
      Promise.resolve().then(() => {
        makeFolders(path)
      }),
  ],
] as const)('a folder, made %s', (_, make) => {
  it('comes with those above it, and stays where it is there', async () => {
    const path = join(folder, 'a', 'b', 'c')
    await make(path)
    await make(path)
    expect(statSync(path).isDirectory()).toBe(true)
  })

  it('is refused in place of a file and below one', async () => {
    writeFileSync(join(folder, 'file'), '')
    await expect(make(join(folder, 'file'))).rejects.toThrow('EEXIST')
    await expect(make(join(folder, 'file', 'a'))).rejects.toThrow()
  })

  it.skipIf(process.platform === 'win32')('is refused behind a link to nothing', async () => {
    symlinkSync(join(folder, 'nothing'), join(folder, 'link'))
    await expect(make(join(folder, 'link', 'a'))).rejects.toThrow()
  })

  it.runIf(process.platform === 'linux')(
    'is refused where none can be made, without end before',
    async () => {
      await expect(make('/proc/nope/a')).rejects.toThrow('ENOENT')
    },
  )
})
