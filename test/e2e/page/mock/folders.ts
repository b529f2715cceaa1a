import { AppError, type CallOutput, type DirectoryEntry } from '../../../../electron/contract/index.ts'

/** Made-up folders. */
const tree: Record<string, readonly [string, DirectoryEntry['kind']][]> = {
  '/': [['home', 'folder']],
  '/home': [['anna', 'folder']],
  '/home/anna': [
    ['images', 'folder'],
    ['studies', 'folder'],
    ['weights', 'folder'],
    ['labels.csv', 'table'],
  ],
  '/home/anna/images': [
    ['Benign', 'folder'],
    ['Invasive', 'folder'],
    ['overview.tif', 'image'],
  ],
  '/home/anna/images/Benign': [
    ['case07_a.tif', 'image'],
    ['case07_b.tif', 'image'],
  ],
  '/home/anna/images/Invasive': [
    ['case12_a.tif', 'image'],
    ['unnumbered.tif', 'image'],
  ],
  '/home/anna/studies': [
    ['archive', 'folder'],
    ['first', 'workspace'],
  ],
  '/home/anna/studies/archive': [],
  '/home/anna/studies/first': [],
  '/home/anna/weights': [['resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5', 'weights']],
}

export function listOf(path: string): CallOutput<'directory.list'> {
  const entries = tree[path]
  if (entries === undefined) throw new AppError('path.not-found', { path })
  const parent = path === '/' ? null : path.slice(0, path.lastIndexOf('/')) || '/'
  const below = path === '/' ? '' : path
  const found = entries.map(([name, kind]) => ({ name, path: `${below}/${name}`, kind }))
  return { path, parent, entries: found, unreadable: [] }
}

/** The images at a path and below it; a path that is not a folder gives only itself. */
export function filesBelow(path: string): string[] {
  const entries = tree[path]
  if (entries === undefined) return [path]
  return entries.flatMap(([name, kind]) => {
    const inside = path === '/' ? `/${name}` : `${path}/${name}`
    return kind === 'image' ? [inside] : kind === 'folder' ? filesBelow(inside) : []
  })
}
