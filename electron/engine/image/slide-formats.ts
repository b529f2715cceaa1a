import { scannerFormats } from '../../contract/is-slide.ts'

/** The formats that OpenSlide reads for Lobule, by its own names for their vendors. */
const slideFormats = [...scannerFormats, 'generic-tiff'] as const
export type SlideFormat = (typeof slideFormats)[number]

export const isSlideFormat = (name: string): name is SlideFormat =>
  (slideFormats as readonly string[]).includes(name)

/** Endings of slides that only OpenSlide reads, with the maker's name. */
const endings: Readonly<Record<string, string>> = {
  '.bif': 'Ventana',
  '.czi': 'Zeiss',
  '.dcm': 'DICOM',
  '.mrxs': 'MIRAX (3DHISTECH)',
  '.ndpi': 'Hamamatsu',
  '.scn': 'Leica',
  '.svslide': 'Sakura',
}

export const slideOfEnding = (ending: string): string | null => endings[ending.toLowerCase()] ?? null
