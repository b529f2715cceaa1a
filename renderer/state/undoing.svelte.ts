import { actionText, hasCode, type ActionView } from '../../electron/contract/index.ts'
import type { Client } from '../api/client.ts'
import { strings } from '../words/index.ts'
import type { Alerts } from './alerts.svelte.ts'
import { blindLabelsOf } from './blind-labels.ts'
import type { Images } from './images.svelte.ts'
import type { Navigation } from './navigation.svelte.ts'

/** Events that come close together lead to one call. */
const refreshPauseMs = 80

export type UndoDirection = 'undo' | 'redo'

/** The parts of the page that undo uses. */
interface UndoContext {
  readonly alerts: Pick<Alerts, 'attempt' | 'fail' | 'remark'>
  readonly images: Pick<Images, 'takeFrom'>
  /** `lastSave`: whether the last change was saved, once that is known. */
  readonly labelling: { readonly lastSave: Promise<boolean> }
  readonly navigation: Pick<Navigation, 'imageId' | 'open' | 'showImage'>
}

/** What the reader can undo and redo: one list of steps over labels, adjudications, comments and regions. */
export class Undoing {
  readonly #client: Client
  readonly #page: UndoContext
  #next = $state.raw<Readonly<Record<UndoDirection, ActionView | null>>>({ undo: null, redo: null })
  /** Whether something has changed since `next` was fetched. */
  #isOutdated = $state(false)
  #timer: ReturnType<typeof setTimeout> | null = null
  /** Increases with each request and when the reader or the workspace changes: older answers are not shown. */
  #round = 0

  constructor(client: Client, page: UndoContext) {
    this.#client = client
    this.#page = page
  }

  /** What the next undo and the next redo would do; null: nothing. */
  get next(): Readonly<Record<UndoDirection, ActionView | null>> {
    return this.#next
  }

  /** The next undo or redo in words, such as "Undo: Benign on field-003.png"; null: there is none. */
  nameOf(direction: UndoDirection): string | null {
    const action = this.#next[direction]
    if (this.#isOutdated) return strings[direction]
    return action === null ? null : strings.steps.named(strings[direction], actionText(action))
  }

  /** The same beside a message: only "Redo" after the one that names the step, which was undone. */
  nameBeside(message: string, direction: UndoDirection): string | null {
    const action = this.#next[direction]
    const other = direction === 'undo' ? 'redo' : 'undo'
    const isNamed = action !== null && message === strings.steps.done[other](actionText(action))
    return isNamed ? strings[direction] : this.nameOf(direction)
  }

  async load(): Promise<void> {
    const round = ++this.#round
    const next = await this.#client['undo.state']({})
    if (round !== this.#round) return
    this.#next = next
    this.#isOutdated = false
  }

  /** Something has changed; `isOwn`: by the reader, so that what is shown is wrong until the answer comes. */
  refresh(isOwn = false): void {
    if (isOwn) this.#isOutdated = true
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      void this.#page.alerts.attempt(this.load())
    }, refreshPauseMs)
  }

  clear(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#round++
    this.#next = { undo: null, redo: null }
    this.#isOutdated = false
  }

  /** Undoes the reader's newest step; the viewer turns to its image. False: it was not done, which was reported. */
  async undo(): Promise<boolean> {
    // A label that is still being saved is the newest step. If that fails, there is nothing to undo.
    if (await this.#page.labelling.lastSave) return this.#step('undo', null)
    this.#page.alerts.remark(strings.steps.nothing.undo)
    return true
  }

  /** Redoes what the reader undid last. */
  redo(): Promise<boolean> {
    return this.#step('redo', null)
  }

  /** @param confirmed the step whose loss of a label that was given blind the reader has confirmed */
  async #step(direction: UndoDirection, confirmed: ActionView | null): Promise<boolean> {
    const { alerts, images, navigation } = this.#page
    const seen = navigation.imageId
    try {
      const given = confirmed === null ? {} : { action: confirmed.id, confirmBlind: true }
      const expected = (confirmed ?? this.#next[direction])?.image ?? null
      const asked = this.#client[`undo.${direction}`](given)
      await images.takeFrom(expected === null ? [] : [expected.imageId], async () => (await asked).images)
      const { action } = await asked
      this.refresh(true)
      const other = direction === 'undo' ? 'redo' : 'undo'
      alerts.remark(strings.steps.done[direction](actionText(action)), other)
      // A reader who has opened another image or left the viewer meanwhile stays there.
      const isElsewhere = seen !== null && seen !== action.image?.imageId && navigation.imageId === seen
      if (action.image !== null && isElsewhere) navigation.showImage(action.image.imageId)
      return true
    } catch (error) {
      if (hasCode(error, 'undo.nothing')) {
        alerts.remark(strings.steps.nothing[direction])
        return true
      }
      this.refresh(true)
      const lost = blindLabelsOf(error)
      if (lost === null) alerts.fail(error)
      else await this.#confirm(direction, lost)
      return false
    }
  }

  async #confirm(direction: UndoDirection, images: number): Promise<void> {
    await this.#page.alerts.attempt(this.load())
    const action = this.#next[direction]
    if (action === null) return
    const onConfirm = (): void => void this.#step(direction, action)
    this.#page.navigation.open({
      name: 'withdraw-blind',
      images,
      image: action.image?.name ?? null,
      onConfirm,
    })
  }
}
