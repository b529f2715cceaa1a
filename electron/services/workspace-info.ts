import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { WorkspaceInfo } from '../contract/index.ts'
import { filesBelow } from '../jobs/check-workspace.ts'
import { copiesFolder } from '../jobs/copy-file.ts'
import { freeBytesAt } from '../jobs/free-space.ts'
import {
  boostersDirectory,
  descriptorsDirectory,
  listReaders,
  readWorkspaceInfo,
  type Readable,
} from '../store/index.ts'

/** What a workspace holds and how much room it takes. */
export async function workspaceInfo(path: string, database: Readable): Promise<WorkspaceInfo> {
  return {
    path,
    ...readWorkspaceInfo(database),
    readers: listReaders(database),
    bytes: {
      database: await sizeOf([join(path, 'workspace.sqlite'), join(path, 'workspace.sqlite-wal')]),
      copies: await sizeOf(await filesBelow(join(path, copiesFolder))),
      descriptors: await sizeOf(await filesBelow(descriptorsDirectory(path))),
      boosters: await sizeOf(await filesBelow(boostersDirectory(path))),
    },
    freeBytes: await freeBytesAt(path),
  }
}

async function sizeOf(files: readonly string[]): Promise<number> {
  let sum = 0
  for (const file of files) {
    sum += await stat(file).then(
      ({ size }) => size,
      () => 0,
    )
  }
  return sum
}
