import { isSlide, type ImageView } from '../../../electron/contract/index.ts'
import type { Lobule } from '../../state/lobule.svelte.ts'
import { strings } from '../../words/index.ts'
import { SlideView } from '../slide/slide-view.svelte.ts'

/** Slides on the screen at once, with the one in the viewer. */
const maxPanes = 4

interface Viewer {
  slide: SlideView
  image: () => ImageView | undefined
  /** Called when other slides of the case appear beside the viewer. */
  onOpen: () => void
}

/** The other slides of the case in the viewer, side by side with it. Create it while a component is initialised. */
export class CaseSlides {
  readonly #lobule: Lobule
  readonly #viewer: Viewer
  #isOn = $state(false)
  #isLinked = $state(true)
  /** A view for each pane, in their order. */
  readonly views = Array.from({ length: maxPanes - 1 }, () => new SlideView())

  /** Slides of the case in the order of import, those after the one in the viewer first. */
  readonly others = $derived.by((): readonly ImageView[] => {
    const shown = this.#viewer.image()
    if (shown === undefined || shown.caseName === null || !isSlide(shown)) return []
    const own = this.#lobule.images.all.filter((image) => image.caseName === shown.caseName && isSlide(image))
    const place = own.findIndex(({ id }) => id === shown.id)
    return [...own.slice(place + 1), ...own.slice(0, place)]
  })
  /** Those that are shown. */
  readonly panes = $derived(this.#isOn ? this.others.slice(0, maxPanes - 1) : [])
  /** Whether at least two slides are on the screen. */
  readonly isShown = $derived(this.panes.length > 0)

  constructor(lobule: Lobule, viewer: Viewer) {
    this.#lobule = lobule
    this.#viewer = viewer
    $effect(() => {
      const images = [viewer.image(), ...this.panes]
      const views = [viewer.slide, ...this.views.slice(0, this.panes.length)]
      if (!this.#isLinked || !this.isShown || !views.every(({ isOpen }) => isOpen)) return
      const sizes = images.map((image) => image?.pixelSizeUm ?? null)
      // If a pixel size is unknown, the same image pixels.
      const isKnown = sizes.every((size) => size !== null)
      return SlideView.linkScales(
        views.map((view, index) => ({ view, pixelSizeUm: isKnown ? (sizes[index] ?? 1) : 1 })),
      )
    })
  }

  /** Whether panes move together. */
  get isLinked(): boolean {
    return this.#isLinked
  }

  toggle(): void {
    const { alerts } = this.#lobule
    if (!this.isShown && this.others.length === 0) {
      alerts.remark(strings.caseSlides.none)
      return
    }
    this.#isOn = !this.isShown
    if (this.#isOn) this.#viewer.onOpen()
  }

  toggleLink(): void {
    this.#isLinked = !this.#isLinked
    this.#lobule.alerts.remark(this.#isLinked ? strings.caseSlides.linked : strings.caseSlides.unlinked)
  }

  close(): void {
    this.#isOn = false
  }

  /** Shows one of them in the viewer; the one that was there becomes a pane. */
  open(imageId: number): void {
    this.#lobule.navigation.showImage(imageId)
  }
}
