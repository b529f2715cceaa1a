import {
  asFar,
  minImagesForUnlike,
  isUnlike,
  type Likeness,
  type VerdictView,
} from '../../electron/contract/index.ts'
import { formatCount, formatNumber, formatWholeProbability } from './format.ts'

export const likenessStrings = {
  likeness: {
    title: 'Likeness',
    unlike: 'Unlike the training images',
    unlikeText: 'The suggested class is unreliable for this image, however high its probability.',
    share: ({ pValue }: Likeness) => formatWholeProbability(pValue),
    sentence: (likeness: Likeness): string => {
      const { images: count } = likeness
      const far = asFar(likeness)
      const rank =
        far === 0
          ? `More different from the training images than any of the ${formatCount(count)} is from the rest`
          : isUnlike(likeness)
            ? `More different from the training images than ${formatWholeProbability(1 - far / count)} of them are from the rest`
            : `${formatCount(far)} of the ${formatCount(count)} training images differ from the rest at least as much`
      return count < minImagesForUnlike
        ? `${rank}. Too few training images to judge: at least ${formatCount(minImagesForUnlike)} are needed.`
        : `${rank}: likeness ${formatWholeProbability(likeness.pValue)} (p = ${formatNumber(likeness.pValue)}).`
    },
    unknownOf: (details: VerdictView['details']): string => {
      const likeness = details?.likeness
      if (likeness === undefined || !('unknown' in likeness)) {
        return 'Not available: an earlier version made this suggestion. Classify the image again.'
      }
      switch (likeness.unknown) {
        case 'no-reference':
          return 'Not available: the model has no reference data for likeness. Train it again.'
        case 'only-regions':
          return 'Not available: the model was trained on regions of this image, not on the whole.'
        case 'too-few-augmentations':
          return 'Not available: too few augmentations. Classify the image with more augmentations.'
      }
    },
  },
} as const
