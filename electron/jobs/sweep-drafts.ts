import { rm } from 'node:fs/promises'
import { draftEnding } from '../base/atomic-file.ts'
import type { Workspace } from '../store/index.ts'
import { filesBelow } from './check-workspace.ts'
import { copyDraftEnding } from './copy-file.ts'

/**
 * Removes the halves of files that a killed program was writing. Only the process that holds the workspace may
 * ask, and before its first job: a draft that is there then belongs to nobody. What cannot be removed stays; it
 * takes room and does no harm.
 */
export async function sweepDrafts({ folders }: Workspace): Promise<void> {
  const drafts = [
    ...(await filesBelow(folders.images, copyDraftEnding)),
    ...(await filesBelow(folders.boosters, draftEnding)),
    ...(await filesBelow(folders.descriptors, draftEnding)),
    ...(await filesBelow(folders.explanations, draftEnding)),
  ]
  for (const draft of drafts) await rm(draft, { force: true }).catch(() => undefined)
}
