import { readFile } from 'node:fs/promises'
import sharp, { type Sharp } from 'sharp'

/** How a picture comes into a set twice: each makes the file of a copy. */
export const plantedCopies: Readonly<
  Record<string, (original: Sharp, widthPx: number, heightPx: number) => Sharp>
> = {
  'cropped to 64 % of the area': (image, width, height) =>
    image.extract({
      left: Math.round(0.1 * width),
      top: Math.round(0.12 * height),
      width: Math.round(0.8 * width),
      height: Math.round(0.8 * height),
    }),
  'cropped to 25 % of the area': (image, width, height) =>
    image.extract({
      left: Math.round(0.3 * width),
      top: Math.round(0.25 * height),
      width: Math.round(0.5 * width),
      height: Math.round(0.5 * height),
    }),
  'saved again as JPEG of quality 60': (image) => image.jpeg({ quality: 60 }),
  'shrunk to half': (image, width) => image.resize(Math.round(width / 2)),
  mirrored: (image) => image.flop(),
  'turned by 90 degrees': (image) => image.rotate(90),
  'turned upside down': (image) => image.rotate(180),
  'enlarged 2.5 times, as at another magnification': (image, width, height) =>
    image
      .extract({
        left: Math.round(0.3 * width),
        top: Math.round(0.3 * height),
        width: Math.round(0.4 * width),
        height: Math.round(0.4 * height),
      })
      .resize(width),
}

/** Writes the copy of a picture. Its format is that of the extension, unless the copy sets one. */
export async function plantCopy(from: string, kind: string, to: string): Promise<void> {
  const bytes = await readFile(from)
  const { width, height } = await sharp(bytes).metadata()
  await plantedCopies[kind]?.(sharp(bytes), width, height).toFile(to)
}
