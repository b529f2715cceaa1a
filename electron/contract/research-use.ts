import type { WeightsSource } from './encoders.ts'

/** Shown wherever users meet results. */
export const researchUseSentence = 'For Research Use Only. Not for use in diagnostic procedures.'

/** Shown wherever a result comes from untrained encoders. */
export const untrainedWarning =
  'UNTRAINED ENCODER: these results test the machinery and say nothing about tissue.'

/** Shown wherever a result comes from an encoder of one's own that nothing proves. */
export const unverifiedWarning =
  'UNVERIFIED ENCODER: nothing proves that it is run as its maker runs it. Its numbers may be wrong.'

/** The warning that belongs to results of these weights; null: none. */
export const weightsWarning = (weights: WeightsSource): string | null =>
  weights === 'untrained' ? untrainedWarning : weights === 'unverified' ? unverifiedWarning : null

/** A source of weights in a table: in capitals where results must not be trusted. */
export const weightsMark = (weights: WeightsSource | 'missing'): string =>
  weights === 'untrained' || weights === 'unverified' ? weights.toUpperCase() : weights
