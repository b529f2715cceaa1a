import { createRequire } from 'node:module'
import { bindingFile } from './installed-backend.ts'

/** Not named `require`, because the bundle declares that name. */
const requireFrom = createRequire(import.meta.url)

/** Why this copy of Lobule cannot load libraries by their paths; null: it can. */
export const loaderMissing = (): string | null =>
  bindingFile('loader.node') === null
    ? 'this copy of Lobule was set up without what loads its libraries; "npm run setup" says why'
    : null

/** Loads a library for the whole process: others then find it by its name. @throws Error with what the system reports */
export function loadLibrary(path: string): void {
  const loader = bindingFile('loader.node')
  if (loader === null) throw new Error(loaderMissing() ?? '')
  const { load } = requireFrom(loader) as { load: (path: string) => void }
  load(path)
}
