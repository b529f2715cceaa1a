import { join } from 'node:path'
import type { CallName, ImageView } from '../../../electron/contract/index.ts'
import { classNameOf, type BlindSession } from './blind-workspace.ts'

/** Calls that an adversary may make in one workspace. */
export const maxCalls = 500

/** A reader who wants to know the classes of images without looking at them. */
export class Adversary {
  readonly root: string
  readonly session: BlindSession
  /** The images as listed, and those whose class is wanted. */
  readonly images: readonly ImageView[]
  readonly wanted: readonly ImageView[]
  calls = 0

  constructor(
    root: string,
    session: BlindSession,
    images: readonly ImageView[],
    wanted: readonly ImageView[],
  ) {
    this.root = root
    this.session = session
    this.images = images
    this.wanted = wanted
  }

  /** The answer as text, and the job's end if it starts one. */
  async ask(name: CallName, input: object): Promise<string> {
    if (++this.calls > maxCalls) throw new Error('too many calls')
    return JSON.stringify(await this.session.ended(await this.session.ask(name, input)))
  }

  async value(name: CallName, input: object): Promise<unknown> {
    const answer = JSON.parse(await this.ask(name, input)) as { value?: unknown }
    return answer.value
  }
}

/** The class of each wanted image; null: the strategy found nothing. */
export type Strategy = (adversary: Adversary) => Promise<(0 | 1 | null)[]>

const normal = classNameOf(0).toLowerCase()
const lobular = classNameOf(1).toLowerCase()

/** The class that a text speaks of first; null: none, or not clear. */
function classIn(text: string): 0 | 1 | null {
  const [a, b] = [text.toLowerCase().indexOf(normal), text.toLowerCase().indexOf(lobular)]
  if (a === b) return null
  if (a < 0) return 1
  return b < 0 || a < b ? 0 : 1
}

/** The class that a text names soon after any name of the image. */
function classNear(text: string, { sha256, caseName, id, fileName }: ImageView): 0 | 1 | null {
  for (const name of [sha256, `"${caseName ?? ''}"`, fileName, String(id)]) {
    const at = text.indexOf(name)
    const found = at < 0 ? null : classIn(text.slice(at + name.length, at + name.length + 160))
    if (found !== null) return found
  }
  return null
}

/** The class of the nearest image in an order whose class is known from its path. */
function byNeighbours(order: readonly ImageView[], wanted: readonly ImageView[]): (0 | 1 | null)[] {
  return wanted.map(({ sha256 }) => {
    const place = order.findIndex((image) => image.sha256 === sha256)
    const known = order
      .map((image, index) => ({ distance: Math.abs(index - place), said: classIn(image.originalPath) }))
      .filter(
        ({ said }, index) => said !== null && !wanted.some((one) => one.sha256 === order[index]?.sha256),
      )
      .toSorted((a, b) => a.distance - b.distance)
    return known[0]?.said ?? null
  })
}

export const strategies: Readonly<Record<string, Strategy>> = {
  /** Class folders were imported one after the other. */
  'neighbours in the list': ({ images, wanted }) => Promise.resolve(byNeighbours(images, wanted)),
  'neighbours by id': ({ images, wanted }) =>
    Promise.resolve(
      byNeighbours(
        images.toSorted((a, b) => a.id - b.id),
        wanted,
      ),
    ),
  'neighbours by time': ({ images, wanted }) =>
    Promise.resolve(
      byNeighbours(
        images.toSorted((a, b) => (a.importedAt ?? '').localeCompare(b.importedAt ?? '') || a.id - b.id),
        wanted,
      ),
    ),
  /** Rows of the database, tried one after the other. */
  'row numbers': async (adversary) => {
    const rows: ImageView[] = []
    for (const [index] of adversary.images.entries()) {
      const row = (await adversary.value('image.get', { imageId: index + 1 })) as ImageView | undefined
      if (row !== undefined) rows.push(row)
    }
    return byNeighbours(rows, adversary.wanted)
  },
  /** A label by another name makes an agreed image disputed, and the counts tell. */
  'counts after a label in another name': async (adversary) => {
    const counted = async (): Promise<string> =>
      (await adversary.ask('workspace.current', {})) +
      (await adversary.ask('workspace.info', {})).replaceAll(
        /"(labelEntries|classEntries|entries|bytes|freeBytes|database)":[^,}]*/g,
        '',
      )
    const labelled = (text: string): number => Number(/"labelledCount":(\d+)/.exec(text)?.[1])
    const found: (0 | 1 | null)[] = []
    for (const { id } of adversary.wanted) {
      const before = labelled(await counted())
      await adversary.ask('image.label', { imageIds: [id], className: classNameOf(0), reader: 'Zed' })
      const after = labelled(await counted())
      await adversary.ask('label.undo', { imageIds: [id], reader: 'Zed' })
      found.push(after === before ? null : 1)
    }
    // Only disputes can be seen; with any of them seen, the others agreed.
    return found.some((one) => one !== null) ? found.map((one) => one ?? 0) : found
  },
  'reports, agreement and the audit trail': async (adversary) => {
    const texts = [
      await adversary.ask('model.report', { model: 'second' }),
      await adversary.ask('model.accuracyInUse', { model: null }),
      await adversary.ask('model.compare', { first: 'first', second: 'second' }),
      await adversary.ask('reading.agreement', {}),
      await adversary.ask('audit.list', { limit: 1000 }),
      await adversary.ask('model.verdicts', { model: 'second' }),
      await adversary.ask('label.list', {}),
    ]
    return adversary.wanted.map(
      (image) => texts.map((text) => classNear(text, image)).find((one) => one !== null) ?? null,
    )
  },
  /** Files in the class folders, measured and compared with the images. */
  'hashes of files': async (adversary) => {
    const byHash = new Map<string, 0 | 1>()
    for (const index of [0, 1] as const) {
      const path = join(adversary.root, 'pictures', classNameOf(index))
      const list = (await adversary.value('directory.list', { path })) as
        { entries: { path: string }[] } | undefined
      for (const entry of list?.entries ?? []) {
        const plan = { path: entry.path, sizePx: 8, count: 1, seed: 1, augmentation: 0 }
        const { imageSha256 } = ((await adversary.value('crops.plan', plan)) ?? {}) as {
          imageSha256?: string
        }
        if (imageSha256 !== undefined) byHash.set(imageSha256, index)
      }
    }
    return adversary.wanted.map(({ sha256 }) => byHash.get(sha256) ?? null)
  },
  /** A second import of one folder says which images its files are. */
  'import of a class folder': async (adversary) => {
    const found = new Map<number, 0 | 1>()
    for (const index of [0, 1] as const) {
      const paths = [join(adversary.root, 'pictures', classNameOf(index))]
      const input = { paths, labels: 'none', casesPattern: null }
      const { report } = ((await adversary.value('image.import', input)) ?? {}) as {
        report?: { images: { imageId: number }[] }
      }
      for (const { imageId } of report?.images ?? []) found.set(imageId, index)
    }
    return adversary.wanted.map(({ id }) => found.get(id) ?? null)
  },
}

/** The same, after the files were lost. */
export const strategiesWithoutFiles: Readonly<Record<string, Strategy>> = {
  'texts of errors': async (adversary) => {
    const found: (0 | 1 | null)[] = []
    for (const { id } of adversary.wanted) {
      const texts = [
        await adversary.ask('view.stains', { imageId: id }),
        await adversary.ask('explanation.create', { imageId: id, model: null }),
        await adversary.ask('model.classify', { imageIds: [id], model: null }),
      ]
      found.push(classIn(texts.join(' ').replaceAll(/"(title|message)":"Classify[^"]*"/g, '')))
    }
    return found
  },
  /** What jobs say while they run and when they end. */
  'jobs and events': async (adversary) => {
    await adversary.ask('workspace.check', {})
    await adversary.ask('descriptors.encode', { recipe: 'quick', backend: 'auto' })
    await adversary.ask('model.classify', { imageIds: null, model: 'second' })
    const text = (await adversary.ask('job.list', {})) + JSON.stringify(adversary.session.heard)
    // A failure names the image before or after its path.
    return adversary.wanted.map(({ id, fileName }) => {
      const at = [text.indexOf(`"imageId":${id}`), text.indexOf(fileName)].find((place) => place >= 0) ?? -1
      return at < 0
        ? null
        : (classIn(text.slice(Math.max(0, at - 30), at + 90)) ??
            classIn(text.slice(Math.max(0, at - 200), at)))
    })
  },
}
