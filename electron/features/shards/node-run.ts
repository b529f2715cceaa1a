import { mkdtemp, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AppError, hasCode, toErrorView } from '../../contract/index.ts'
import { writeUnitFailure, type UnitFailure } from '../../engine/shards/unit-record.ts'
import { fatalCodes } from '../encoders/describe-images.ts'

/**
 * A data folder for this process alone, with the weights of the plan: what a machine finds out about its back-ends is
 * written there, and not into the plan, which other machines read.
 */
export async function nodeHome(plan: string): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'lobule-node-'))
  // A junction needs no rights on Windows; elsewhere the type is ignored.
  await symlink(join(plan, 'encoders'), join(home, 'encoders'), 'junction')
  return home
}

/**
 * Writes why a unit could not be treated, so that the others go on.
 * @throws the error itself if the other units would end in the same way
 */
export async function recordFailure(parts: string, sha256: string, error: unknown): Promise<UnitFailure> {
  if (!(error instanceof AppError) || hasCode(error, 'path.not-writable', ...fatalCodes)) throw error
  const { code, message } = toErrorView(error)
  const failure = { sha256, code, message }
  await writeUnitFailure(parts, failure)
  return failure
}
