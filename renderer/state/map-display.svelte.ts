import { untrack } from 'svelte'
import { stretchedRange, wholeRange, type HeatRange } from '../../electron/contract/index.ts'
import { StretchChoice } from './stretch-choice.svelte.ts'

/** A map on the screen. */
interface ShownMap {
  /** Of each place, 0..1, drawn or not. */
  readonly probabilities: readonly number[]
}

/** How maps of slides are shown; kept from slide to slide, and the same for slides side by side. */
export class MapDisplay {
  isOn = $state(false)
  /** The class whose probability is shown, where the model has it; null: the carcinoma score. */
  className = $state<string | null>(null)
  /** Whether it is shown instead how often each place was predicted, where some were again. */
  isOfEffort = $state(false)
  /** 0..1; places with a smaller value are not drawn. */
  threshold = $state(0)
  /** 0..1 */
  opacity = $state(0.5)
  readonly colours = new StretchChoice('lobule.slide-map-scale')
  #shown = $state.raw<readonly ShownMap[]>([])

  /** What the shown maps contain; one range for slides side by side, so that equal colours stay equal. */
  readonly content: HeatRange = $derived(
    stretchedRange([this.#shown.map(({ probabilities }) => probabilities)]),
  )

  /** The values that the colours cover. */
  get range(): HeatRange {
    return this.colours.isStretched ? this.content : wholeRange
  }

  // Panes add and remove themselves in effects, which need not run again for the maps of other panes.
  add(map: ShownMap): void {
    const shown = untrack(() => this.#shown)
    if (!shown.includes(map)) this.#shown = [...shown, map]
  }

  remove(map: ShownMap): void {
    const shown = untrack(() => this.#shown)
    if (shown.includes(map)) this.#shown = shown.filter((other) => other !== map)
  }
}
