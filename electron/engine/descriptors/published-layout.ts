import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { asPathError } from '../../base/path-errors.ts'
import { AppError } from '../../contract/errors.ts'
import type { BuiltInEncoder } from '../../contract/index.ts'

/** Encoder names in the published system's folders. */
const publishedNames: Readonly<Record<string, BuiltInEncoder>> = {
  ResNet: 'resnet50',
  Inception: 'inceptionv3',
  VGG: 'vgg16',
}

export interface PublishedPart {
  readonly encoder: BuiltInEncoder
  readonly scale: number
  readonly sizePx: number
  /** Name of the folder, such as `ResNet-0.5-400`. */
  readonly name: string
  /** Image name without extension -> path of its `.npy` file. */
  readonly files: ReadonlyMap<string, string>
}

export interface PublishedLayout {
  /** Encoder by encoder, each with the same crop sets in the same order. */
  readonly parts: readonly PublishedPart[]
  readonly encoders: BuiltInEncoder[]
  readonly crops: { sizePx: number; scale: number }[]
  /** Entries that are not part of the layout, relative to the folder. */
  readonly passedOver: string[]
}

/**
 * Reads the encoders and crop sets of a folder in the layout of the published system (alexander-rakhlin/ICIAR2018,
 * train_lgbm.py and utils.py of 2018: `data/preprocessed/train/<encoder>-<scale>-<crop>/<image>.npy`, 50 x descriptor
 * length).
 * @throws AppError `descriptors.no-layout` if no folder has such a name, or if the encoders have different crop sets,
 *   because all combinations have equal weights; `path.not-found`, `path.unreadable`
 */
export async function readPublishedLayout(directory: string): Promise<PublishedLayout> {
  const parts: PublishedPart[] = []
  const passedOver: string[] = []
  for (const entry of await entriesOf(directory)) {
    const [, published = '', scale = '', size = ''] =
      /^([A-Za-z]+)-(\d+(?:\.\d+)?)-(\d+)$/.exec(entry.name) ?? []
    const encoder = publishedNames[published]
    if (encoder === undefined || !entry.isDirectory()) {
      passedOver.push(entry.name)
      continue
    }
    const files = new Map<string, string>()
    for (const file of await entriesOf(join(directory, entry.name))) {
      if (file.isFile() && file.name.endsWith('.npy')) {
        files.set(basename(file.name, '.npy'), join(directory, entry.name, file.name))
      } else {
        passedOver.push(join(entry.name, file.name))
      }
    }
    parts.push({ encoder, scale: Number(scale), sizePx: Number(size), name: entry.name, files })
  }
  return { ...inOrder(directory, parts), passedOver }
}

function inOrder(directory: string, parts: readonly PublishedPart[]): Omit<PublishedLayout, 'passedOver'> {
  const refuse = (reason: string) => new AppError('descriptors.no-layout', { path: directory, reason })
  if (parts.length === 0) throw refuse('it has no folder named like ResNet-0.5-400')
  const encoders = Object.values(publishedNames).filter((name) => parts.some((part) => part.encoder === name))
  const keyOf = ({ scale, sizePx }: { scale: number; sizePx: number }): string => `${scale}-${sizePx}`
  const crops = [...new Map(parts.map((part) => [keyOf(part), part])).values()]
    .map(({ sizePx, scale }) => ({ sizePx, scale }))
    .toSorted((a, b) => a.scale - b.scale || a.sizePx - b.sizePx)
  const ordered = encoders.flatMap((encoder) =>
    crops.map((set) => {
      const [part, twice] = parts.filter((one) => one.encoder === encoder && keyOf(one) === keyOf(set))
      if (part === undefined)
        throw refuse(`${encoder} has no folder for crops of ${set.sizePx} at scale ${set.scale}`)
      if (twice !== undefined) throw refuse(`${part.name} and ${twice.name} are the same`)
      return part
    }),
  )
  return { parts: ordered, encoders, crops }
}

async function entriesOf(directory: string) {
  try {
    const entries = await readdir(directory, { withFileTypes: true })
    return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  } catch (error) {
    throw asPathError(error, directory)
  }
}
