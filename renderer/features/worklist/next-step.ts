import type { CallName } from '../../../electron/contract/index.ts'
import type { Counts } from '../../state/filters.ts'
import type { Lobule } from '../../state/lobule.svelte.ts'
import { strings } from '../../words/index.ts'

interface NextStep {
  /** The call that it makes or leads to. */
  call: CallName
  text: string
  action?: { label: string; run: () => void }
}

/**
 * What to do next; null: nothing, or what the role of the user is not enough for.
 * @param totals of all images
 */
export function nextStepOf(lobule: Lobule, totals: Counts): NextStep | null {
  // Until the end of blind reading nothing else is next.
  if (lobule.jobs.active.length > 0 || lobule.isBlind) return null
  const step = stepOf(lobule, totals)
  return step !== null && lobule.users.may(step.call) ? step : null
}

function stepOf(lobule: Lobule, totals: Counts): NextStep | null {
  const { images, models, navigation } = lobule
  const { candidate } = models
  if (models.encoders.length === 0) return null
  if (models.encoders.every((encoder) => encoder.source === 'missing'))
    return {
      call: 'encoder.fetch',
      text: strings.next.encoder,
      action: { label: strings.next.encoderAction, run: () => navigation.open({ name: 'encoders' }) },
    }
  if (candidate !== undefined)
    return {
      call: 'model.promote',
      text: strings.next.candidate(candidate.name),
      action: { label: strings.next.candidateAction, run: () => lobule.openReport(candidate.name) },
    }
  if (models.inUse !== undefined) {
    const missing = images.all.filter((image) => image.verdict === null && !image.readings.isWithheld)
    // Labelled ones may be of the training, on which a model says little; they come after those that wait for a reader.
    const unread = missing.filter(({ readings }) => readings.all.length === 0)
    const next = (unread.length > 0 ? unread : missing).map(({ id }) => id)
    if (next.length === 0) return null
    return {
      call: 'model.classify',
      text: strings.next.classify(next.length, unread.length > 0),
      action: { label: strings.next.classifyAction, run: () => void lobule.jobControl.classify(next) },
    }
  }
  if (totals.labels.size < 2) return { call: 'image.label', text: strings.next.label2 }
  return {
    call: 'model.train',
    text: strings.next.train(totals.shows.labelled),
    action: { label: strings.next.trainAction, run: () => navigation.open({ name: 'train' }) },
  }
}
