import type { RegionGeometry } from '../../electron/contract/index.ts'
import { isSameList } from './list-address.ts'

export type Panel =
  | { name: 'import'; paths: readonly string[]; asksPages?: boolean }
  | { name: 'train' }
  /** `from`: the panel that opened it; leaving it leads back there. */
  | { name: 'encoders' | 'leaks'; from?: Panel }
  | { name: 'compare-encoders' }
  | { name: 'set-case' | 'set-pixel-size' | 'assign-images' | 'remove-images'; imageIds: readonly number[] }
  /** `region`: of the only image; null: none is selected. */
  | { name: 'analyse-slides'; imageIds: readonly number[]; region: RegionGeometry | null }
  /** `model`: the first choice; null: the model in use. */
  | { name: 'calibrate-slides'; model: string | null }
  | { name: 'jobs' }
  | { name: 'job'; jobId: number }
  | { name: 'doctor' }
  | { name: 'about' }
  | { name: 'keys' }
  | { name: 'guide' }
  | { name: 'palette' }
  | { name: 'reader' }
  | { name: 'own-pin' }
  /** The last image of a list was labelled; what was read since the first label. */
  | { name: 'batch-end'; imageIds: readonly number[]; durationMs: number }
  /** A workspace whose database is not as Lobule made it: a sentence for each difference. */
  | { name: 'mend'; path: string; differences: readonly string[] }
  /** A workspace that was handed over, and whose reader has not begun. */
  | { name: 'handed-over'; path: string; to: string; isBlind: boolean }
  /** Labels that were given blind would be withdrawn; `image`: the name of the only one. */
  | { name: 'withdraw-blind'; images: number; image: string | null; onConfirm: () => void }

/** The screens below the top bar; each has an address of its own: #/models and so on. */
export const screens = ['worklist', 'models', 'agreement', 'audit', 'settings'] as const
export type Screen = (typeof screens)[number]

/** A file that the system opened Lobule with; the screen that asks what to do with it takes it. */
export interface OpenedFile {
  kind: 'package' | 'backup'
  path: string
}

/** What electron/main/opened-file.ts writes: the kind, and the path after the question mark. */
const openedPath = /^#\/open\/(package|backup)$/

const imagePath = /^#\/image\/([1-9]\d{0,15})$/

/** What the address has changed. */
export interface Arrival {
  /** It has another list, as after the Back button. */
  isOtherList: boolean
  /** It has opened an image, which the page had not. */
  isOtherImage: boolean
}

/**
 * Where the user is. The screen, or the image in the viewer over it, is in the address, so that a reload returns to
 * it; so is what the worklist shows, as a query (state/list-address.ts). Each entry of the history has the round in which
 * it was made (`begin`): ids and names of another round mean nothing in this one, or may not be shown.
 */
export class Navigation {
  #screen = $state<Screen>('worklist')
  #imageId = $state<number | null>(null)
  #visit = $state(0)
  #panel = $state.raw<Panel | null>(null)
  #opened = $state.raw<OpenedFile | null>(null)
  #listQuery = $state('')
  #isConcealed = false
  /** null: none has begun since the page was loaded. */
  #round: string | null = null
  /** The address that was last read or written here. */
  #address = ''

  /** @param onLeave called when the user goes from one screen or the viewer to another */
  constructor(onLeave: (came: Arrival) => void = () => undefined) {
    this.#read()
    window.addEventListener('hashchange', () => {
      const came = this.#follow()
      if (came !== null) onLeave(came)
    })
  }

  /**
   * Begins a round: what a reader sees of a workspace. Addresses of another one are no longer followed, and their entries of
   * the history get the present address when the user comes to them.
   */
  begin(round: string): void {
    if (round === this.#round) return
    const before = this.#round ?? roundOfEntry()
    this.#round = round
    if (before !== null && before !== round) {
      this.#view(null)
      this.#listQuery = ''
    }
    this.#write('replaceState')
  }

  /** Keeps the image and the list, which may name a case or a file, out of the address until `reveal`; the screen stays. */
  conceal(): void {
    this.#isConcealed = true
    this.#write('replaceState')
  }

  reveal(): void {
    this.#isConcealed = false
    this.#write('replaceState')
  }

  /** What the worklist shows, by the address. */
  get listQuery(): string {
    return this.#listQuery
  }

  /** Writes what the worklist shows into the address; `isStep`: the Back button returns to what it showed before. */
  keepList(query: string, isStep: boolean): void {
    if (query === this.#listQuery || this.#isBehind || this.#isConcealed) return
    this.#listQuery = query
    this.#write(isStep ? 'pushState' : 'replaceState')
  }

  get screen(): Screen {
    return this.#screen
  }

  /** The image in the viewer; null: only the screen. */
  get imageId(): number | null {
    return this.#imageId
  }

  /** Increases whenever the viewer shows another image or is closed. */
  get visit(): number {
    return this.#visit
  }

  get panel(): Panel | null {
    return this.#panel
  }

  /** The file that the system opened Lobule with, until a screen has taken it. */
  get opened(): OpenedFile | null {
    return this.#opened
  }

  /** Its path, once, for the screen that knows what to do with such a file; null: there is none. */
  takeOpened(kind: OpenedFile['kind']): string | null {
    const opened = this.#opened
    if (opened?.kind !== kind) return null
    this.#opened = null
    return opened.path
  }

  /** Opens the viewer, or shows another image in it without a new step for the Back button. */
  showImage(imageId: number): void {
    const isOpen = this.#imageId !== null
    this.#view(imageId)
    if (!isOpen) this.#go()
    else if (!this.#isBehind) this.#write('replaceState')
  }

  /** Back to the screen under the viewer. */
  closeImage(): void {
    this.showScreen(this.#screen)
  }

  showScreen(screen: Screen): void {
    const isElsewhere = this.#imageId !== null || this.#screen !== screen
    this.#view(null)
    this.#screen = screen
    if (isElsewhere) this.#go()
  }

  open(panel: Panel): void {
    this.#panel = panel
  }

  close(): void {
    this.#panel = null
  }

  /** Leaves the panel as its reader does: to the panel that opened it, if there is one. */
  leave(): void {
    const panel = this.#panel
    this.#panel = (panel?.name === 'encoders' || panel?.name === 'leaks' ? panel.from : undefined) ?? null
  }

  /** The address of a screen, with the present list. */
  addressOf(screen: Screen): string {
    return this.#addressOf(screen === 'worklist' ? '' : screen)
  }

  #view(imageId: number | null): void {
    if (imageId !== this.#imageId) this.#visit++
    this.#imageId = imageId
  }

  get #hash(): string {
    if (this.#isConcealed) return `#/${this.#screen === 'worklist' ? '' : this.#screen}`
    return this.#imageId === null ? this.addressOf(this.#screen) : this.#addressOf(`image/${this.#imageId}`)
  }

  #addressOf(path: string): string {
    return `#/${path}${this.#listQuery === '' ? '' : `?${this.#listQuery}`}`
  }

  /**
   * Whether the browser went to another entry and has not told so yet: what is written in between would overwrite the entry
   * that the user goes to.
   */
  get #isBehind(): boolean {
    return location.hash !== this.#address
  }

  #go(): void {
    location.hash = this.#hash
    this.#address = location.hash
  }

  #write(way: 'pushState' | 'replaceState'): void {
    history[way]({ round: this.#round ?? roundOfEntry() }, '', this.#hash)
    this.#address = location.hash
  }

  /** Goes where the address has gone; null: it is of another round, or the place is concealed. */
  #follow(): Arrival | null {
    const round = roundOfEntry()
    if (this.#isConcealed && round === null) return this.#followScreen()
    if (this.#isConcealed || (round !== null && this.#round !== null && round !== this.#round)) {
      this.#write('replaceState')
      return null
    }
    const [before, visit] = [this.#listQuery, this.#visit]
    this.#read()
    // An earlier entry has the search and the place of then: those of now are newer. A new one says what it means.
    const isSame = round === null ? this.#listQuery === before : isSameList(this.#listQuery, before)
    if (isSame) this.#listQuery = before
    this.#write('replaceState')
    return { isOtherList: !isSame, isOtherImage: this.#imageId !== null && this.#visit !== visit }
  }

  /** Goes to a screen whose link was pressed while the place is concealed, as before all data are there. */
  #followScreen(): Arrival | null {
    const screen = screenOf(location.hash.split('?', 1)[0])
    if (screen !== undefined) {
      this.#view(null)
      this.#screen = screen
    }
    this.#write('replaceState')
    return screen === undefined ? null : { isOtherList: false, isOtherImage: false }
  }

  #readOpened(kind: OpenedFile['kind'], encoded: string): void {
    try {
      this.#opened = { kind, path: decodeURIComponent(encoded) }
    } catch {
      // No address that Lobule made; the screen says nothing of it.
      this.#opened = null
    }
    this.#view(null)
    this.#screen = kind === 'package' ? 'models' : 'settings'
  }

  #read(): void {
    this.#address = location.hash
    const [path = '', ...query] = location.hash.split('?')
    const kind = openedPath.exec(path)?.[1]
    if (kind === 'package' || kind === 'backup') {
      this.#readOpened(kind, query.join('?'))
      return
    }
    this.#listQuery = query.join('?')
    const match = imagePath.exec(path)
    this.#view(match?.[1] === undefined ? null : Number(match[1]))
    // An image is shown over the screen that was there before.
    if (this.#imageId === null) {
      this.#screen = screenOf(path) ?? 'worklist'
    }
  }
}

/** @param path of an address, without its query */
const screenOf = (path: string | undefined): Screen | undefined =>
  path === '#/' ? 'worklist' : screens.find((screen) => path === `#/${screen}`)

/** The round of the present entry of the history; null: it is new, or was made before a round began. */
function roundOfEntry(): string | null {
  const state: unknown = history.state
  if (typeof state !== 'object' || state === null || !('round' in state)) return null
  return typeof state.round === 'string' ? state.round : null
}
