import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * A Python with the pinned packages of a requirements file: LOBULE_PYTHON where it is set, else a virtual
 * environment of its own in the temporary folder, made at the first use and said so.
 */
export function pythonWith(requirements: string): string {
  const given = process.env['LOBULE_PYTHON']
  if (given !== undefined) return given
  const key = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12)
  const folder = join(tmpdir(), `lobule-python-${key}`)
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python')
  const isComplete = join(folder, 'complete')
  if (existsSync(isComplete)) return python
  console.log(`Making a Python environment with ${requirements} in ${folder}`)
  execFileSync('python3', ['-m', 'venv', '--clear', folder], { stdio: 'inherit' })
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', '-r', requirements], { stdio: 'inherit' })
  execFileSync(python, ['-c', `open(${JSON.stringify(isComplete)}, "w").close()`])
  return python
}
