import { existsSync } from 'node:fs'
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeFolder } from '../../base/patient-files.ts'
import { asNotWritable } from '../../base/path-errors.ts'
import { AppError, hasCode, toErrorView } from '../../contract/index.ts'
import { writeUnitFailure, type UnitFailure } from '../../engine/shards/unit-record.ts'
import { fatalCodes } from '../encoders/describe-images.ts'

/** A junction needs no rights on Windows; elsewhere the type is ignored. */
const makeLink = (target: string, path: string): Promise<void> => symlink(target, path, 'junction')

/**
 * A data folder for this process alone, with the weights of the plan: what a machine finds out about its back-ends is
 * written there, and not into the plan, which other machines read. The weights are a link, or a copy where no link leads
 * to them: a junction of Windows leads to no share, and some disks have neither.
 * @throws AppError `path.not-writable`
 */
export async function nodeHome(plan: string, link = makeLink): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'lobule-node-'))
  const [weights, own] = [join(plan, 'encoders'), join(home, 'encoders')]
  await link(weights, own).catch(() => undefined)
  if (existsSync(own) || !existsSync(weights)) return home
  try {
    await rm(own, { force: true, recursive: true })
    await cp(weights, own, { recursive: true })
  } catch (error) {
    await removeFolder(home).catch(() => undefined)
    throw asNotWritable(error, own)
  }
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
