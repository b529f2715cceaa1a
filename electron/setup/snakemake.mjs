// @ts-check
/** Snakemake, which runs the workflow of `workflows/snakemake` in its test. */
import { existsSync, rmSync } from 'node:fs'
import path from 'node:path'
import { SetupError, findProgram, hashOf, inRoot, root, stamp, step } from './shared.mjs'

/** Every package that it needs, with version and hashes, as pip-compile writes them: `pip-compile --generate-hashes`. */
const lock = 'test/e2e/workflows/snakemake.txt'

/**
 * The path of a Snakemake: the one that LOBULE_SNAKEMAKE names, that of the PATH or, on a machine for tests alone (CI=true), one in a
 * virtual environment below `test/output`. null: there is none, and the test says so.
 * @param {import('./shared.mjs').Log} log
 * @param {NodeJS.ProcessEnv} [environment]
 * @returns {Promise<string | null>}
 */
export async function ensureSnakemake(log, environment = process.env) {
  const known = environment['LOBULE_SNAKEMAKE'] ?? findProgram(['snakemake'], environment)
  if (known !== null || environment['CI'] !== 'true' || process.platform === 'win32') return known
  const folder = inRoot('test', 'output', 'snakemake')
  const program = path.join(folder, 'bin', 'snakemake')
  const made = stamp(path.join(folder, 'made-from'))
  const inputs = hashOf(root, [lock])
  if (existsSync(program) && made.isFresh(inputs)) return program
  log('Installing Snakemake for the test of its workflow')
  try {
    rmSync(folder, { recursive: true, force: true })
    await step('A virtual environment of Python', 'python3', ['-m', 'venv', folder])
    // connection-pool has no wheel; it is Python alone.
    const how = [
      '--quiet',
      '--disable-pip-version-check',
      '--require-hashes',
      '--only-binary',
      ':all:',
      '--no-binary',
      'connection-pool',
    ]
    await step('Installing Snakemake', path.join(folder, 'bin', 'pip'), ['install', ...how, '-r', lock])
    made.write(inputs)
    return program
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    log(error.message)
    return null
  }
}
