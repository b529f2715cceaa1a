import type { ClassScheme } from '../../electron/contract/index.ts'
import type { Action } from './action.ts'
import type { ViewerContext } from './contexts.ts'

export const isAdjudicating = ({ lobule }: ViewerContext): boolean => lobule.review.adjudicating.isOn

/** Actions while the image in the viewer is adjudicated. Their keys go before those of the reader's own label. */
export const adjudicationActions = [
  {
    id: 'adjudication.save',
    title: 'Save the adjudication',
    group: 'review',
    keys: ['Enter'],
    when: isAdjudicating,
    run: ({ lobule }) => lobule.review.adjudicating.save(),
  },
  {
    id: 'adjudication.reason',
    title: 'Reason of the adjudication',
    group: 'review',
    keys: ['N'],
    when: isAdjudicating,
    run: ({ lobule }) => lobule.review.adjudicating.reasonRequests++,
  },
  {
    id: 'adjudication.end',
    title: 'End the adjudication without saving',
    group: 'review',
    keys: ['Escape'],
    when: isAdjudicating,
    run: ({ lobule }) => lobule.review.adjudicating.end(),
  },
] as const satisfies readonly Action<ViewerContext>[]

/** One action for each class: chooses the adjudicated class. */
export const adjudicationClassActions = (classes: ClassScheme): Action<ViewerContext>[] =>
  classes.map(({ name, key }) => ({
    id: `adjudication.choose ${name}`,
    title: `Adjudicate as ${name}`,
    group: 'review',
    line: 'Class of the adjudication',
    keys: [key],
    isByClass: true,
    when: isAdjudicating,
    run: ({ lobule }) => lobule.review.adjudicating.choose(name),
  }))
