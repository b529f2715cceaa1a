import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { at } from '../../base/arrays.ts'
import { mapWithConcurrency } from '../../base/concurrency.ts'
import { exportedBefore, exportEnding, type ExportKind } from '../../base/export-file.ts'
import { AppError } from '../../contract/index.ts'
import type { ServiceContext } from '../../session/context.ts'
import { isOwnFile, isWorkspace, listImagePaths } from '../../store/index.ts'

type Context = Pick<ServiceContext, 'session' | 'homeDirectory'>

/** Files whose state is read at once. */
const statsAtOnce = 16
/** What Lobule keeps in the data folder; the user may have other files there, as on a stick with everything. */
const ownHomeNames: readonly string[] = [
  'settings.json',
  'audit-heads',
  'audit-heads.json',
  'backends.json',
  'backups',
  'encoders',
  'logs',
  'window',
]

/**
 * The absolute path of an export, checked before anything is computed: its ending, what is there, and that it is no file
 * that must survive: none that a workspace keeps, none of Lobule's data folder, no image of the open workspace, however
 * its path is spelled. `writeExport` then writes it, and checks again what is there.
 * @throws AppError `path.not-writable`, `path.exists`, `path.protected`
 */
export async function exportPath(
  context: Context,
  { path, replace }: { path: string; replace: boolean },
  kind: ExportKind,
): Promise<string> {
  return at(await exportPaths(context, { paths: [path], replace }, kind), 0)
}

/** The same for several files. */
export async function exportPaths(
  { session, homeDirectory }: Context,
  { paths: wanted, replace }: { paths: readonly string[]; replace: boolean },
  kind: ExportKind,
): Promise<string[]> {
  const paths = wanted.map((path) => resolve(path))
  const home = await realFolder(homeDirectory)
  const images = session.isOpen ? new Images(listImagePaths(session.workspace.database)) : null
  for (const path of paths) {
    exportEnding(path, kind)
    const real = join(await realFolder(dirname(path)), basename(path))
    const reason =
      reasonOfWorkspace(real) ?? reasonOfHome(home, real) ?? (await images?.reasonOf(path, real)) ?? null
    if (reason !== null) throw new AppError('path.protected', { path, reason })
    await exportedBefore(path, replace)
  }
  return paths
}

/** Any folder above the file may be a workspace. */
function reasonOfWorkspace(path: string): string | null {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (isWorkspace(folder) && isOwnFile(folder, path)) {
      return `it would be among the files that Lobule keeps in the workspace ${folder}`
    }
    if (folder === dirname(folder)) return null
  }
}

function reasonOfHome(home: string, path: string): string | null {
  const [first = ''] = path.startsWith(home + sep) ? path.slice(home.length + 1).split(sep) : []
  return ownHomeNames.includes(first.toLowerCase())
    ? "it would be among Lobule's own settings and encoders"
    : null
}

/** The image files of the open workspace, in every spelling and through every link. */
class Images {
  readonly #paths: ReadonlySet<string>
  #identities: Promise<ReadonlySet<string | null>> | null = null

  constructor(paths: readonly string[]) {
    this.#paths = new Set(paths)
  }

  async reasonOf(path: string, real: string): Promise<string | null> {
    const reason = 'it is an image of the open workspace'
    if (this.#paths.has(path) || this.#paths.has(real)) return reason
    const target = await identityOf(path)
    if (target === null) return null
    this.#identities ??= mapWithConcurrency([...this.#paths], statsAtOnce, identityOf).then(
      (identities) => new Set(identities),
    )
    return (await this.#identities).has(target) ? reason : null
  }
}

/** Disk and number of a file, which all its names share; null if it is not there. */
async function identityOf(path: string): Promise<string | null> {
  const found = await stat(path, { bigint: true }).catch(() => null)
  return found === null ? null : `${found.dev}:${found.ino}`
}

/** A folder without symbolic links, as far as it exists. */
async function realFolder(folder: string): Promise<string> {
  try {
    return await realpath(folder)
  } catch {
    const above = dirname(folder)
    return above === folder ? folder : join(await realFolder(above), basename(folder))
  }
}
