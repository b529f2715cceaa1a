import { z } from 'zod'
import { done } from './atoms.ts'
import { call } from './call.ts'

/** Files dropped on a browser's page are sent to `${dropPrefix}/<drop id>/<path>`, one POST each. */
export const dropPrefix = '/dropped'

/** Endings that count as pictures when a folder is searched; a file named by the user is always tried. */
export const imageExtensions: readonly string[] = ['.tif', '.tiff', '.png', '.jpg', '.jpeg', '.webp', '.svs']

/** Most files of one drop. */
export const mostDroppedFiles = 100_000
/** Deepest path of a dropped file, in names. */
export const mostDropLevels = 32

const dropId = z.string().regex(/^[0-9a-f]{16}$/, 'not a drop')

/** The address that takes a dropped file; `path` is its name, or its place in a dropped folder, with slashes. */
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

/** What a browser cannot name by a path is sent over and copied into the workspace. */
export const dropCalls = {
  /** Announces dropped files, so that a lack of room is known before the first is sent (`disk.full`). */
  'drop.begin': call({
    input: z.strictObject({
      files: z.int().min(1).max(mostDroppedFiles),
      bytes: z.int().nonnegative(),
    }),
    output: z.object({ dropId }),
    audit: 'untracked',
    blinded: 'open',
  }),
  /** Forgets a drop and removes what of it was not imported. */
  'drop.discard': call({
    input: z.strictObject({ dropId }),
    output: done,
    audit: 'untracked',
    blinded: 'open',
  }),
}
