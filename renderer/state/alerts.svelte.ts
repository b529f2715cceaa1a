import { hasCode, toErrorView } from '../../electron/contract/index.ts'
import { errorText } from '../words/errors.ts'

export interface AlertAction {
  label: string
  run: () => void
}

interface Message {
  /** Increases with each message. */
  id: number
  text: string
  action: AlertAction | null
}

/** Something that went wrong. */
interface Failure extends Message {
  shownAt: number
}

/** Something that was done or is worth knowing. */
interface Note extends Message {
  tone: 'warning' | 'success' | 'info'
  /** The step that follows from it and is offered. */
  offers: 'undo' | 'redo' | null
}

const readMs = 7000
const noteMs = 12_000
const maxFailures = 4

/**
 * Messages of the page, for the line below: the only place where a failure becomes a sentence. A failure stays until it is
 * dismissed, or until the user, who has had time to read it, goes to another screen (`leaveScreen`); everything else
 * disappears after a while.
 */
export class Alerts {
  #failures = $state.raw<readonly Failure[]>([])
  #note = $state.raw<Note | null>(null)
  #nextId = 1

  /** The newest last. */
  get failures(): readonly Failure[] {
    return this.#failures
  }

  /** What the user has just done, or what has just happened. */
  get note(): Note | null {
    return this.#note
  }

  /** What the line shows: the newer of both. */
  get current(): 'failure' | 'note' | null {
    const failure = this.#failures.at(-1)
    if (this.#note !== null && this.#note.id > (failure?.id ?? 0)) return 'note'
    return failure === undefined ? null : 'failure'
  }

  remark(text: string, offers: Note['offers'] = null): void {
    this.#show({ id: this.#nextId++, tone: 'info', text, action: null, offers })
  }

  show(tone: 'danger' | Note['tone'], text: string, action: AlertAction | null = null): void {
    const id = this.#nextId++
    if (tone !== 'danger') {
      this.#show({ id, tone, text, action, offers: null })
      return
    }
    const others = this.#failures.filter((failure) => failure.text !== text)
    this.#failures = [...others, { id, text, action, shownAt: Date.now() }].slice(-maxFailures)
  }

  fail(error: unknown): void {
    const view = toErrorView(error)
    if (view.code === 'internal.unexpected') console.error(error)
    this.show('danger', errorText(view))
  }

  /** Removes all messages, which may name images. */
  clear(): void {
    this.#failures = []
    this.#note = null
  }

  /** Removes the failures of the screen that the user leaves; new ones may have come from the way to the next. */
  leaveScreen(): void {
    this.#failures = this.#failures.filter(({ shownAt }) => Date.now() - shownAt <= readMs)
  }

  dismiss(id: number): void {
    this.#failures = this.#failures.filter((failure) => failure.id !== id)
    if (this.#note?.id === id) this.#note = null
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

  #show(note: Note): void {
    this.#note = note
    setTimeout(() => this.dismiss(note.id), noteMs)
  }
}
