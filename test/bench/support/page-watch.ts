/** What a page measured since it was opened; times are milliseconds of its own clock. */
export interface Watched {
  /** Tasks of 50 ms and more. */
  tasksMs: number[]
  paintedAtMs: number | null
  /** When the first row of the worklist, or the first tile of its grid, was there, after the frame that shows it. */
  rowsAtMs: number | null
  /** When the picture of one of them was loaded. */
  pictureAtMs: number | null
  clickedAtMs: number | null
  /** From the key to the image fully drawn, for each opened image. */
  drawnMs: number[]
}

/** Runs in the page before its own scripts; fills `globalThis.lobuleWatch`. */
export function watchPage(): void {
  const watch: Watched = {
    tasksMs: [],
    paintedAtMs: null,
    rowsAtMs: null,
    pictureAtMs: null,
    clickedAtMs: null,
    drawnMs: [],
  }
  Object.assign(globalThis, { lobuleWatch: watch })
  new PerformanceObserver((entries) => {
    for (const { duration } of entries.getEntries()) watch.tasksMs.push(duration)
  }).observe({ type: 'longtask', buffered: true })
  new PerformanceObserver((entries) => {
    for (const entry of entries.getEntriesByName('first-contentful-paint'))
      watch.paintedAtMs = entry.startTime
  }).observe({ type: 'paint', buffered: true })

  let turnedAtMs: number | null = null
  let turnedFrom: string | null = null
  const viewer = (): HTMLElement | null => document.querySelector('[data-testid=viewer]')
  addEventListener('click', () => (watch.clickedAtMs = performance.now()), true)
  addEventListener(
    'keydown',
    ({ key }) => {
      if (key !== 'ArrowRight') return
      turnedAtMs = performance.now()
      turnedFrom = viewer()?.dataset['imageId'] ?? null
    },
    true,
  )

  const isLoaded = ({ complete, naturalWidth }: HTMLImageElement): boolean => complete && naturalWidth > 0
  /** Only until both are there: to search a page of thousands of elements in each frame would be measured too. */
  const lookForRows = (): void => {
    if (watch.rowsAtMs !== null && watch.pictureAtMs !== null) return
    const first = document.querySelector('[data-testid=worklist-row], [data-testid=worklist-tile]')
    if (watch.rowsAtMs === null && first !== null) {
      watch.rowsAtMs = performance.now()
    }
    if (watch.pictureAtMs === null && [...(first?.querySelectorAll('img') ?? [])].some(isLoaded)) {
      watch.pictureAtMs = performance.now()
    }
  }
  const lookForTurn = (): void => {
    if (turnedAtMs === null || turnedFrom === null) return
    const shown = viewer()?.dataset
    if (shown?.['ready'] !== 'true' || shown['imageId'] === turnedFrom) return
    watch.drawnMs.push(performance.now() - turnedAtMs)
    turnedAtMs = null
  }
  const look = (): void => {
    lookForRows()
    lookForTurn()
    requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
}
