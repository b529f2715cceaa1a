import { z } from 'zod'
import { done } from './atoms.ts'
import { call } from './call.ts'

/** Files dropped on a browser's page are sent to `${dropPrefix}/<drop id>/<path>`, one POST each. */
export const dropPrefix = '/dropped'

/** Extensions of slides of several files, which belong together where they are. */
export const severalFilesExtensions: readonly string[] = ['.dcm', '.mrxs']

/** Extensions of image files, for the search of a folder; a file that the user names is always tried. */
export const imageExtensions: readonly string[] = [
  ...['.tif', '.tiff', '.btf', '.tf2', '.tf8', '.gel', '.lsm', '.qptiff'],
  ...['.png', '.jpg', '.jpeg', '.jpe', '.jfif', '.webp'],
  ...['.svs', '.ndpi', '.scn', '.bif', '.czi', '.svslide'],
  ...severalFilesExtensions,
]

/** Maximum number of files in one drop. */
export const maxDroppedFiles = 100_000
/** Maximum depth of a dropped file's path, in names. */
export const maxDropDepth = 32

const dropId = z
  .string()
  .length(16)
  .regex(/^[0-9a-f]{16}$/, 'not a drop')

/** The address that a dropped file is sent to; `path` is its name, or its path in a dropped folder, with slashes. */
export const dropAddress = (id: string, path: string): string =>
  `${dropPrefix}/${id}/${path.split('/').map(encodeURIComponent).join('/')}`

/** The drop and path that an address below `dropPrefix` names, or null. */
export function parseDropAddress(address: string): { dropId: string; path: string } | null {
  const [empty, id = '', ...names] = address.split('/')
  if (empty !== '' || !dropId.safeParse(id).success || names.length === 0) return null
  try {
    const path = names.map(decodeURIComponent)
    return path.some((name) => name.includes('/')) ? null : { dropId: id, path: path.join('/') }
  } catch {
    return null
  }
}

/** A browser does not know the path of a dropped file, so the file is sent and copied into the workspace. */
export const dropCalls = {
  /** Announces dropped files, so that `disk.full` is known before the first one is sent. */
  'drop.begin': call({
    input: z.strictObject({
      files: z.int().min(1).max(maxDroppedFiles),
      bytes: z.int().nonnegative(),
    }),
    output: z.object({ dropId }),
    audit: 'untracked',
    blinded: 'refused',
    role: 'technician',
  }),
  /** Ends a drop and removes those of its files that were not imported. */
  'drop.discard': call({
    input: z.strictObject({ dropId }),
    output: done,
    audit: 'untracked',
    blinded: 'open',
    role: 'technician',
  }),
}
