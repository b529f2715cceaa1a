import { lstatSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Whether symbolic links can be made here: on Windows only with a right that most users lack, and under wine never. */
export const canLink = ((): boolean => {
  const folder = mkdtempSync(join(tmpdir(), 'lobule-link-'))
  try {
    symlinkSync(folder, join(folder, 'link'))
    return lstatSync(join(folder, 'link')).isSymbolicLink()
  } catch {
    return false
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})()

if (!canLink) console.warn('SKIPPED: tests of symbolic links, which cannot be made here')
