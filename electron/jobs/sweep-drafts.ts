import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { draftEnding } from '../base/atomic-file.ts'
import { boostersDirectory, descriptorsDirectory } from '../store/index.ts'
import { filesBelow } from './check-workspace.ts'
import { copiesFolder, copyDraftEnding } from './copy-file.ts'
import { explanationsDirectory } from './explanation-files.ts'

/**
 * Removes the halves of files that a killed program was writing. Only the process that holds the workspace may
 * ask, and before its first job: a draft that is there then belongs to nobody. What cannot be removed stays; it
 * takes room and does no harm.
 */
export async function sweepDrafts(workspacePath: string): Promise<void> {
  const drafts = [
    ...(await filesBelow(join(workspacePath, copiesFolder), copyDraftEnding)),
    ...(await filesBelow(boostersDirectory(workspacePath), draftEnding)),
    ...(await filesBelow(descriptorsDirectory(workspacePath), draftEnding)),
    ...(await filesBelow(explanationsDirectory(workspacePath), draftEnding)),
  ]
  for (const draft of drafts) await rm(draft, { force: true }).catch(() => undefined)
}
