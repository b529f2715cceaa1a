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

/** Something that went wrong, or that asks for care. */
export interface Problem extends Message {
  tone: 'danger' | 'warning'
  /** For how long it was the message on the line, until another one covered it, in milliseconds. */
  shownMs: number
}

/** Something that was done or is worth knowing. */
interface Note extends Message {
  tone: 'success' | 'info'
  /** The step that follows from it and is offered. */
  offers: 'undo' | 'redo' | null
}

const readMs = 7000
/** How long a note is kept, and how long a warning is on the line, in milliseconds. */
const noteMs = 12_000
const maxProblems = 4

/**
 * Messages of the page, for the line below: the only place where a failure becomes a sentence. A failure stays until it is
 * dismissed, or until the user, who has had time to read it, goes to another screen (`leaveScreen`); a warning stays until
 * it is dismissed or was on the line long enough; a note disappears after a while. Time under another message is no time
 * to read.
 */
export class Alerts {
  #problems = $state.raw<readonly Problem[]>([])
  #dropped = $state(0)
  #note = $state.raw<Note | null>(null)
  #nextId = 1
  /** Since when the problem on the line is there. */
  #sinceMs = 0
  #warningTimer: ReturnType<typeof setTimeout> | undefined

  /** The newest last; at most `maxProblems`. */
  get problems(): readonly Problem[] {
    return this.#problems
  }

  /** How many older problems newer ones have displaced, until all are gone. */
  get dropped(): number {
    return this.#dropped
  }

  /** What the user has just done, or what has just happened. */
  get note(): Note | null {
    return this.#note
  }

  /** What the line shows: the newer of both. */
  get current(): 'problem' | 'note' | null {
    const problem = this.#problems.at(-1)
    if (this.#note !== null && this.#note.id > (problem?.id ?? 0)) return 'note'
    return problem === undefined ? null : 'problem'
  }

  remark(text: string, offers: Note['offers'] = null): void {
    this.#take({ id: this.#nextId++, tone: 'info', text, action: null, offers })
  }

  show(tone: Problem['tone'] | Note['tone'], text: string, action: AlertAction | null = null): void {
    const id = this.#nextId++
    if (tone !== 'danger' && tone !== 'warning') {
      this.#take({ id, tone, text, action, offers: null })
      return
    }
    const others = this.#problems.filter((problem) => problem.text !== text)
    this.#dropped += Math.max(0, others.length + 1 - maxProblems)
    const problems = [...others, { id, tone, text, action, shownMs: 0 }]
    this.#set(problems.slice(-maxProblems), this.#note)
  }

  fail(error: unknown): void {
    const view = toErrorView(error)
    if (view.code === 'internal.unexpected') console.error(error)
    this.show('danger', errorText(view))
  }

  /** Removes all messages, which may name images. */
  clear(): void {
    this.#set([], null)
  }

  /** Removes the failures of the screen that the user leaves, except those that there was no time to read. */
  leaveScreen(): void {
    this.#set(this.#problems, this.#note)
    const isKept = ({ tone, shownMs }: Problem): boolean => tone === 'warning' || shownMs <= readMs
    this.#set(this.#problems.filter(isKept), this.#note)
  }

  dismiss(id: number): void {
    const problems = this.#problems.filter((problem) => problem.id !== id)
    this.#set(problems, this.#note?.id === id ? null : this.#note)
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

  #take(note: Note): void {
    this.#set(this.#problems, note)
    setTimeout(() => this.dismiss(note.id), noteMs)
  }

  /** Every change of the messages, which ends and begins the time of the problem on the line. */
  #set(problems: readonly Problem[], note: Note | null): void {
    const now = Date.now()
    const before = this.#onLine
    if (before !== null) before.shownMs += now - this.#sinceMs
    this.#sinceMs = now
    this.#problems = problems
    this.#note = note
    if (problems.length === 0) this.#dropped = 0
    clearTimeout(this.#warningTimer)
    const shown = this.#onLine
    if (shown?.tone === 'warning')
      this.#warningTimer = setTimeout(() => this.dismiss(shown.id), noteMs - shown.shownMs)
  }

  get #onLine(): Problem | null {
    return this.current === 'problem' ? (this.#problems.at(-1) ?? null) : null
  }
}
