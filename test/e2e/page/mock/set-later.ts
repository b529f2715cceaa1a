import type { Handlers, ImageView } from '../../../../electron/contract/index.ts'

interface Known {
  image: (id: number) => ImageView
  /** Changes every image, or takes it out of the list (null), and tells the page. */
  change: (changed: (image: ImageView) => ImageView | null) => void
}

/** What is set after the import: the files of this made-up application state their pixel size. */
export const setLaterHandlers = (
  known: Known,
): Pick<Handlers, 'image.setCase' | 'image.setPixelSize' | 'image.setRemoved' | 'image.listRemoved'> => ({
  'image.setCase': ({ imageIds, caseName }) => {
    known.change((image) => (imageIds.includes(image.id) ? { ...image, caseName } : image))
    const images = imageIds.map(known.image)
    return { images, changed: images.length, models: ['first look'], similarCases: [] }
  },
  'image.setPixelSize': ({ imageIds }) => {
    const images = imageIds.map(known.image)
    return { images, changed: 0, fromFile: images.length, used: 0 }
  },
  'image.setRemoved': ({ imageIds }) => {
    known.change((image) => (imageIds.includes(image.id) ? null : image))
    return { changed: imageIds.length, models: ['first look'] }
  },
  'image.listRemoved': () => [],
})
