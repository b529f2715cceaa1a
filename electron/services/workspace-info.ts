import { join } from 'node:path'
import type { WorkspaceInfo } from '../contract/index.ts'
import { listLeftovers, sizeOf } from '../jobs/clean-storage.ts'
import { filesBelow } from '../jobs/check-workspace.ts'
import { copiesFolder } from '../jobs/copy-file.ts'
import { explanationsDirectory } from '../jobs/explanation-files.ts'
import { freeBytesAt } from '../jobs/free-space.ts'
import {
  boostersDirectory,
  descriptorsDirectory,
  listReaders,
  readWorkspaceInfo,
  type Readable,
} from '../store/index.ts'

/** Where tissue is drawn unless another place is named. */
export const syntheticDirectory = (workspacePath: string): string => join(workspacePath, 'synthetic')

/** What a workspace holds and how much room it takes. */
export async function workspaceInfo(path: string, database: Readable): Promise<WorkspaceInfo> {
  const leftovers = new Set(await listLeftovers(path, database))
  const copies = await filesBelow(join(path, copiesFolder))
  return {
    path,
    ...readWorkspaceInfo(database),
    readers: listReaders(database),
    bytes: {
      database: await sizeOf([join(path, 'workspace.sqlite'), join(path, 'workspace.sqlite-wal')]),
      copies: await sizeOf(copies.filter((file) => !leftovers.has(file))),
      descriptors: await sizeOf(await filesBelow(descriptorsDirectory(path))),
      boosters: await sizeOf(await filesBelow(boostersDirectory(path))),
      explanations: await sizeOf(await filesBelow(explanationsDirectory(path))),
      synthetic: await sizeOf(await filesBelow(syntheticDirectory(path))),
      leftovers: await sizeOf([...leftovers]),
    },
    freeBytes: await freeBytesAt(path),
  }
}
