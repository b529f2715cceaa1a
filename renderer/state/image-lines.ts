import type {
  ImageView,
  ModelComparison,
  ModelVerdict,
  OutOfFoldPrediction,
} from '../../electron/contract/index.ts'

/** A cell of the confusion matrix. */
export interface Cell {
  truth: string
  predicted: string
}

/** An image with a model's prediction, as the lists of the model screen show it. */
export interface ImageLine {
  key: string
  /** null: not in this workspace, e.g. for an imported model. */
  imageId: number | null
  name: string
  caseName: string | null
  /** The label at training, or the present one for images of the workspace. */
  truth: string | null
  suggested: string
  /** Probability of the suggested class. */
  probability: number | null
  carcinomaScore: number | null
}

/** A training image, predicted out of fold. */
export const outOfFoldLine = (prediction: OutOfFoldPrediction, image: ImageView | undefined): ImageLine => ({
  // An image may have several regions.
  key: `${prediction.sha256} ${prediction.image}`,
  imageId: image?.id ?? null,
  name: prediction.image,
  caseName: prediction.caseName,
  truth: prediction.truth,
  suggested: prediction.predicted,
  probability: prediction.probabilities[prediction.predicted] ?? null,
  carcinomaScore: prediction.carcinomaScore,
})

/** An image of the workspace with a model's newest prediction. */
export const predictionLine = (verdict: ModelVerdict, image: ImageView | undefined): ImageLine => ({
  key: String(verdict.imageId),
  imageId: image?.id ?? null,
  name: image?.fileName ?? String(verdict.imageId),
  caseName: image?.caseName ?? null,
  truth: image?.label?.className ?? null,
  suggested: verdict.suggested,
  probability: null,
  carcinomaScore: verdict.carcinomaScore,
})

export type Flip = ModelComparison['flips'][number]

export interface FlipLine extends ImageLine {
  /** What the other model suggests. */
  other: string
  right: Flip['right']
}

/** An image for which two models suggest different classes; `suggested` is the second's. */
export const flipLine = (flip: Flip, image: ImageView | undefined): FlipLine => ({
  key: `${flip.sha256} ${flip.image}`,
  imageId: image?.id ?? null,
  name: flip.image,
  caseName: image?.caseName ?? null,
  truth: flip.truth,
  suggested: flip.second,
  probability: null,
  carcinomaScore: null,
  other: flip.first,
  right: flip.right,
})
