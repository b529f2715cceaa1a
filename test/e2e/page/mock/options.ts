export interface FakeOptions {
  acknowledged: boolean
  /** Images in the workspace that is open at the start; null: none is open. */
  images: number | null
  isClassified: boolean
  /** How long a job takes. */
  jobMs: number
  auditEvents: number
  /** Whether the audit trail is broken. */
  isTampered: boolean
  /** Whether this machine has seen a newer state of the trail. */
  isOlderCopy: boolean
  /** Every n-th image cannot be classified the first time; 0: all can. */
  failEvery: number
  /** Whether a classification of all images was interrupted at the twelfth. */
  isInterrupted: boolean
  /** How long a label takes to be saved. */
  labelMs: number
  /** Labels given after a suggestion of each model. */
  labelsInUse: number
  /** Whether the encoder that comes with Lobule is there. */
  hasStarter: boolean
}

export const usualOptions: FakeOptions = {
  acknowledged: true,
  images: null,
  isClassified: false,
  jobMs: 400,
  auditEvents: 120,
  isTampered: false,
  isOlderCopy: false,
  failEvery: 0,
  isInterrupted: false,
  labelMs: 0,
  labelsInUse: 0,
  hasStarter: false,
}
