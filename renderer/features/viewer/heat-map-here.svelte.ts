import { untrack } from 'svelte'
import type { ImageView } from '../../../electron/contract/index.ts'
import { strings } from '../../words/index.ts'
import type { Lobule } from '../../state/lobule.svelte.ts'
import type { HeatMap } from '../../state/heat-map.svelte.ts'
import type { SlideView } from '../slide/slide-view.svelte.ts'

interface Viewer {
  slide: SlideView
  image: () => ImageView | undefined
  /** Another model's map came beside this one, or went. */
  onCompare: (isComparing: boolean) => void
}

/** The heat map of the image in the viewer: asks for it, draws it over the image, puts another model's beside it. To be made while a component begins. */
export class HeatMapHere {
  readonly map: HeatMap
  readonly #lobule: Lobule
  readonly #viewer: Viewer
  readonly #image = $derived.by(() => this.#viewer.image())
  /** Nothing that a model said may be shown of this image yet. */
  readonly isWithheld = $derived.by(() => this.#image?.readings.isWithheld === true)
  readonly #asked = $derived.by(() => ({
    imageId: this.#image?.id ?? 0,
    model: this.#image?.verdict?.modelName ?? null,
  }))
  /** Whose map is over the image. */
  readonly modelName = $derived.by(
    () => this.map.compared?.first ?? this.#asked.model ?? this.#lobule.models.inUse?.name ?? '',
  )
  /** Whose map is beside it; null: nobody's. */
  readonly other = $derived.by(() => (this.isWithheld ? null : (this.map.compared?.second ?? null)))

  constructor(lobule: Lobule, viewer: Viewer) {
    this.#lobule = lobule
    this.map = lobule.heatMap
    this.#viewer = viewer
    $effect(() => {
      const asked = this.map.isOn && !this.isWithheld && this.#image !== undefined ? this.#asked : null
      const { compared } = this.map
      // One that failed is asked for again by its button, not by itself.
      if (asked !== null) untrack(() => this.map.show(asked, compared))
    })
    $effect(() => {
      const tiles = lobule.session.info?.tiles ?? ''
      const address = this.isWithheld ? null : this.map.addressOf(this.map.first, this.#asked.imageId, tiles)
      viewer.slide.heatMap.show(address, this.map.opacity)
    })
  }

  get hasModel(): boolean {
    return this.#lobule.models.all.length > 0
  }

  toggle(): void {
    if (this.hasModel || this.map.isOn) this.map.toggle()
    else this.#lobule.alerts.remark(strings.heatMap.noModel)
  }

  again(): void {
    this.map.show(this.#asked, this.map.compared)
  }

  /** Another model's map of the same image beside this one; null: no longer. */
  compareWith(second: string | null): void {
    const text = strings.heatMap
    this.map.compare(second === null ? null : { first: this.modelName, second })
    this.#lobule.alerts.remark(second === null ? text.comparedEnded : text.comparing(second))
    this.#viewer.onCompare(second !== null)
  }

  /** Goes through the other models, and from the last one back to none. */
  compareNext(): void {
    const { alerts, models } = this.#lobule
    const others = models.all.filter(({ name }) => name !== this.modelName)
    if (others.length === 0) alerts.remark(strings.heatMap.noOtherModel)
    else if (this.isWithheld) alerts.remark(strings.heatMap.withheld)
    else {
      if (!this.map.isOn) this.map.toggle()
      const at = others.findIndex(({ name }) => name === this.map.compared?.second)
      this.compareWith(others[at + 1]?.name ?? null)
    }
  }
}
