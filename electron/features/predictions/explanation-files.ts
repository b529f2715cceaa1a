import { readdir, readFile, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { removeFile } from '../../base/patient-files.ts'
import { writeAtomically } from '../../base/atomic-file.ts'
import { explanationSchema, type Explanation, type ImageView } from '../../contract/index.ts'
import { withCurrentWeights } from '../../engine/encoders/older-weights.ts'
import { currentClassNames, renamedExplanation, type Workspace } from '../../store/index.ts'

type Folders = Pick<Workspace, 'folders'>

/** Maximum number of stored heat maps, about 10 kB each. The one read longest ago is removed first. */
const maxFiles = 256

/** Raise it whenever the code that makes heat maps changes its results. */
const version = 1

type Explained = Pick<ImageView, 'sha256' | 'cameraBits'>

/**
 * Named by content hash, so that an image that is imported again finds its heat map. Of an image without a camera's bits the name is
 * that of earlier versions.
 */
const fileOf = ({ folders }: Folders, modelId: number, { sha256, cameraBits }: Explained): string =>
  join(
    folders.explanations,
    `${modelId}-${sha256}${(cameraBits ?? null) === null ? '' : `-bits${cameraBits}`}-v${version}.json`,
  )

/**
 * The stored heat map of an image; null if there is none that its pixel size and its camera's bits still give, or it is
 * unreadable: it can be made again.
 */
export async function readExplanation(
  workspace: Folders & Pick<Workspace, 'database'>,
  modelId: number,
  image: Explained & Pick<ImageView, 'id' | 'fileName' | 'pixelSizeUm'>,
): Promise<Explanation | null> {
  const path = fileOf(workspace, modelId, image)
  try {
    const parsed = explanationSchema.safeParse(withCurrentWeights(JSON.parse(await readFile(path, 'utf8'))))
    if (!parsed.success || parsed.data.pixelSizeUm !== image.pixelSizeUm) return null
    const now = new Date()
    await utimes(path, now, now)
    const found = renamedExplanation<Explanation>(parsed.data, currentClassNames(workspace.database))
    return { ...found, imageId: image.id, fileName: image.fileName }
  } catch {
    return null
  }
}

/**
 * Stores a heat map and removes the oldest ones above the maximum.
 * @throws AppError `path.not-writable`
 */
export async function writeExplanation(
  workspace: Folders,
  explanation: Explanation,
  cameraBits?: ImageView['cameraBits'],
): Promise<void> {
  const { modelId, sha256 } = explanation
  await writeAtomically(fileOf(workspace, modelId, { sha256, cameraBits }), JSON.stringify(explanation))
  const directory = workspace.folders.explanations
  const files = (await readdir(directory)).filter((name) => name.endsWith('.json'))
  if (files.length <= maxFiles) return
  const dated = await Promise.all(
    files.map(async (name) => {
      const path = join(directory, name)
      // A file that was removed in the meantime counts as the oldest.
      return {
        path,
        at: await stat(path).then(
          ({ mtimeMs }) => mtimeMs,
          () => 0,
        ),
      }
    }),
  )
  const oldest = dated.toSorted((a, b) => a.at - b.at).slice(0, files.length - maxFiles)
  for (const { path } of oldest) await removeFile(path)
}
