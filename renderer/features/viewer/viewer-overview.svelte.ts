import { isSlide, type ImageView } from '../../../electron/contract/index.ts'
import type { Lobule } from '../../state/lobule.svelte.ts'
import type { ViewedGrid } from '../../state/viewed-areas.svelte.ts'
import type { SlideView } from '../slide/slide-view.svelte.ts'
import { magnificationOf } from './magnification.ts'

/** Records what of a slide was looked at, and shows it on the overview. Create it while a component is initialised. */
export class ViewerOverview {
  readonly #lobule: Lobule
  readonly #image: () => ImageView | undefined
  /** Of the slide in the viewer, for the active reader; null: nothing, or the image is a field. */
  readonly grid = $derived.by((): ViewedGrid | null => {
    const image = this.#image()
    if (image === undefined || !isSlide(image)) return null
    return this.#lobule.viewedAreas.gridOf(this.#lobule.reader, image.id)
  })

  constructor(lobule: Lobule, slide: SlideView, image: () => ImageView | undefined) {
    this.#lobule = lobule
    this.#image = image
    $effect(() => slide.viewed.show(this.grid))
    slide.onRest = (box) => {
      const shown = image()
      if (shown === undefined || shown.pixelSizeUm === null || !isSlide(shown)) return
      const magnification = magnificationOf(slide.imageZoom, shown.pixelSizeUm)
      lobule.viewedAreas.look(lobule.reader, shown, box, magnification)
    }
  }
}
