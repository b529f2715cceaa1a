import {
  asFar,
  minImagesForUnlike,
  isUnlike,
  type Likeness,
  type VerdictLikeness,
} from '../../contract/index.ts'

const unknownWords = {
  'no-reference': 'not known: the model keeps nothing to measure it by',
  'only-regions': 'not known: the model was trained on regions of this image, not on the whole',
  'too-few-augmentations': 'not known: too few augmentations',
}

/** A prediction's likeness to the training images, in words; absent in verdicts of older versions. */
export function likenessWords(likeness: VerdictLikeness | undefined): string {
  if (likeness === undefined) return 'not known: the verdict was made by an older version'
  return 'unknown' in likeness ? unknownWords[likeness.unknown] : knownWords(likeness)
}

function knownWords(likeness: Likeness): string {
  const { images, pValue } = likeness
  const far = asFar(likeness)
  const rank = `${far} of ${images} training images are as far from the others as it is, or further (p = ${Number(pValue.toPrecision(2))})`
  if (isUnlike(likeness)) return `UNLIKE the training images: only ${rank}`
  if (images < minImagesForUnlike)
    return `${rank}; too few training images to tell, ${minImagesForUnlike} are needed`
  return rank
}
