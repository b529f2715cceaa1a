/** One image of a file in its OME-XML description. */
interface OmeImage {
  /** The first page that it has, from 1. */
  page: number
  /** Whether it is a picture beside the slide, which can show a patient's name. */
  isBeside: boolean
  /** Whether it can show the label. */
  isLabel: boolean
  /** Its part of the description. */
  text: string
}

/** The images of an OME-XML description in the order of their pages; empty if it is none. */
export function omeImages(description: string): OmeImage[] {
  if (!description.includes('<OME')) return []
  const parts = description.split(/<Image\b/).slice(1)
  return parts
    .map((text, index) => {
      const [head = ''] = text.split('>', 1)
      const name = /\bName="([^"]*)"/.exec(head)?.[1] ?? ''
      const directory = /<TiffData\b[^>]*\bIFD="(\d+)"/.exec(text)?.[1]
      return {
        page: directory === undefined ? index + 1 : Number(directory) + 1,
        isBeside: /label|macro|overview|thumbnail/i.test(name),
        isLabel: /label|macro|overview/i.test(name),
        text,
      }
    })
    .sort((a, b) => a.page - b.page)
}

/** The OME-XML of the image that a page belongs to; another description as it is. */
export function descriptionOfPage(description: string, page: number): string {
  const image = omeImages(description).findLast((one) => one.page <= page)
  return image === undefined ? description : `<OME><Image${image.text}`
}
