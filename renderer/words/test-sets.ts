import { cases, images } from './counts.ts'

export const testSetsStrings = {
  testSets: {
    title: 'Locked test sets',
    none: 'None. Lock some cases before the first training: a model tested on them later was never tuned to them.',
    blind: 'Shown when blind reading ends.',
    lock: 'Lock a test set…',
    size: (imageCount: number, caseCount: number) => `${images(imageCount)}, ${cases(caseCount)}`,
    released: 'Released',
    collecting: 'Takes later images',
    lockedBy: (at: string, reader: string) => `Locked ${at} by ${reader}`,
    unknown: 'unknown',
    facts: {
      locked: 'Locked',
      reason: 'Reason',
      rule: 'Chosen',
      images: 'Images',
      labelled: 'With a label',
      cases: 'Cases',
      opened: 'Opened',
      released: 'Released',
    },
    rules: {
      cases: 'By case',
      images: 'Selected images, with their cases',
      later: 'Images imported later',
    },
    column: (name: string, value: string) => `${name}: ${value}, whole cases`,
    random: (share: string, seed: number) => `${share} of the cases at random, seed ${seed}`,
    by: (at: string, reader: string) => `${at}, ${reader}`,
    suggestedBefore: (count: number) =>
      `${images(count)} had a suggested class before they were locked: someone may know how a model does on them.`,
    trained: (model: string, count: number) =>
      `${model} was trained on ${images(count)} of it or of its cases, and is not tested on those.`,
    openedNote: 'To look at these figures again is no opening. They are also in the report of each model.',
    open: 'Open for a model…',
    close: 'Take no more images',
    release: 'Release…',
    opening: {
      title: (name: string) => `Open ${name}`,
      consequence:
        'The model is tested on every labelled image of the set. Who opened it, when, why and what was found is recorded in the audit trail and shown in the report. It cannot be undone.',
      model: 'Model',
      again: (times: number) =>
        `It was opened for this model ${times === 1 ? 'once' : `${times} times`} already. Opening it again makes it less of a test; the number is shown beside every figure.`,
      other: (times: number) =>
        `It was opened ${times === 1 ? 'once' : `${times} times`} for other models. Choosing among models by these figures makes them too good.`,
      reason: 'Why it is opened now',
      action: 'Open',
    },
    releasing: {
      title: (name: string) => `Release ${name}`,
      consequence: (count: number) =>
        `${images(count)} become ordinary images that models are trained on. This is for good: the set can never be locked or opened again.`,
      action: 'Release for good',
    },
    locking: {
      title: 'Lock a test set',
      hint: 'No model is trained on locked images, and no class is suggested for them, until you open the set for a model. All images of a case are locked together.',
      name: 'Name',
      choice: 'Which images',
      choices: {
        random: { label: 'A share of the cases, at random', hint: 'Drawn by class from the labelled cases' },
        cases: {
          label: 'These cases',
          hint: 'For example all cases of one hospital, also their later images',
        },
        column: {
          label: 'One site, or another value of a column',
          hint: 'For example all images from one folder. No case may be on both sides',
        },
        images: {
          label: 'The selected images',
          hint: 'As selected in the worklist, with all images of their cases',
        },
        later: { label: 'Images imported from now on', hint: 'Until you say that it takes no more images' },
      },
      share: 'Share of the cases, in percent',
      shareWrong: 'A number from 1 to 90',
      seed: 'Random seed',
      seedWrong: 'A whole number from 0',
      cases: 'Cases, one on each line',
      casesFound: (caseCount: number, imageCount: number) => `${cases(caseCount)}, ${images(imageCount)}`,
      casesUnknown: (name: string) => `This workspace has no case ${name}.`,
      column: 'Column',
      columnHint: 'By a table: lobule test-set lock --table FILE --column NAME --value VALUE',
      value: 'Value',
      valueHint: 'All images with it are locked',
      choose: 'Choose…',
      selected: (count: number) => `${images(count)} selected.`,
      reason: 'Reason',
      reasonHint: 'Recorded in the audit trail',
      action: 'Lock',
    },
    lockedDone: (name: string, imageCount: number, caseCount: number) =>
      `${name} is locked: ${images(imageCount)}, ${cases(caseCount)}.`,
    closedDone: (name: string) => `${name} takes no more images.`,
    releasedDone: (name: string) => `${name} was released.`,
    leftOut: (count: number) => `${images(count)} of locked test sets left out.`,
  },
} as const
