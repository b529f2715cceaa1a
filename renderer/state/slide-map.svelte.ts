import {
  carcinomaScore,
  type HeatRange,
  type SlideAnalysis,
  type SlideDraft,
  type SlideMapView,
  type SlidePlace,
} from '../../electron/contract/index.ts'
import type {
  CallInput,
  CallOutput,
  SlideFileFormat,
  SlidesWork,
  SlideThreshold,
} from '../../electron/contract/index.ts'
import type { Client } from '../api/client.ts'
import { MapDisplay } from './map-display.svelte.ts'

type AnalysisRequest = CallInput<'slide.analyse'>

/**
 * The analyses of the slide in the viewer, and the map of one of them. What is shown, its threshold and its opacity are kept
 * from slide to slide.
 */
export class SlideMaps {
  readonly #client: Client
  readonly #display: MapDisplay
  readonly #isBeside: boolean
  #imageId = $state<number | null>(null)
  /** Newest first; null: not loaded. */
  #analyses = $state.raw<readonly SlideAnalysis[] | null>(null)
  #analysisId = $state<number | null>(null)
  #map = $state.raw<SlideMapView | null>(null)
  #draft = $state.raw<SlideDraft | null>(null)
  #placeIndex = $state<number | null>(null)

  /**
   * @param display shared by slides side by side
   * @param isBeside whether only finished analyses are shown
   */
  constructor(client: Client, display = new MapDisplay(), isBeside = false) {
    this.#client = client
    this.#display = display
    this.#isBeside = isBeside
  }

  /**
   * Of a slide beside this one: its own analyses and map, shown in the same way. Its unfinished analysis is not followed: the pane has
   * no room to say how far it is, so a rough look would be taken for a map.
   */
  beside(): SlideMaps {
    return new SlideMaps(this.#client, this.#display, true)
  }

  get isOn(): boolean {
    return this.#display.isOn
  }

  /** Newest first; null: not loaded yet. */
  get analyses(): readonly SlideAnalysis[] | null {
    return this.#analyses
  }

  /** The shown one: the newest, unless another was chosen. */
  get analysis(): SlideAnalysis | null {
    return this.#analyses?.find(({ id }) => id === this.#analysisId) ?? this.#analyses?.[0] ?? null
  }

  /** Of the shown analysis; null: not loaded yet. */
  get map(): SlideMapView | null {
    return this.#map?.analysisId === this.analysis?.id ? this.#map : null
  }

  /** What is known of the slide while it is analysed, drawn in place of its map; null: nothing. */
  get draft(): SlideDraft | null {
    return this.#draft
  }

  /** Of the model that made what is shown. */
  get classes(): readonly string[] {
    return this.#draft?.classes ?? this.analysis?.classes ?? []
  }

  get hasScore(): boolean {
    if (this.#draft !== null) return [true, false].every((side) => this.#draft?.isPositive.includes(side))
    return this.analysis !== null && this.analysis.summary.score95 !== null
  }

  /** The class whose probability is shown; null: the carcinoma score is. */
  get className(): string | null {
    const { classes } = this
    if (this.#display.className !== null && classes.includes(this.#display.className))
      return this.#display.className
    return this.hasScore ? null : (classes[0] ?? null)
  }

  /** How often doubtful places of the shown map were predicted at most; null: each was predicted once. */
  get most(): number | null {
    return this.#draft === null ? (this.analysis?.effort?.possible ?? null) : null
  }

  /** Whether it is shown how often each place was predicted. */
  get isOfEffort(): boolean {
    return this.#display.isOfEffort && this.most !== null
  }

  /** 0..1; places with a smaller value are not drawn. */
  get threshold(): number {
    return this.#display.threshold
  }

  /** 0..1 */
  get opacity(): number {
    return this.#display.opacity
  }

  /** Whether the colours cover what the shown maps contain, not 0 to 1. */
  get isStretched(): boolean {
    return this.#display.colours.isStretched
  }

  stretch(isStretched: boolean): void {
    this.#display.colours.stretch(isStretched)
  }

  /** What the shown maps contain, those of slides beside this one too. */
  get content(): HeatRange {
    return this.#display.content
  }

  /** The values that the colours cover. */
  get range(): HeatRange {
    return this.#display.range
  }

  /** The value of each place as its place in the range of the colours, 0..1, in the map's order; null: it is not drawn. */
  get values(): readonly (number | null)[] {
    const { map, draft, most, threshold } = this
    const shown = draft ?? map
    if (shown === null) return []
    if (this.isOfEffort && most !== null)
      return (map?.augmentations ?? []).map((count) => (count === 1 ? null : (count - 1) / (most - 1)))
    const { low, high } = this.range
    return this.probabilities.map((value) => (value < threshold ? null : (value - low) / (high - low)))
  }

  /** The shown probability or score of each place, 0..1; empty: nothing is shown. */
  readonly probabilities: readonly number[] = $derived.by(() => {
    const { analysis, draft, map, className } = this
    const shown = draft ?? map
    if (shown === null) return []
    const { classes, cells, probabilities } = shown
    const isPositive = draft?.isPositive ?? analysis?.summary.classes.map((area) => area.isPositive) ?? []
    const index = className === null ? -1 : classes.indexOf(className)
    return cells.map((_cell, place) =>
      index === -1
        ? (carcinomaScore(
            probabilities.slice(place * classes.length, (place + 1) * classes.length),
            isPositive,
          ) ?? 0)
        : (probabilities[place * classes.length + index] ?? 0),
    )
  })

  /** Places worth a look, the first one first. */
  get places(): readonly SlidePlace[] {
    return this.analysis?.summary.worthALook ?? []
  }

  /** Of the place that was stepped to; null: none. */
  get placeIndex(): number | null {
    return this.#placeIndex
  }

  get place(): SlidePlace | null {
    return this.#placeIndex === null ? null : (this.places[this.#placeIndex] ?? null)
  }

  toggle(): void {
    this.#display.isOn = !this.#display.isOn
    if (!this.#display.isOn) this.forget()
  }

  /** Loads the analyses of a slide again, and the map of the shown one. */
  async show(imageId: number): Promise<void> {
    if (!this.#display.isOn) return
    if (this.#imageId !== imageId) {
      this.forget()
      this.#imageId = imageId
    }
    this.#display.add(this)
    const analyses = await this.#client['slide.analyses']({ imageId })
    if (this.#imageId !== imageId) return
    this.#analyses = analyses
    await Promise.all([this.#loadMap(), this.follow()])
  }

  /** Loads what is known of the shown slide while it is analysed. */
  async follow(): Promise<void> {
    const imageId = this.#imageId
    if (imageId === null || this.#isBeside) return
    const draft = await this.#client['slide.draft']({ imageId })
    if (this.#imageId === imageId) this.#draft = draft
  }

  async choose(analysisId: number): Promise<void> {
    this.#analysisId = analysisId
    this.#placeIndex = null
    await this.#loadMap()
  }

  /** @param className null: the carcinoma score */
  showClass(className: string | null): void {
    this.#display.className = className
    this.#display.isOfEffort = false
  }

  /** Shows how often each place was predicted. */
  showEffort(): void {
    this.#display.isOfEffort = true
  }

  raiseThreshold(threshold: number): void {
    this.#display.threshold = Math.min(1, Math.max(0, threshold))
  }

  fade(opacity: number): void {
    this.#display.opacity = Math.min(1, Math.max(0, opacity))
  }

  /** To the next (1) or previous (-1) place worth a look, cyclic; null: there is none. */
  step(direction: 1 | -1): SlidePlace | null {
    const count = this.places.length
    if (count === 0) return null
    const from = this.#placeIndex ?? (direction === 1 ? -1 : count)
    return this.stepTo((from + direction + count) % count)
  }

  /** @param index null: to none */
  stepTo(index: number | null): SlidePlace | null {
    this.#placeIndex = index
    return this.place
  }

  /** Analyses slides; the job's id. */
  async analyse(request: AnalysisRequest): Promise<number> {
    return (await this.#client['slide.analyse'](request)).jobId
  }

  /** The work of an analysis. Opens up to five of the slides. */
  work(wanted: CallInput<'shard.estimateSlides'>): Promise<SlidesWork> {
    return this.#client['shard.estimateSlides'](wanted)
  }

  /** Starts to write a plan to analyse slides on several computers, each with its best back-end; returns the job. */
  async plan(
    wanted: Omit<CallInput<'shard.planSlides'>, 'backend' | 'allowsHalf' | 'unit'>,
  ): Promise<number> {
    return (await this.#client['shard.planSlides']({ ...wanted, backend: 'auto', allowsHalf: false })).jobId
  }

  /** The threshold for slides of a model, and the slides that one could be learned on. */
  slideThreshold(model: string): Promise<CallOutput<'slide.threshold'>> {
    return this.#client['slide.threshold']({ model })
  }

  /** Learns the threshold for slides of a model again, and shows what it suggests for the slide on screen. */
  async calibrate(model: string): Promise<SlideThreshold> {
    const learned = await this.#client['slide.calibrate']({ model })
    if (this.#imageId !== null) await this.show(this.#imageId)
    return learned
  }

  /** Writes the shown analysis into a folder; the paths of the files. */
  async write(
    directory: string,
    formats: readonly SlideFileFormat[],
    replace: boolean,
  ): Promise<readonly string[]> {
    const { analysis } = this
    if (analysis === null) return []
    const { imageId, id: analysisId } = analysis
    return (
      await this.#client['slide.write']({ imageId, analysisId, directory, formats: [...formats], replace })
    ).files
  }

  /** After a class got another name, the shown one stays shown. @param classNameOf as in `withPresentClasses` */
  followClasses(classNameOf: (name: string) => string | null): void {
    const { className } = this.#display
    if (className !== null) this.#display.className = classNameOf(className) ?? className
  }

  /** Forgets what is known of the slide. */
  forget(): void {
    this.#display.remove(this)
    this.#imageId = null
    this.#analyses = null
    this.#analysisId = null
    this.#map = null
    this.#draft = null
    this.#placeIndex = null
  }

  async #loadMap(): Promise<void> {
    const { analysis } = this
    if (analysis === null || this.map !== null) return
    const map = await this.#client['slide.map']({ imageId: analysis.imageId, analysisId: analysis.id })
    if (this.analysis?.id === analysis.id) this.#map = map
  }
}
