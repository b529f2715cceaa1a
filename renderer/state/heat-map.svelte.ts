import { heatMapPath, stretchedRange, wholeRange, type HeatRange } from '../../electron/contract/index.ts'
import type { Client } from '../api/client.ts'
import { ShownHeatMap, type HeatMapRequest, type FollowJob } from './shown-heat-map.svelte.ts'
import { StretchChoice } from './stretch-choice.svelte.ts'

/** Names of two models whose maps of the same image are shown side by side. */
interface ComparedModels {
  first: string
  second: string
}

/**
 * The heat map over the image in the viewer, and another model's beside it. Class and opacity are the same for both
 * and are kept from image to image; whether colours are stretched is stored by the page on this machine.
 */
export class HeatMap {
  readonly first: ShownHeatMap
  /** The map of the other model. */
  readonly second: ShownHeatMap
  #isOn = $state(false)
  #compared = $state.raw<ComparedModels | null>(null)
  #className = $state<string | null>(null)
  #opacity = $state(0.5)
  readonly #colours = new StretchChoice('lobule.heat-map-scale')

  constructor(client: Client, follow: FollowJob) {
    this.first = new ShownHeatMap(client, follow)
    this.second = new ShownHeatMap(client, follow)
  }

  get isOn(): boolean {
    return this.#isOn
  }

  /** null: one map is shown, by the model of the image's prediction. */
  get compared(): ComparedModels | null {
    return this.#isOn ? this.#compared : null
  }

  /** The chosen class if a shown model has it, else the leading class of the first map. */
  get className(): string {
    const { leading = '' } = this.first.explanation ?? {}
    return this.#className !== null && this.classes.includes(this.#className) ? this.#className : leading
  }

  /** Selectable classes: those of the first map, then those that only the second one has. */
  get classes(): readonly string[] {
    const { classes = [] } = this.first.explanation ?? {}
    const others = this.second.explanation?.classes ?? []
    return [...classes, ...others.filter((name) => !classes.includes(name))]
  }

  /** 0..1 */
  get opacity(): number {
    return this.#opacity
  }

  /** Whether the colours cover what the shown maps contain, not 0 to 1. */
  get isStretched(): boolean {
    return this.#colours.isStretched
  }

  stretch(isStretched: boolean): void {
    this.#colours.stretch(isStretched)
  }

  /** What the maps of the chosen class contain; one range for both models, so that equal colours stay equal. */
  readonly content = $derived.by(() =>
    stretchedRange(
      [this.first, this.second].flatMap(({ explanation }) => {
        const place = explanation?.classes.indexOf(this.className) ?? -1
        return explanation?.probabilities[place] === undefined ? [] : [explanation.probabilities[place]]
      }),
    ),
  )

  /** The probabilities that the colours cover. */
  get range(): HeatRange {
    return this.isStretched ? this.content : wholeRange
  }

  toggle(): void {
    this.#isOn = !this.#isOn
    if (this.#isOn) return
    this.first.forget()
    this.second.forget()
  }

  /** Shows the maps of two models side by side; null: only one. */
  compare(models: ComparedModels | null): void {
    this.#compared = models
    this.second.forget()
  }

  /** Hides the map and ends the comparison, as the models belong to another workspace. */
  clear(): void {
    if (this.#isOn) this.toggle()
    this.compare(null)
    this.#className = null
  }

  /** After a class got another name, the chosen one stays chosen. @param classNameOf as in `withPresentClasses` */
  followClasses(classNameOf: (name: string) => string | null): void {
    if (this.#className !== null) this.#className = classNameOf(this.#className) ?? this.#className
    for (const map of [this.first, this.second]) map.followClasses(classNameOf)
  }

  choose(className: string): void {
    this.#className = className
  }

  fade(opacity: number): void {
    this.#opacity = Math.min(1, Math.max(0, opacity))
  }

  /** Shows the map of an image by the requested model, or by both compared models. */
  show(request: HeatMapRequest, compared: ComparedModels | null): void {
    if (!this.#isOn) return
    const { imageId } = request
    if (compared === null) void this.first.show(request)
    else {
      void this.first.show({ imageId, model: compared.first })
      void this.second.show({ imageId, model: compared.second })
    }
  }

  /** Address of the map of the chosen class; null: there is none for this image, or not yet. */
  addressOf(map: ShownHeatMap, imageId: number, tiles: string): string | null {
    const { explanation } = map
    if (!this.#isOn || explanation?.imageId !== imageId) return null
    const place = explanation.classes.indexOf(this.className)
    return place === -1 ? null : tiles + heatMapPath(imageId, explanation.modelId, place, this.range)
  }
}
