import { isSameReader } from '../../electron/contract/index.ts'
import { strings } from '../words/index.ts'
import type { Alerts } from './alerts.svelte.ts'
import { blindLabelsOf } from './blind-labels.ts'
import type { Images, LabelInput } from './images.svelte.ts'
import type { Navigation } from './navigation.svelte.ts'
import type { Undoing } from './undoing.svelte.ts'

/** The parts of the page that labelling uses. */
interface LabellingContext {
  readonly alerts: Alerts
  readonly images: Images
  readonly navigation: Navigation
  readonly undoing: Pick<Undoing, 'refresh'>
  readonly reader: string
}

/** Saves labels for the reader, and reports each one with its undo. */
export class Labelling {
  readonly #page: LabellingContext
  #lastSave: Promise<boolean> = Promise.resolve(true)

  constructor(page: LabellingContext) {
    this.#page = page
  }

  /** Whether the last change was saved, once that is known. */
  get lastSave(): Promise<boolean> {
    return this.#lastSave
  }

  /** Sets the class of images; null withdraws the reader's labels. */
  async setClass(imageIds: readonly number[], className: string | null): Promise<void> {
    await this.save(imageIds, { className, isUnsure: false, comment: null })
  }

  /** Saves a label; true once it is on disk. A label that was given blind is withdrawn only after a question. */
  async save(imageIds: readonly number[], label: LabelInput): Promise<boolean> {
    if (imageIds.length === 0) return false
    const { images, reader } = this.#page
    const isWithdrawal = label.className === null && !label.isUnsure
    const ask = (count: number): void => this.#ask(imageIds, count, { ...label, confirmBlind: true })
    const blind = isWithdrawal && label.confirmBlind !== true ? this.#countBlind(imageIds) : 0
    if (blind > 0) {
      ask(blind)
      return false
    }
    const text = label.isUnsure ? strings.labelledUnsure : strings.labelled
    return this.#save(images.label(imageIds, label, reader), text(imageIds.length, label.className), ask)
  }

  /** Saves the comment on the reader's label of an image; true once it is on disk. null removes the comment. */
  comment(imageId: number, comment: string | null): Promise<boolean> {
    const { images } = this.#page
    const name = images.find(imageId)?.fileName ?? ''
    return this.#save(images.comment(imageId, comment), strings.commented(name, comment === null))
  }

  /** Adjudicates images for all readers; true once it is on disk. */
  adjudicate(
    imageIds: readonly number[],
    className: string | null,
    comment: string | null,
  ): Promise<boolean> {
    const saving = this.#page.images.adjudicate(imageIds, className, comment)
    return this.#save(saving, strings.adjudicated(imageIds.length, className))
  }

  /** @param onBlind called if labels that were given blind would be withdrawn, with their number */
  async #save(saving: Promise<void>, words: string, onBlind?: (count: number) => void): Promise<boolean> {
    const { alerts, undoing } = this.#page
    const saved = saving.then(
      () => null,
      (error: unknown) => ({ error }),
    )
    this.#lastSave = saved.then((failure) => failure === null)
    const failure = await saved
    if (failure === null) {
      undoing.refresh(true)
      alerts.remark(words, 'undo')
      return true
    }
    const blind = blindLabelsOf(failure.error)
    if (blind !== null && onBlind !== undefined) onBlind(blind)
    else alerts.fail(failure.error)
    return false
  }

  #ask(imageIds: readonly number[], images: number, label: LabelInput): void {
    const { navigation } = this.#page
    const [only, ...others] = imageIds
    const image =
      only === undefined || others.length > 0 ? null : (this.#page.images.find(only)?.fileName ?? null)
    const onConfirm = (): void => void this.save(imageIds, label)
    navigation.open({ name: 'withdraw-blind', images, image, onConfirm })
  }

  /** How many of the reader's labels on these images were given blind. */
  #countBlind(imageIds: readonly number[]): number {
    const { images, reader } = this.#page
    return imageIds.filter((imageId) =>
      images.find(imageId)?.readings.all.some((label) => label.isBlind && isSameReader(label.reader, reader)),
    ).length
  }
}
