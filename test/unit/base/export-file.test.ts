import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import fs from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { exportContent, exportEnding, writeExport } from '../../../electron/base/export-file.ts'

vi.mock('node:fs/promises', { spy: true })

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'lobule-export-'))))
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(root, { recursive: true, force: true })
})
const at = (name: string): string => join(root, name)
const code = (expected: string, reason = ''): object => ({
  code: expected,
  message: expect.stringContaining(reason) as string,
})

const isWindows = process.platform === 'win32'

describe('an export', () => {
  it('writes a new file and its folders, and replaces a file only if asked', async () => {
    const path = at('a/b/table.csv')
    await exportContent(path, 'first')
    await expect(exportContent(path, 'second')).rejects.toMatchObject(code('path.exists', '--replace'))
    expect(readFileSync(path, 'utf8')).toBe('first')
    await exportContent(path, 'second', { replace: true })
    expect(readFileSync(path, 'utf8')).toBe('second')
    expect(readdirSync(at('a/b'))).toEqual(['table.csv'])
  })

  it.runIf(!isWindows).each([
    ['a folder', 'folder', (path: string) => mkdirSync(path)],
    ['a symbolic link', 'symbolic link', (path: string) => symlinkSync(at('target'), path)],
    ['a link to nothing', 'symbolic link', (path: string) => symlinkSync(at('nothing'), path)],
    ['a named pipe', 'named pipe', (path: string) => execFileSync('mkfifo', [path])],
  ])('never replaces %s', async (_, reason, make) => {
    writeFileSync(at('target'), 'kept')
    make(at('place'))
    const before = lstatSync(at('place'))
    for (const replace of [false, true]) {
      await expect(exportContent(at('place'), 'new', { replace })).rejects.toMatchObject(
        code('path.not-writable', reason),
      )
    }
    expect(lstatSync(at('place')).ino).toBe(before.ino)
    expect(readFileSync(at('target'), 'utf8')).toBe('kept')
    expect(readdirSync(root).toSorted()).toEqual(['place', 'target'])
  })

  it('does not overwrite what appears while it is written', async () => {
    const late = (replace: boolean): Promise<void> =>
      writeExport(
        at('late.csv'),
        async (file) => {
          await file.writeFile('export')
          writeFileSync(at('late.csv'), 'of another program')
        },
        { replace },
      )
    await expect(late(false)).rejects.toMatchObject(code('path.exists'))
    expect(readFileSync(at('late.csv'), 'utf8')).toBe('of another program')
    expect(readdirSync(root)).toEqual(['late.csv'])
    await late(true)
    expect(readFileSync(at('late.csv'), 'utf8')).toBe('export')
  })

  it('does not overwrite what appears at the last moment, also on a disk without hard links', async () => {
    const path = at('last.csv')
    const appears = (): void => {
      let looks = 0
      vi.mocked(fs.lstat).mockImplementation(async (...looked: Parameters<typeof fs.lstat>) => {
        const found = await vi
          .importActual<typeof fs>('node:fs/promises')
          .then((real) => real.lstat(...looked).catch((error: unknown) => error as Error))
        if (++looks === 2) writeFileSync(path, 'of another program')
        if (found instanceof Error) throw found
        return found
      })
    }
    appears()
    await expect(exportContent(path, 'export')).rejects.toMatchObject(code('path.exists'))
    expect(readFileSync(path, 'utf8')).toBe('of another program')
    rmSync(path)
    const noLinks = Object.assign(new Error('no'), { code: 'EPERM' })
    vi.mocked(fs.link).mockRejectedValue(noLinks)
    appears()
    await expect(exportContent(path, 'export')).rejects.toMatchObject(code('path.exists'))
    expect(readFileSync(path, 'utf8')).toBe('of another program')
    vi.mocked(fs.lstat).mockRestore()
    rmSync(path)
    await exportContent(path, 'export')
    expect(readFileSync(path, 'utf8')).toBe('export')
    expect(readdirSync(root)).toEqual(['last.csv'])
  })

  it.runIf(!isWindows)('has the permissions of any new file, or of the file that it replaces', async () => {
    writeFileSync(at('usual'), '')
    await exportContent(at('new.csv'), 'x')
    expect(statSync(at('new.csv')).mode).toBe(statSync(at('usual')).mode)
    chmodSync(at('new.csv'), 0o640)
    await exportContent(at('new.csv'), 'y', { replace: true })
    expect(statSync(at('new.csv')).mode & 0o777).toBe(0o640)
  })
})

it('asks for the ending of its kind, in upper or lower case', () => {
  const kind = { what: 'a case report', endings: ['.html', '.htm', '.pdf'] }
  expect(exportEnding('/a/B.HTML', kind)).toBe('.html')
  for (const path of ['/a/b', '/a/b.txt', '/a/.html', '/a/b.html.exe']) {
    expect(() => exportEnding(path, kind)).toThrow('must end in .html, .htm or .pdf')
  }
  expect(() => exportEnding('/a/workspace.sqlite', { what: 'a worklist', endings: ['.csv'] })).toThrow(
    '/a/workspace.sqlite cannot be written: the file name of a worklist must end in .csv.',
  )
})
