import { existsSync } from 'node:fs'
import { basename, join, relative, sep } from 'node:path'
import { draftEnding } from '../../base/atomic-file.ts'
import { filesBelow } from '../../base/files-below.ts'
import { isBackupName } from '../../engine/backup-file/index.ts'
import { externalFolder } from '../../engine/descriptors/external-set.ts'
import { slideMapFile } from '../../engine/slides/map-file.ts'
import { workspaceFolders, type DatabaseFacts } from '../../store/index.ts'

interface WorkspaceFile {
  /** Its path inside the workspace, with slashes. */
  name: string
  file: string
}

/**
 * The files that belong to a workspace besides its database (docs/backup.md): models, copied images, synthetic
 * tissue, maps of slides, imported descriptors; if requested, what can be computed again. Drafts, copies without an image and dropped
 * files do not belong to it.
 */
export async function listWorkspaceFiles(
  root: string,
  { copies, slideMaps }: Pick<DatabaseFacts, 'copies' | 'slideMaps'>,
  withDerived: boolean,
): Promise<{ files: WorkspaceFile[]; problems: string[] }> {
  const folders = workspaceFolders(root)
  const external = join(folders.descriptors, externalFolder)
  const found = [
    ...(await filesBelow(folders.boosters)),
    ...copies.map((path) => join(root, path)).filter(existsSync),
    ...(await filesBelow(folders.synthetic)),
    ...slideMaps.map((sha256) => slideMapFile(folders.slideMaps, sha256)).filter(existsSync),
    ...(await filesBelow(withDerived ? folders.descriptors : external)),
    ...(withDerived ? await filesBelow(folders.explanations) : []),
  ]
  const files = found
    .filter((file) => !file.endsWith(draftEnding))
    .map((file) => ({ file, name: relative(root, file).split(sep).join('/') }))
  const isUsable = ({ name }: WorkspaceFile): boolean => isBackupName(name)
  const problems = files
    .filter((file) => !isUsable(file))
    .map(({ file }) => `${file} is not in the backup, because of its name. Rename it.`)
  return { files: files.filter(isUsable), problems }
}

/** A file that is there; `sha256` null: its content is not known. */
interface FileThere {
  readonly path: string
  readonly sha256: string | null
}

/** What the database refers to and is missing or damaged, one sentence each. */
export function findLosses(
  { modelFiles, copies, slideMaps }: DatabaseFacts,
  contents: readonly FileThere[],
): string[] {
  const hashes = new Map(contents.map(({ path, sha256 }) => [path, sha256]))
  const model = modelFiles.flatMap(({ model: name, sha256, isReference }) => {
    const path = `boosters/${sha256}.${isReference ? 'npy' : 'txt'}`
    const state = stateOf(hashes.get(path), sha256)
    return state === null ? [] : [`A file of the model "${name}" is ${state}: ${path}.`]
  })
  const images = copies.flatMap((copied) => {
    const path = copied.split(sep).join('/')
    const [named] = /^[0-9a-f]{64}/.exec(basename(path)) ?? []
    const state = stateOf(hashes.get(path), named)
    return state === null ? [] : [`A copied image is ${state}: ${path}.`]
  })
  const maps = slideMaps.flatMap((sha256) => {
    const path = slideMapFile('slide-maps', sha256).split(sep).join('/')
    const state = stateOf(hashes.get(path), sha256)
    return state === null ? [] : [`The map of an analysed slide is ${state}: ${path}.`]
  })
  return [...model, ...images, ...maps]
}

/** `expected` undefined: the name does not say what the content is. */
function stateOf(found: string | null | undefined, expected: string | undefined): string | null {
  if (found === undefined) return 'missing'
  return found === null || expected === undefined || found === expected ? null : 'damaged'
}
