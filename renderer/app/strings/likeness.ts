import {
  asFar,
  fewestForUnlike,
  isUnlike,
  type Likeness,
  type ModelReport,
  type VerdictView,
} from '../../../electron/contract/index.ts'
import { formatCount, formatNumber, formatWholeProbability } from '../format.ts'
import { images } from './counts.ts'

export const likenessStrings = {
  likeness: {
    title: 'Likeness',
    hint: 'Share of images that are as far from the training images as this one, or further (p); at 5 % or less it is unlike them',
    unlike: 'Unlike the training images',
    unlikeText: 'The suggested class is worth little here, whatever its probability.',
    share: ({ pValue }: Likeness) => formatWholeProbability(pValue),
    sentence: (likeness: Likeness): string => {
      const { images: count } = likeness
      const far = asFar(likeness)
      const rank =
        far === 0
          ? `Further from the training images than any of the ${formatCount(count)} is from the others`
          : isUnlike(likeness)
            ? `Further from the training images than ${formatWholeProbability(1 - far / count)} of them are from the others`
            : `${formatWholeProbability(far / count)} of the training images are as far from the others, or further`
      return count < fewestForUnlike
        ? `${rank}. Too few training images to tell: ${formatCount(fewestForUnlike)} are needed.`
        : `${rank} (p = ${formatNumber(likeness.pValue)}).`
    },
    ofModel: ({ likeness, images: trained }: Pick<ModelReport, 'likeness' | 'images'>): string =>
      likeness === undefined
        ? 'Not known: trained by an earlier version, or on too few images of different cases. Verdicts do not say how like the training images an image is.'
        : `Measured against ${images(trained)}`,
    unknownOf: (details: VerdictView['details']): string => {
      const likeness = details?.likeness
      if (likeness === undefined || !('unknown' in likeness)) {
        return 'Not known: the suggestion was made by an older version. Classify the image again.'
      }
      return likeness.unknown === 'no-reference'
        ? 'Not known: the model keeps nothing to measure it by. Train it again.'
        : 'Not known: too few augmentations were asked for. Classify the image with more.'
    },
  },
} as const
