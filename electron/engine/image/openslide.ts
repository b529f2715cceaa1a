import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { findAbove } from '../../base/find-above.ts'
import { AppError } from '../../contract/errors.ts'
import { loadAddon } from '../native/load-addon.ts'
import { fileState } from './file-state.ts'

/** What OpenSlide knows about an open slide. Properties are only those of `allowedProperties`: others hold names of patients. */
export interface OpenedSlide {
  readonly handle: unknown
  readonly levels: readonly { widthPx: number; heightPx: number; downsample: number }[]
  readonly properties: Readonly<Record<string, string>>
  /** Pictures beside the slide, for example `label` and `macro`. */
  readonly associated: readonly string[]
  /** The embedded ICC profile; null if there is none. */
  readonly profile: Uint8Array | null
}

/** The exports of native/slides/register.cc. `library` is the file of OpenSlide's library. */
interface NativeSlides {
  load(library: string): string
  detectVendor(library: string, path: string): Promise<string | null>
  open(library: string, path: string, properties: readonly string[]): Promise<OpenedSlide>
  /**
   * Fills `to` with 8-bit RGB over `background`; x and y are in pixels of level 0. The arrays must not be read or changed
   * until the promise is settled. After a failure the slide must be opened again.
   */
  read(
    handle: unknown,
    level: number,
    x: number,
    y: number,
    widthPx: number,
    heightPx: number,
    background: Uint8Array,
    to: Uint8Array,
  ): Promise<void>
  close(handle: unknown): void
}

const maxLevels = 64
/** OpenSlide allocates whole tiles; it ends the process where a damaged file declares a larger one. */
const maxTilePx = 2 ** 24
/** Slides that are open at the same time: those of a case, side by side. */
const maxOpen = 4

const tileProperties = Array.from({ length: maxLevels }, (_, level) =>
  ['width', 'height'].map((edge) => `openslide.level[${level}].tile-${edge}`),
).flat()
const allowedProperties = [
  'openslide.mpp-x',
  'openslide.mpp-y',
  'openslide.objective-power',
  'openslide.background-color',
  ...['x', 'y', 'width', 'height'].map((part) => `openslide.bounds-${part}`),
  ...tileProperties,
]

const libraryNames: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'libopenslide.1.dylib',
  linux: 'libopenslide.so.1',
  win32: 'libopenslide-1.dll',
}

/**
 * The file of OpenSlide's library; null if this copy of Lobule does not have it. It is beside the packaged application's resources;
 * else where the set-up put it (electron/setup/openslide.mjs). LOBULE_OPENSLIDE names another file; empty, it means none.
 */
export function openSlideLibrary(): string | null {
  const named = process.env['LOBULE_OPENSLIDE']
  if (named !== undefined) return named === '' ? null : existing(resolve(named))
  const name = libraryNames[process.platform]
  if (name === undefined) return null
  const resources = 'resourcesPath' in process ? String(process.resourcesPath) : null
  const packaged = resources === null ? null : existing(join(resources, 'openslide', name))
  return packaged ?? findAbove(import.meta.dirname, join('resources', 'openslide', name))
}

const existing = (path: string): string | null => (existsSync(path) ? path : null)

let loaded: { slides: NativeSlides; library: string; version: string } | { reason: string } | undefined

/** OpenSlide, loaded at the first call; or why it cannot be used. */
function load(): NonNullable<typeof loaded> {
  if (loaded !== undefined) return loaded
  const library = openSlideLibrary()
  if (library === null) return (loaded = { reason: 'OpenSlide is not installed' })
  try {
    const { slides } = loadAddon() as { slides?: NativeSlides }
    if (slides === undefined) return { reason: 'the native addon is from an older build; build it again' }
    return (loaded = { slides, library, version: slides.load(library) })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return (loaded = { reason: `OpenSlide cannot be loaded: ${reason}` })
  }
}

/** The version of OpenSlide, or why there is none. */
export function openSlideState(): { version: string } | { reason: string } {
  const state = load()
  return 'reason' in state ? state : { version: state.version }
}

/** The vendor that OpenSlide recognises in a file, by its name for it; null: none, or OpenSlide cannot be used. */
export async function detectVendor(path: string): Promise<string | null> {
  const state = load()
  return 'reason' in state ? null : state.slides.detectVendor(state.library, path)
}

/** Open slides, least recently used first. */
const open = new Map<string, Promise<OpenedSlide>>()

/**
 * An open slide, from few that are kept open. A file that has changed is another one.
 * @throws AppError `path.*`, `image.truncated`, `image.unsupported-format`, `image.too-large`
 */
export async function slideAt(path: string): Promise<OpenedSlide> {
  const key = await fileState(path)
  const slide = open.get(key) ?? openChecked(path)
  open.delete(key)
  open.set(key, slide)
  slide.catch(() => open.delete(key))
  for (const [oldest, other] of open) {
    if (open.size <= maxOpen) break
    open.delete(oldest)
    void other.then(close, () => undefined)
  }
  return slide
}

function close({ handle }: OpenedSlide): void {
  const state = load()
  if (!('reason' in state)) state.slides.close(handle)
}

async function openChecked(path: string): Promise<OpenedSlide> {
  const state = load()
  if ('reason' in state) throw new AppError('image.unsupported-format', { path, reason: state.reason })
  try {
    const slide = await state.slides.open(state.library, path, allowedProperties)
    checkSizes(slide, path)
    return slide
  } catch (error) {
    throw asSlideError(error, path)
  }
}

/** Before the first pixel is read: some files end OpenSlide's process instead of failing. */
function checkSizes({ levels, properties }: OpenedSlide, path: string): void {
  const refused = (reason: string): AppError => new AppError('image.unsupported-format', { path, reason })
  if (levels.length === 0) throw refused('it has no image')
  if (levels.length > maxLevels) throw refused(`it has ${levels.length} levels, more than ${maxLevels}`)
  for (const level of levels.keys()) {
    const edge = (name: string): number => Number(properties[`openslide.level[${level}].tile-${name}`] ?? 0)
    const pixels = edge('width') * edge('height')
    if (!(pixels <= maxTilePx)) throw refused(`its tiles claim ${pixels} pixels, more than ${maxTilePx}`)
  }
}

/**
 * A region of a level as 8-bit RGB; what the slide does not have is background.
 * @param region x and y in pixels of level 0, the size in pixels of `level`
 * @throws AppError `path.*`, `image.truncated`
 */
export async function readSlide(
  path: string,
  level: number,
  region: { x: number; y: number; widthPx: number; heightPx: number },
): Promise<Uint8Array> {
  const slide = await slideAt(path)
  const state = load()
  if ('reason' in state) throw new AppError('image.unsupported-format', { path, reason: state.reason })
  const { x, y, widthPx, heightPx } = region
  const pixels = new Uint8Array(widthPx * heightPx * 3)
  try {
    await state.slides.read(slide.handle, level, x, y, widthPx, heightPx, backgroundOf(slide), pixels)
    return pixels
  } catch (error) {
    // OpenSlide refuses everything after a damaged tile, so the next read opens the slide again.
    for (const [key, other] of open) if ((await other.catch(() => null)) === slide) open.delete(key)
    throw asSlideError(error, path)
  }
}

/** White unless the slide names another colour. */
function backgroundOf({ properties }: OpenedSlide): Uint8Array {
  const colour = /^[0-9a-f]{6}$/i.exec(properties['openslide.background-color'] ?? '')?.[0] ?? 'ffffff'
  return Uint8Array.from([0, 2, 4], (at) => parseInt(colour.slice(at, at + 2), 16))
}

function asSlideError(error: unknown, path: string): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error
  const isUnknown =
    ('code' in error && error.code === 'image.unsupported-format') ||
    /\bunsupported\b|not supported/i.test(error.message)
  const code = isUnknown ? 'image.unsupported-format' : 'image.truncated'
  return new AppError(code, { path, reason: error.message.replace(/\.$/, '') }, { cause: error })
}
