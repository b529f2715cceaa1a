import { readdir, readFile, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomically } from '../../base/atomic-file.ts'
import { explanationSchema, type Explanation, type ImageView } from '../../contract/index.ts'
import type { Workspace } from '../../store/index.ts'

type Folders = Pick<Workspace, 'folders'>

/** So many maps are kept, of some ten kilobytes each; the one that was asked for longest ago goes first. */
const mostKept = 256

/** Raised whenever the code that makes maps changes its numbers. */
const version = 1

/** By content, so that an image that is imported again finds its map. */
const fileOf = ({ folders }: Folders, modelId: number, sha256: string): string =>
  join(folders.explanations, `${modelId}-${sha256}-v${version}.json`)

/** The map of an image by a model, or null where none was made, or none that can be read: it can be made again. */
export async function readExplanation(
  workspace: Folders,
  modelId: number,
  { id, fileName, sha256 }: Pick<ImageView, 'id' | 'fileName' | 'sha256'>,
): Promise<Explanation | null> {
  const path = fileOf(workspace, modelId, sha256)
  try {
    const parsed = explanationSchema.safeParse(JSON.parse(await readFile(path, 'utf8')))
    if (!parsed.success) return null
    const now = new Date()
    await utimes(path, now, now)
    return { ...parsed.data, imageId: id, fileName }
  } catch {
    return null
  }
}

/** Keeps a map and drops the oldest ones above the bound. path.not-writable. */
export async function keepExplanation(workspace: Folders, explanation: Explanation): Promise<void> {
  const { modelId, sha256 } = explanation
  await writeAtomically(fileOf(workspace, modelId, sha256), JSON.stringify(explanation))
  const directory = workspace.folders.explanations
  const files = (await readdir(directory)).filter((name) => name.endsWith('.json'))
  if (files.length <= mostKept) return
  const dated = await Promise.all(
    files.map(async (name) => {
      const path = join(directory, name)
      // One that is gone meanwhile is as good as oldest.
      return {
        path,
        at: await stat(path).then(
          ({ mtimeMs }) => mtimeMs,
          () => 0,
        ),
      }
    }),
  )
  const oldest = dated.toSorted((a, b) => a.at - b.at).slice(0, files.length - mostKept)
  for (const { path } of oldest) await rm(path, { force: true })
}
