import { hasCode, toErrorView } from '../../electron/contract/index.ts'

export interface AlertAction {
  label: string
  run: () => void
}

export interface Alert {
  id: number
  tone: 'danger' | 'warning' | 'success' | 'info'
  text: string
  action: AlertAction | null
  shownAt: number
}

export interface Note {
  text: string
  /** The step that follows from it and is offered. */
  offers: 'undo' | 'redo' | null
}

const visibleMs = 7000
const noteMs = 12_000
const maxShown = 4

/** Messages of the page: the only place where a failure becomes a sentence. */
export class Alerts {
  #items = $state.raw<readonly Alert[]>([])
  #note = $state.raw<Note | null>(null)
  #nextId = 1

  get items(): readonly Alert[] {
    return this.#items
  }

  /** What the user has just done, shown in the status bar. */
  get note(): Note | null {
    return this.#note
  }

  remark(text: string, offers: Note['offers'] = null): void {
    const note = { text, offers }
    this.#note = note
    setTimeout(() => {
      if (this.#note === note) this.#note = null
    }, noteMs)
  }

  /**
   * Shows a message. A failure stays until it is dismissed, or until the user, who has had time to read it, goes to another
   * screen (`leaveScreen`); everything else disappears after a while.
   */
  show(tone: Alert['tone'], text: string, action: AlertAction | null = null): void {
    const others = this.#items.filter((item) => item.text !== text)
    const id = this.#nextId++
    this.#items = [...others, { id, tone, text, action, shownAt: Date.now() }].slice(-maxShown)
    if (tone !== 'danger') setTimeout(() => this.dismiss(id), visibleMs)
  }

  fail(error: unknown): void {
    const view = toErrorView(error)
    if (view.code === 'internal.unexpected') console.error(error)
    this.show('danger', view.message)
  }

  /** Removes all messages, which may name images. */
  clear(): void {
    this.#items = []
    this.#note = null
  }

  /** Removes the failures of the screen that the user leaves; new ones may have come from the way to the next. */
  leaveScreen(): void {
    const isRead = ({ shownAt }: Alert): boolean => Date.now() - shownAt > visibleMs
    this.#items = this.#items.filter((item) => !isRead(item))
  }

  dismiss(id: number): void {
    this.#items = this.#items.filter((item) => item.id !== id)
  }

  /** Writes a file. A failure is shown, except that there is a file already: the dialog asks about that. */
  async save(work: Promise<unknown>): Promise<'saved' | 'exists' | 'failed'> {
    try {
      await work
      return 'saved'
    } catch (error) {
      if (hasCode(error, 'path.exists')) return 'exists'
      this.fail(error)
      return 'failed'
    }
  }

  /** The value of the work, or null after its failure was shown. */
  async attempt<T>(work: Promise<T>): Promise<T | null> {
    try {
      return await work
    } catch (error) {
      this.fail(error)
      return null
    }
  }
}
