import type { WeightsSource } from '../../electron/contract/index.ts'

/** What is said, wherever a result is shown, of weights that say nothing about tissue or may be run wrongly. */
interface WeightsDanger {
  readonly badge: string
  readonly tip: string
  /** In capitals, where there is room for a word. */
  readonly mark: string
  readonly title: string
  readonly ofSuggestion: string
  readonly ofTraining: string
  readonly ofMap: string
  readonly ofModel: string
}

const untrained: WeightsDanger = {
  badge: 'Untrained',
  tip: 'The encoder is not trained: this suggestion is meaningless',
  mark: 'UNTRAINED',
  title: 'UNTRAINED ENCODER',
  ofSuggestion:
    'The encoder of this suggestion is not trained. The suggestion only tests the program and is meaningless for the tissue.',
  ofTraining: 'The encoder is untrained. The result only tests the program and is meaningless for tissue.',
  ofMap: 'UNTRAINED ENCODER: this map is meaningless for tissue.',
  ofModel: 'UNTRAINED encoder: meaningless for tissue',
}

const unverified: WeightsDanger = {
  badge: 'Unverified',
  tip: 'Nothing proves that the encoder is run as its maker runs it: this suggestion may be wrong',
  mark: 'UNVERIFIED',
  title: 'UNVERIFIED ENCODER',
  ofSuggestion:
    'Nothing proves that the encoder of this suggestion is run as its maker runs it. Its numbers, and the suggestion, may be wrong.',
  ofTraining:
    'Nothing proves that the encoder is run as its maker runs it: its manifest has no probe. The result may be wrong.',
  ofMap: 'UNVERIFIED ENCODER: nothing proves that it is run as its maker runs it. This map may be wrong.',
  ofModel: 'UNVERIFIED encoder: it may be run wrongly',
}

/** null: nothing has to be said. */
export const weightsDanger = (weights: WeightsSource | 'missing' | undefined): WeightsDanger | null =>
  weights === 'untrained' ? untrained : weights === 'unverified' ? unverified : null
