import {
  headlineOf,
  isSameReader,
  readingPauseSeconds,
  type ImageView,
  type ReadingView,
} from '../../electron/contract/index.ts'
import { strings } from '../words/index.ts'
import { Adjudicating } from './adjudicating.svelte.ts'
import type { Alerts } from './alerts.svelte.ts'
import { setOf } from './collections.ts'
import { canBeAdjudicated } from './filters.ts'
import type { Images } from './images.svelte.ts'
import type { Labelling } from './labelling.ts'
import type { Navigation } from './navigation.svelte.ts'
import type { Worklist } from './worklist.svelte.ts'

/** Kept by the page on this machine. */
const advanceKey = 'lobule advance'

/** From so many images read one after the other on, the end of the list is the end of a batch. */
const fewestOfBatch = 3

/** The images that were labelled one after the other in the viewer. */
interface Batch {
  /** The order of previous and next; another one begins another batch. */
  order: readonly number[]
  imageIds: ReadonlySet<number>
  /** From the first label to the last, without pauses, in ms. */
  durationMs: number
  /** When the last of them was labelled, in ms. */
  lastAt: number
}

/** The parts of the page that a review uses. */
export interface ReviewContext {
  readonly alerts: Pick<Alerts, 'fail' | 'remark'>
  readonly images: Pick<Images, 'find'>
  readonly navigation: Pick<Navigation, 'imageId' | 'open' | 'panel' | 'showImage' | 'visit'>
  readonly worklist: Pick<Worklist, 'placeOf' | 'round'>
  readonly reader: string
  readonly labelling: Pick<Labelling, 'adjudicate' | 'comment' | 'save'>
}

/**
 * The review of one image after another. Actions run in order: the next one waits until a label is saved, so that it
 * is on disk before the next image appears. If the label cannot be saved, the actions after it were meant for an
 * image that did not appear, and are dropped.
 */
export class Review {
  readonly #page: ReviewContext
  #turn = Promise.resolve()
  #round = 0
  #waiting = $state(0)
  /** Whether the comment field or the adjudication will open once the earlier actions are done. */
  #isOpening = false
  #batch: Batch | null = null
  #notes = $state.raw<Readonly<Record<number, string>>>({})
  #advances = $state(localStorage.getItem(advanceKey) !== 'no')
  #isCommenting = $state(false)
  /** The text in the comment field, so far unsaved; null: as it was when the field opened. */
  written = $state<string | null>(null)
  readonly adjudicating: Adjudicating

  constructor(page: ReviewContext) {
    this.#page = page
    this.adjudicating = new Adjudicating(page, this)
  }

  /** The image in the viewer. */
  get image(): ImageView | undefined {
    const { imageId } = this.#page.navigation
    return imageId === null ? undefined : this.#page.images.find(imageId)
  }

  /** The reader's own label of the image; null: none. */
  get own(): ReadingView | null {
    return this.image?.readings.all.find(({ reader }) => isSameReader(reader, this.#page.reader)) ?? null
  }

  /** Whether the comment field is open. */
  get isCommenting(): boolean {
    return this.#isCommenting
  }

  set isCommenting(isCommenting: boolean) {
    if (isCommenting !== this.#isCommenting) this.written = null
    this.#isCommenting = isCommenting
  }

  /** Whether the viewer shows the next image after each label: yes, unless a user has decided otherwise here. */
  get advances(): boolean {
    return this.#advances
  }

  set advances(advances: boolean) {
    this.#advances = advances
    localStorage.setItem(advanceKey, advances ? 'yes' : 'no')
  }

  /** Whether something is being saved. */
  get isSaving(): boolean {
    return this.#waiting > 0
  }

  /** A comment of the reader that could not be saved; it is saved with the next label of the image. */
  get note(): string | null {
    return this.#notes[this.image?.id ?? 0] ?? null
  }

  /** The reader's comment on the image, on their label or without one; null: none. */
  get ownComment(): string | null {
    const { reader } = this.#page
    const note = this.image?.readings.notes?.find((other) => isSameReader(other.reader, reader))
    return (this.own ?? note)?.comment ?? null
  }

  /** Whether the readers of the image disagree or are unsure, or an adjudication can be changed. */
  get canAdjudicate(): boolean {
    const { image } = this
    return image !== undefined && canBeAdjudicated(image)
  }

  /** @param work returns whether the actions after it may run */
  run(work: () => boolean | Promise<boolean>): void {
    const round = this.#round
    this.#waiting++
    this.#turn = this.#turn.then(async () => {
      try {
        if (round === this.#round && !(await work())) this.#round++
      } catch (error) {
        this.#round++
        this.#page.alerts.fail(error)
      } finally {
        this.#waiting--
      }
    })
  }

  label(className: string | null, isUnsure = false): void {
    if (!this.#isOpening) this.run(() => this.#label(className, isUnsure))
  }

  /** Labels the image with the suggested class, if the suggestion is for one class. */
  accept(): void {
    if (this.#isOpening) return
    this.run(() => {
      const { image } = this
      if (image?.verdict != null) {
        const isUndecided = headlineOf(image.verdict).classes.length > 1
        if (!isUndecided) return this.#label(image.verdict.suggested, false)
        this.#page.alerts.remark(strings.reading.undecided)
        return true
      }
      const isHidden = image?.readings.isWithheld === true
      this.#page.alerts.remark(isHidden ? strings.reading.nothingShown : strings.reading.nothingToAccept)
      return true
    })
  }

  /**
   * Opens the comment field for the image that is shown once the earlier actions are done. Keys typed until then
   * were meant for the comment and do not label an image.
   */
  beginComment(): void {
    this.#open(() => (this.isCommenting = true))
  }

  /** Begins the adjudication, if one is possible, of the image that is shown once the earlier actions are done. */
  adjudicate(): void {
    this.#open(() => {
      if (this.canAdjudicate) this.adjudicating.begin()
      return true
    })
  }

  /** Saves a comment, on the reader's label, which stays as it is, or without one. */
  comment(written: string | null): void {
    const { image, ownComment } = this
    this.isCommenting = false
    if (image === undefined) return
    // Until it is saved.
    this.#keepNote(image.id, written === ownComment ? null : written)
    if (written === ownComment) return
    this.run(async () => {
      const isSaved = await this.#page.labelling.comment(image.id, written)
      if (isSaved) this.#keepNote(image.id, null)
      return isSaved
    })
  }

  /** Runs in order, so that the reader does not leave an image before its label is saved. */
  turn(direction: 'previous' | 'next'): void {
    if (this.#isOpening) return
    this.run(() => {
      if (this.adjudicating.isOn) {
        this.adjudicating.turn(direction)
        return true
      }
      const to = this.#page.worklist.placeOf(this.image?.id ?? 0)[direction]
      if (to !== null) this.#turnTo(to)
      return true
    })
  }

  /** Shows an image of the film strip, once the label of the present one is saved. */
  show(imageId: number): void {
    if (this.#isOpening) return
    this.run(() => {
      if (this.adjudicating.isOn) this.adjudicating.show(imageId)
      else this.#turnTo(imageId)
      return true
    })
  }

  clear(): void {
    this.#round++
    this.#notes = {}
    this.#batch = null
    this.isCommenting = false
    this.adjudicating.end()
  }

  #open(work: () => boolean): void {
    this.#isOpening = true
    this.run(work)
    void this.#turn.then(() => (this.#isOpening = false))
  }

  async #label(className: string | null, isUnsure: boolean): Promise<boolean> {
    const { image, note } = this
    if (image === undefined) return false
    const { place, next } = this.#page.worklist.placeOf(image.id)
    if (!(await this.#page.labelling.save([image.id], { className, isUnsure, comment: note }))) return false
    this.#keepNote(image.id, null)
    if (className === null && !isUnsure) return true
    const batch = this.#addToBatch(image.id)
    // A reader who has opened something else meanwhile stays there.
    if (!this.advances || this.image?.id !== image.id) return true
    if (next !== null) this.#turnTo(next)
    // An image that is not in the list, as one of the same case that the filters hide, is not its last.
    else if (place > 0 && this.#page.navigation.panel === null) this.#endBatch(batch)
    return true
  }

  #addToBatch(imageId: number): Batch {
    const order = this.#page.worklist.round
    const isSame =
      this.#batch?.order.length === order.length && this.#batch.order.every((id, at) => id === order[at])
    const now = Date.now()
    const known =
      isSame && this.#batch !== null
        ? this.#batch
        : { order, imageIds: setOf<number>(), durationMs: 0, lastAt: now }
    const sinceLastMs = now - known.lastAt
    // A clock that was set back counts as nothing, too.
    const isRead = sinceLastMs >= 0 && sinceLastMs <= readingPauseSeconds * 1000
    this.#batch = {
      order,
      imageIds: setOf([...known.imageIds, imageId]),
      durationMs: known.durationMs + (isRead ? sinceLastMs : 0),
      lastAt: now,
    }
    return this.#batch
  }

  /** The last image of the list was labelled: says what was done, unless that is hardly anything. */
  #endBatch({ imageIds, durationMs }: Batch): void {
    this.#batch = null
    if (imageIds.size < fewestOfBatch) this.#page.alerts.remark(strings.reading.last)
    else
      this.#page.navigation.open({
        name: 'batch-end',
        imageIds: [...imageIds],
        durationMs,
      })
  }

  #turnTo(imageId: number): void {
    // An unfinished comment belongs to the image that it was written for.
    this.isCommenting = false
    this.#page.navigation.showImage(imageId)
  }

  #keepNote(imageId: number, note: string | null): void {
    const others = Object.entries(this.#notes).filter(([id]) => Number(id) !== imageId)
    this.#notes = Object.fromEntries(note === null ? others : [...others, [String(imageId), note]])
  }
}
