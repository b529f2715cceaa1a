import { strings } from '../words/index.ts'
import type { Alerts } from './alerts.svelte.ts'
import type { Images, LabelInput } from './images.svelte.ts'
import type { Navigation } from './navigation.svelte.ts'

/** The parts of the page that labelling uses. */
interface LabellingContext {
  readonly alerts: Alerts
  readonly images: Images
  readonly navigation: Navigation
  readonly reader: string
}

/** Saves labels for the reader, and reports each one with its undo. */
export class Labelling {
  readonly #page: LabellingContext

  constructor(page: LabellingContext) {
    this.#page = page
  }

  /** Sets the class of images; null withdraws the reader's labels. */
  async setClass(imageIds: readonly number[], className: string | null): Promise<void> {
    await this.save(imageIds, { className, isUnsure: false, comment: null })
  }

  /** Saves a label; true once it is on disk. */
  async save(imageIds: readonly number[], label: LabelInput): Promise<boolean> {
    if (imageIds.length === 0) return false
    const { alerts, images, reader } = this.#page
    const isSaved = await alerts.attempt(images.label(imageIds, label, reader).then(() => true))
    if (isSaved === null) return false
    const undo = { label: strings.undo, run: () => void this.undo() }
    const text = label.isUnsure ? strings.labelledUnsure : strings.labelled
    alerts.remark(text(imageIds.length, label.className), undo)
    return true
  }

  /** Undoes the last labelling; the viewer turns to its image. False: it failed, which was reported. */
  async undo(): Promise<boolean> {
    const { alerts, images, navigation } = this.#page
    const seen = navigation.imageId
    try {
      const imageIds = await images.undoLabel()
      alerts.remark(imageIds === null ? strings.nothingToUndo : strings.labelUndone)
      const [only, ...others] = imageIds ?? []
      // A reader who has opened another image or left the viewer meanwhile stays there.
      const isElsewhere = seen !== null && seen !== only && navigation.imageId === seen
      if (only !== undefined && others.length === 0 && isElsewhere) navigation.showImage(only)
      return true
    } catch (error) {
      alerts.fail(error)
      return false
    }
  }

  /** Adjudicates images for all readers; true once it is on disk. */
  async adjudicate(
    imageIds: readonly number[],
    className: string | null,
    comment: string | null,
  ): Promise<boolean> {
    const { alerts, images } = this.#page
    const isSaved = await alerts.attempt(images.adjudicate(imageIds, className, comment).then(() => true))
    if (isSaved === null) return false
    alerts.remark(strings.adjudicated(imageIds.length, className))
    return true
  }
}
