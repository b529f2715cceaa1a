import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { keyedGenerator } from '../../electron/engine/random/index.ts'

const size = { width: 1024, height: 768 }

/** Two images without tissue: noise of all colours, and a page of text. */
export async function writeOddPictures(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const random = keyedGenerator('odd pictures')
  const noise = Buffer.from(
    Array.from({ length: size.width * size.height * 3 }, () => Math.floor(256 * random.nextFloat())),
  )
  await sharp(noise, { raw: { ...size, channels: 3 } })
    .png()
    .toFile(join(folder, 'noise.png'))
  const lines = Array.from(
    { length: 30 },
    (_, i) =>
      `<text x="30" y="${30 + i * 24}" font-size="20">Line ${i} of a page that has nothing to do with tissue, nor with ${i * i}.</text>`,
  )
  const page = `<svg xmlns="http://www.w3.org/2000/svg" ${Object.entries(size)
    .map(([name, value]) => `${name}="${value}"`)
    .join(' ')}><rect width="100%" height="100%" fill="white"/>${lines.join('')}</svg>`
  await sharp(Buffer.from(page)).removeAlpha().png().toFile(join(folder, 'writing.png'))
}
