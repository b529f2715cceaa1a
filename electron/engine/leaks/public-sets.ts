/** What the file name of an image of a known public set says. */
interface PublicImage {
  set: PublicSetName
  /** The patient; null: the set does not say. */
  patient: string | null
  /** Slide or specimen; null: the set does not say. */
  slide: string | null
  /** Of the objective; null: the set has one. */
  magnification: number | null
}

export const publicSetNames = ['BreaKHis', 'BACH'] as const
type PublicSetName = (typeof publicSetNames)[number]

/**
 * BreaKHis (Spanhol et al., IEEE TBME 63, 2016): `SOB_B_A-14-22549AB-100-001`. The letters after the number name a slide of
 * the patient, so a case is the year and the number: 82 slides, 70 patients.
 */
const breakHis = /^SOB_[BM]_[A-Z]+-(\d+)-(\d+)([A-Z]*)-(40|100|200|400)-\d+/i
/** BACH (Aresta et al., Medical Image Analysis 56, 2019): `b001`, `is001`, `iv001`, `n001`. */
const bach = /^(?:b|is|iv|n)\d{3}\.[a-z]+$/i
const bachPx = { width: 2048, height: 1536 }

/** null: the name is not that of a known public set. */
export function recognisePublicImage(
  fileName: string,
  { widthPx, heightPx }: { widthPx: number; heightPx: number },
): PublicImage | null {
  const [, year, number, letters, magnification] = breakHis.exec(fileName) ?? []
  if (year !== undefined && number !== undefined) {
    const patient = `${year}-${number}`
    const slide = `${patient}${(letters ?? '').toUpperCase()}`
    return { set: 'BreaKHis', patient, slide, magnification: Number(magnification) }
  }
  // Short names are common; the size makes it this set.
  if (bach.test(fileName) && widthPx === bachPx.width && heightPx === bachPx.height) {
    return { set: 'BACH', patient: null, slide: null, magnification: null }
  }
  return null
}

/** What a person must know who trains on a set. */
export const publicSetNotes: Readonly<Record<PublicSetName, string>> = {
  BreaKHis:
    'The letters after a number (29960AB, 29960CD) name slides of one patient. Patient 13412 has slides of two classes. A field may be there at 40, 100, 200 and 400 times.',
  BACH: 'It contains the images of the Bioimaging 2015 challenge. For 255 of its images no patient is known, so folds cannot keep patients apart.',
}
