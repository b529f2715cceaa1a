import { untrack } from 'svelte'
import type { ImageView } from '../../../electron/contract/index.ts'
import { strings } from '../../words/index.ts'
import type { Lobule } from '../../state/lobule.svelte.ts'
import type { HeatMap } from '../../state/heat-map.svelte.ts'
import type { SlideView } from '../slide/slide-view.svelte.ts'

interface Viewer {
  slide: SlideView
  image: () => ImageView | undefined
  /** The comparison with another model's map started or ended. */
  onCompare: (isComparing: boolean) => void
}

/**
 * The heat map of the image in the viewer: requests it, draws it over the image, and shows another model's beside
 * it. Create it while a component is initialised.
 */
export class ViewerHeatMap {
  readonly map: HeatMap
  readonly #lobule: Lobule
  readonly #viewer: Viewer
  readonly #image = $derived.by(() => this.#viewer.image())
  /** Whether predictions of this image are hidden from a blind reader. */
  readonly isHidden = $derived.by(() => this.#image?.readings.isWithheld === true)
  readonly #request = $derived.by(() => ({
    imageId: this.#image?.id ?? 0,
    model: this.#image?.verdict?.modelName ?? null,
  }))
  /** Name of the model whose map is over the image. */
  readonly modelName = $derived.by(
    () => this.map.compared?.first ?? this.#request.model ?? this.#lobule.models.inUse?.name ?? '',
  )
  /** Name of the model whose map is beside it; null: none. */
  readonly other = $derived.by(() => (this.isHidden ? null : (this.map.compared?.second ?? null)))

  constructor(lobule: Lobule, viewer: Viewer) {
    this.#lobule = lobule
    this.map = lobule.heatMap
    this.#viewer = viewer
    $effect(() => {
      const request = this.map.isOn && !this.isHidden && this.#image !== undefined ? this.#request : null
      const { compared } = this.map
      // A failed map is requested again by its button, not automatically.
      if (request !== null) untrack(() => this.map.show(request, compared))
    })
    $effect(() => {
      const tiles = lobule.session.info?.tiles ?? ''
      const address = this.isHidden ? null : this.map.addressOf(this.map.first, this.#request.imageId, tiles)
      viewer.slide.heatMap.show(address, this.map.opacity)
    })
  }

  get hasModel(): boolean {
    const { all, inUse } = this.#lobule.models
    // What is suggested for a hidden image, and by which model, is not known here.
    return this.#request.model !== null || inUse !== undefined || (this.isHidden && all.length > 0)
  }

  toggle(): void {
    if (this.hasModel || this.map.isOn) this.map.toggle()
    else this.#lobule.alerts.remark(strings.heatMap.noModel)
  }

  again(): void {
    this.map.show(this.#request, this.map.compared)
  }

  /** Shows another model's map of the same image beside this one; null ends the comparison. */
  compareWith(second: string | null): void {
    const text = strings.heatMap
    this.map.compare(second === null ? null : { first: this.modelName, second })
    this.#lobule.alerts.remark(second === null ? text.comparedEnded : text.comparing(second))
    this.#viewer.onCompare(second !== null)
  }

  /** Compares with the next other model; after the last one, ends the comparison. */
  compareNext(): void {
    const { alerts, models } = this.#lobule
    const others = models.all.filter(({ name }) => name !== this.modelName)
    if (others.length === 0) alerts.remark(strings.heatMap.noOtherModel)
    else if (this.isHidden) alerts.remark(strings.heatMap.withheld)
    else {
      if (!this.map.isOn) this.map.toggle()
      const at = others.findIndex(({ name }) => name === this.map.compared?.second)
      this.compareWith(others[at + 1]?.name ?? null)
    }
  }
}
