/** A scale bar: its width on the screen and the length it represents. */
export interface ScaleBar {
  widthPx: number
  length: number
  unit: 'µm' | 'mm' | 'px'
}

const maxWidthPx = 150
const steps = [5, 2, 1] as const

/**
 * The longest bar of 1, 2 or 5 times a power of ten that is at most 150 px wide on the screen.
 * @param imageZoom screen pixels for each image pixel, above 0
 * @param pixelSizeUm edge length of an image pixel, um; null: unknown, and the bar is in image pixels
 */
export function scaleBar(imageZoom: number, pixelSizeUm: number | null): ScaleBar {
  const screenPxPerUnit = pixelSizeUm === null ? imageZoom : imageZoom / pixelSizeUm
  const longest = maxWidthPx / screenPxPerUnit
  const power = 10 ** Math.floor(Math.log10(longest))
  const length = (steps.find((step) => step * power <= longest) ?? 1) * power
  const widthPx = length * screenPxPerUnit
  if (pixelSizeUm === null) return { widthPx, length, unit: 'px' }
  return length >= 1000 ? { widthPx, length: length / 1000, unit: 'mm' } : { widthPx, length, unit: 'µm' }
}
