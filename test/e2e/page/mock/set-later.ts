import type { Handlers, ImageView } from '../../../../electron/contract/index.ts'

interface Known {
  image: (id: number) => ImageView
  /** Puts images in place of those with the same id, and tells the page. */
  replace: (changed: readonly ImageView[]) => void
}

/** What is set after the import: the files of this made-up application state their pixel size. */
export const setLaterHandlers = (known: Known): Pick<Handlers, 'image.setCase' | 'image.setPixelSize'> => ({
  'image.setCase': ({ imageIds, caseName }) => {
    const images = imageIds.map((id) => ({ ...known.image(id), caseName }))
    known.replace(images)
    return { images, changed: images.length, models: ['first look'], similarCases: [] }
  },
  'image.setPixelSize': ({ imageIds }) => {
    const images = imageIds.map(known.image)
    return { images, changed: 0, fromFile: images.length, used: 0 }
  },
})
