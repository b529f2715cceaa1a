/** Shown wherever users meet results. */
export const researchUseSentence = 'For Research Use Only. Not for use in diagnostic procedures.'

/** Shown wherever a result comes from untrained encoders. */
export const untrainedWarning =
  'UNTRAINED ENCODER: these results test the machinery and say nothing about tissue.'
