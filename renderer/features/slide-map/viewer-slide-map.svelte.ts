import { untrack } from 'svelte'
import {
  isSlide,
  type ImageView,
  type RegionGeometry,
  type SlideClassArea,
  type SlidePlace,
} from '../../../electron/contract/index.ts'
import type { Lobule } from '../../state/lobule.svelte.ts'
import type { SlideMaps } from '../../state/slide-map.svelte.ts'
import { strings } from '../../words/index.ts'
import type { SlideView } from '../slide/slide-view.svelte.ts'

/** The compute process replaces the map of an unfinished analysis as often. */
const followPauseMs = 2000

interface Viewer {
  slide: SlideView
  image: () => ImageView | undefined
  /** Whether its panel is beside the image, and covers nothing. */
  isBeside: () => boolean
}

/** The map of the slide in the viewer: loads it, steps through its places, labels them. Create it while a component is initialised. */
export class ViewerSlideMap {
  readonly maps: SlideMaps
  /** Width of its panel. */
  panelPx = $state(0)
  readonly #lobule: Lobule
  readonly #viewer: Viewer
  readonly #image = $derived.by(() => this.#viewer.image())
  readonly isSlide = $derived.by(() => this.#image !== undefined && isSlide(this.#image))
  /** Whether what a model suggests is hidden from a blind reader. */
  readonly isHidden = $derived.by(() => this.#image?.readings.isWithheld === true)
  /** A heat map has its place. */
  readonly isShown = $derived.by(() => this.maps.isOn && this.isSlide && !this.#lobule.heatMap.isOn)
  readonly #finished = $derived.by(
    () =>
      this.#lobule.jobs.all.filter(({ kind, state }) => kind === 'analyse-slides' && state === 'done').length,
  )

  /** What running analyses have done, which changes with their progress; null: none is running. */
  readonly #doneNow = $derived.by(
    () =>
      this.#lobule.jobs.all.find(({ kind, state }) => kind === 'analyse-slides' && state === 'running')
        ?.progress?.done ?? null,
  )
  #followedAt = -Infinity

  constructor(lobule: Lobule, viewer: Viewer) {
    this.#lobule = lobule
    this.maps = lobule.slideMaps
    this.#viewer = viewer
    $effect(() => {
      const imageId = this.isShown && !this.isHidden ? this.#image?.id : undefined
      if (imageId !== undefined) this.#load(imageId, this.#finished)
    })
    $effect(() => {
      if (this.isShown && !this.isHidden) this.#follow(this.#doneNow)
    })
    $effect(() => () => this.maps.forget())
  }

  /** Of the left of the image, pixels of the page. */
  get #coveredPx(): number {
    return this.#viewer.isBeside() ? 0 : this.panelPx
  }

  toggle(): void {
    const { alerts, heatMap } = this.#lobule
    if (!this.isSlide) {
      alerts.remark(strings.slideMap.noSlide)
      return
    }
    const wasShown = this.isShown
    if (heatMap.isOn) heatMap.toggle()
    if (wasShown || !this.maps.isOn) this.maps.toggle()
  }

  /** Opens the dialog for an analysis of this slide. */
  analyse(): void {
    if (this.#image === undefined) return
    const { geometry } = this.#lobule.regions.chosen ?? {}
    const region = geometry?.kind === 'rectangle' || geometry?.kind === 'polygon' ? geometry : null
    this.#lobule.navigation.open({ name: 'analyse-slides', imageIds: [this.#image.id], region })
  }

  /** Opens the dialog for a threshold for slides of the model of the shown map. */
  calibrate(): void {
    this.#lobule.navigation.open({ name: 'calibrate-slides', model: this.maps.analysis?.modelName ?? null })
  }

  step(direction: 1 | -1): void {
    this.#visit(this.maps.step(direction))
  }

  /** @param index null: leaves the place */
  stepTo(index: number | null): void {
    this.#visit(this.maps.stepTo(index))
  }

  showLargest({ largest }: SlideClassArea): void {
    if (largest !== null) this.#viewer.slide.goTo(largest, this.#coveredPx)
  }

  /** Labels the present place as a region of the image; a place that is a region already gets the class. */
  async label(className: string): Promise<void> {
    const { place } = this.maps
    const image = this.#image
    if (place === null || image === undefined) return
    const { alerts, regions, undoing } = this.#lobule
    const geometry = squareOf(place, image)
    const same = regions.all.find((region) => isSameSquare(region.geometry, geometry))
    const work =
      same === undefined ? regions.add(geometry, className) : regions.change(same.id, { className })
    if ((await alerts.attempt(work.then(() => true))) === null) return
    undoing.refresh(true)
    alerts.remark(strings.slideMap.labelled(className), 'undo')
  }

  #visit(place: SlidePlace | null): void {
    if (place === null) return
    const { left, top, edgePx } = place
    // The class keys label the place, not a region.
    this.#lobule.regions.choose(null)
    this.#viewer.slide.goTo({ left, top, right: left + edgePx, bottom: top + edgePx }, this.#coveredPx)
    const number = (this.maps.placeIndex ?? 0) + 1
    this.#lobule.alerts.remark(strings.slideMap.placeOf(number, this.maps.places.length))
  }

  /** Runs again with the progress of an analysis, but asks for its map only every few seconds, and when none is running any more. */
  #follow(doneNow: number | null): void {
    if (doneNow === null && untrack(() => this.maps.draft) === null) return
    const now = performance.now()
    if (doneNow !== null && now - this.#followedAt < followPauseMs) return
    this.#followedAt = now
    untrack(() => void this.#lobule.alerts.attempt(this.maps.follow()))
  }

  /** Runs again whenever an analysis has finished. */
  #load(imageId: number, _finished: number): void {
    untrack(() => void this.#lobule.alerts.attempt(this.maps.show(imageId)))
  }
}

/** The square of a place inside its image; hundredths of a pixel are enough, and make it the same each time. */
function squareOf({ left, top, edgePx }: SlidePlace, { widthPx, heightPx }: ImageView): RegionGeometry {
  const round = (value: number): number => Math.round(value * 100) / 100
  return {
    kind: 'rectangle',
    left: round(left),
    top: round(top),
    right: round(Math.min(widthPx, left + edgePx)),
    bottom: round(Math.min(heightPx, top + edgePx)),
  }
}

const isSameSquare = (one: RegionGeometry, other: RegionGeometry): boolean =>
  one.kind === 'rectangle' &&
  other.kind === 'rectangle' &&
  (['left', 'top', 'right', 'bottom'] as const).every((side) => one[side] === other[side])
