import { join } from 'node:path'
import type { WorkspaceInfo } from '../../contract/index.ts'
import { listLeftovers, sizeOf } from './clean-storage.ts'
import { filesBelow } from '../../base/files-below.ts'
import { freeBytesAt } from '../../base/free-space.ts'
import { listReaders, readWorkspaceInfo, type Workspace } from '../../store/index.ts'

/** The contents of a workspace, and the size of its parts in bytes. */
export async function workspaceInfo(workspace: Workspace): Promise<WorkspaceInfo> {
  const { path, database, folders } = workspace
  const leftovers = new Set(await listLeftovers(workspace))
  const copies = await filesBelow(folders.images)
  const maps = await filesBelow(folders.slideMaps)
  return {
    path,
    ...readWorkspaceInfo(database),
    readers: listReaders(database),
    bytes: {
      database: await sizeOf([join(path, 'workspace.sqlite'), join(path, 'workspace.sqlite-wal')]),
      copies: await sizeOf(copies.filter((file) => !leftovers.has(file))),
      descriptors: await sizeOf(await filesBelow(folders.descriptors)),
      boosters: await sizeOf(await filesBelow(folders.boosters)),
      explanations: await sizeOf(await filesBelow(folders.explanations)),
      synthetic: await sizeOf(await filesBelow(folders.synthetic)),
      slideMaps: await sizeOf(maps.filter((file) => !leftovers.has(file))),
      leftovers: await sizeOf([...leftovers]),
    },
    freeBytes: await freeBytesAt(path),
  }
}
