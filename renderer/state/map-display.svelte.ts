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
}
