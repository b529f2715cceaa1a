import { removeFile } from '../base/patient-files.ts'
import { copyDraftEnding, draftEnding } from '../base/atomic-file.ts'
import { filesBelow } from '../base/files-below.ts'
import type { Workspace } from '../store/index.ts'

/**
 * Removes the drafts that a killed program left behind. Only the process that has locked the workspace may call this,
 * before its first job: every draft that exists then is abandoned. A draft that cannot be removed stays; it takes
 * disk space and does no harm.
 */
export async function sweepDrafts({ folders }: Workspace): Promise<void> {
  const drafts = [
    ...(await filesBelow(folders.images, copyDraftEnding)),
    ...(await filesBelow(folders.boosters, draftEnding)),
    ...(await filesBelow(folders.descriptors, draftEnding)),
    ...(await filesBelow(folders.explanations, draftEnding)),
    ...(await filesBelow(folders.slideMaps, draftEnding)),
  ]
  for (const draft of drafts) await removeFile(draft).catch(() => undefined)
}
