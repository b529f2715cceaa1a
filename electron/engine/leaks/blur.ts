import type { GreyImage } from '../image/read-grey.ts'

/** A new image, blurred with a Gaussian of `sigma` pixels; pixels past an edge repeat the edge. */
export function blurred({ widthPx, heightPx, data }: GreyImage, sigma: number): GreyImage {
  const radius = Math.ceil(2.7 * sigma)
  const weights = Float64Array.from({ length: radius + 1 }, (_, at) =>
    Math.exp(-(at ** 2) / (2 * sigma ** 2)),
  )
  const sum = weights.reduce((total, weight) => total + 2 * weight, -(weights[0] ?? 0))
  const kernel = weights.map((weight) => weight / sum)
  const across = blurRows(data, widthPx, kernel)
  return { widthPx, heightPx, data: blurRows(across, heightPx, kernel) }
}

/** Blurs each row; the result is transposed, so that a second call blurs the columns and turns the image back. */
function blurRows(data: Float32Array, width: number, kernel: Float64Array): Float32Array {
  const height = data.length / width
  const radius = kernel.length - 1
  const out = new Float32Array(data.length)
  // Doubles, since the engine would convert each value at each tap.
  const line = new Float64Array(width + 2 * radius)
  const centre = kernel[0] ?? 0
  for (let y = 0; y < height; y++) {
    const start = y * width
    line.set(data.subarray(start, start + width), radius)
    line.fill(data[start] ?? 0, 0, radius)
    line.fill(data[start + width - 1] ?? 0, radius + width)
    for (let x = 0; x < width; x++) {
      const at = x + radius
      let value = centre * (line[at] ?? 0)
      for (let tap = 1; tap <= radius; tap++) {
        value += (kernel[tap] ?? 0) * ((line[at - tap] ?? 0) + (line[at + tap] ?? 0))
      }
      out[x * height + y] = value
    }
  }
  return out
}

/** Every second pixel of every second row. */
export function halved({ widthPx, heightPx, data }: GreyImage): GreyImage {
  const [width, height] = [widthPx >> 1, heightPx >> 1]
  const out = new Float32Array(width * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) out[y * width + x] = data[2 * y * widthPx + 2 * x] ?? 0
  }
  return { widthPx: width, heightPx: height, data: out }
}
