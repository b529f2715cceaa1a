import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'

const run = (command: string, ...parameters: string[]): void =>
  void execFileSync(command, parameters, { stdio: ['ignore', 'ignore', 'pipe'] })

/** A disk of its own, in memory; only root may mount one. */
export interface SmallDisk {
  readonly path: string
  setReadOnly(isReadOnly: boolean): void
  unmount(): void
}

/** null, and a line on stderr, where nothing can be mounted. */
export function mountSmallDisk(path: string, sizeBytes: number): SmallDisk | null {
  mkdirSync(path, { recursive: true })
  try {
    run('mount', '-t', 'tmpfs', '-o', `size=${sizeBytes}`, 'tmpfs', path)
  } catch (error) {
    console.error(`SKIPPED: no disk could be mounted at ${path}: ${String(error)}`)
    return null
  }
  return {
    path,
    setReadOnly: (isReadOnly) => run('mount', '-o', `remount,${isReadOnly ? 'ro' : 'rw'}`, path),
    unmount: () => run('umount', '-l', path),
  }
}
