import type { ImageView } from '../../contract/index.ts'

/** File names without folders, which could reveal the computer. Equal names get the start of the content hash. */
export function uniqueNames(images: readonly ImageView[]): string[] {
  const count = new Map<string, number>()
  for (const { fileName } of images) count.set(fileName, (count.get(fileName) ?? 0) + 1)
  return images.map(({ fileName, sha256 }) =>
    count.get(fileName) === 1 ? fileName : `${fileName} (${sha256.slice(0, 12)})`,
  )
}
