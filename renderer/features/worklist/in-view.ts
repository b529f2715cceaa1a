interface Span {
  top: number
  bottom: number
}

/** Whether enough of an image is in view to act on it: at least half of it, or of the list if that is less high. */
export function isInView(image: Span, list: Span): boolean {
  const seenPx = Math.min(image.bottom, list.bottom) - Math.max(image.top, list.top)
  const neededPx = Math.min(image.bottom - image.top, list.bottom - list.top) / 2
  return seenPx > 0 && seenPx >= neededPx
}
