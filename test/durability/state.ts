import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { atOnce } from '../../electron/base/slices.ts'
import { sha256OfFile } from '../../electron/base/sha256.ts'
import { verifyChain } from '../../electron/features/audit/verify-chain.ts'
import {
  checkDatabase,
  listBoosterHashes,
  listImages,
  listLabels,
  openWorkspace,
  type OpenWorkspace,
} from '../../electron/store/index.ts'

/** What must be the same in the end, however often the program was killed: no ids of jobs, no times. */
interface Outcome {
  /** By content: class and reader of each label, and each suggestion to the last bit. */
  images: unknown[]
  boosters: string[]
  report: unknown
}

/** Opens a workspace as the program does, works with it and closes it. */
export async function within<T>(
  path: string,
  work: (workspace: OpenWorkspace) => Promise<T> | T,
): Promise<T> {
  const workspace = openWorkspace(path, 'durability')
  try {
    return await work(workspace)
  } finally {
    workspace.close()
  }
}

/** Problems of a workspace that may have been killed at any moment; each one is a failure. */
export const problemsOf = (path: string): Promise<string[]> =>
  within(path, async (workspace) => {
    const { database, folders, setAside } = workspace
    const problems = [...checkDatabase(database), ...setAside.map((file) => `${file} was set aside`)]
    const { problems: broken } = await verifyChain(database)
    problems.push(...broken.map(({ message }) => message))
    for (const image of listImages(database)) {
      if (!image.copied) continue
      if (!existsSync(image.path)) problems.push(`the copy ${image.path} is missing`)
    }
    for (const { sha256 } of listBoosterHashes(database)) {
      const file = join(folders.boosters, `${sha256}.txt`)
      if (!existsSync(file) || (await sha256OfFile(file)) !== sha256)
        problems.push(`${file} is not what its name says`)
    }
    return problems
  })

export const labelsOf = (path: string): Promise<unknown[]> =>
  within(path, ({ database }) => atOnce(listLabels(database, null)))

/** Every class, reader and comment that is stored, by image. */
export const storedLabels = (path: string): Promise<Set<string>> =>
  within(
    path,
    ({ database }) =>
      new Set(
        atOnce(listLabels(database, null)).map(({ imageId, className, comment }) =>
          JSON.stringify([imageId, className, comment]),
        ),
      ),
  )

export const outcomeOf = (path: string): Promise<Outcome> =>
  within(path, ({ database, folders }) => {
    const images = listImages(database)
      .toSorted((a, b) => (a.sha256 < b.sha256 ? -1 : 1))
      .map(({ sha256, label, caseName, verdict }) => [
        sha256,
        caseName,
        label?.className,
        label?.reader,
        verdict?.modelName,
        verdict?.probabilities,
        verdict?.carcinomaScore,
      ])
    const report = database
      .prepare<[], { content: string }>('SELECT content FROM model_reports ORDER BY model_id')
      .all()
      .map(({ content }) => {
        const { predictions, table, evaluation } = JSON.parse(content) as Record<string, unknown>
        return { predictions, table, evaluation }
      })
    const files = existsSync(folders.boosters) ? readdirSync(folders.boosters) : []
    return { images, boosters: files.filter((name) => name.endsWith('.txt')).toSorted(), report }
  })
