export type Panel =
  | { name: 'import'; paths: readonly string[] }
  | { name: 'train' }
  | { name: 'models' }
  | { name: 'encoders' }
  | { name: 'jobs' }
  | { name: 'job'; jobId: number }
  | { name: 'doctor' }
  | { name: 'about' }
  | { name: 'keys' }
  | { name: 'reader' }

const imageHash = /^#\/image\/([1-9]\d{0,14})$/

/** Where the page is. The image in the viewer stands in the address, so that a reload comes back to it. */
export class Navigation {
  #imageId = $state<number | null>(null)
  #panel = $state.raw<Panel | null>(null)

  constructor() {
    this.#read()
    window.addEventListener('hashchange', () => this.#read())
  }

  /** The image in the viewer; null: the worklist. */
  get imageId(): number | null {
    return this.#imageId
  }

  get panel(): Panel | null {
    return this.#panel
  }

  /** Opens the viewer, or turns it to another image without a new step for the Back button. */
  showImage(imageId: number): void {
    const hash = `#/image/${imageId}`
    if (this.#imageId === null) location.hash = hash
    else history.replaceState(null, '', hash)
    this.#imageId = imageId
  }

  showWorklist(): void {
    if (this.#imageId !== null) location.hash = '#/'
    this.#imageId = null
  }

  open(panel: Panel): void {
    this.#panel = panel
  }

  close(): void {
    this.#panel = null
  }

  #read(): void {
    const match = imageHash.exec(location.hash)
    this.#imageId = match?.[1] === undefined ? null : Number(match[1])
  }
}
