/** Whether the page fills the screen, until the component ends. Create it while that is initialised. */
export class FullScreen {
  isOn = $state(false)
  readonly #onRefused: () => void

  /** @param onRefused the browser does not allow it */
  constructor(onRefused: () => void) {
    this.#onRefused = onRefused
    $effect(() => () => {
      if (document.fullscreenElement !== null) void document.exitFullscreen()
    })
  }

  /** Called when the document has entered or left full screen. */
  changed(): void {
    this.isOn = document.fullscreenElement !== null
  }

  async toggle(): Promise<void> {
    if (document.fullscreenElement !== null) return document.exitFullscreen()
    await document.documentElement.requestFullscreen().catch(this.#onRefused)
  }
}
