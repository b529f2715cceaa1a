import type { TourStep } from '../../state/tour.svelte.ts'

export const tourStrings = {
  tour: {
    offer: 'New here? A tour shows the window in five steps.',
    start: 'Take the tour',
    no: 'No, thanks',
    menu: 'Tour',
    skip: 'Skip the tour',
    back: 'Back',
    next: 'Next',
    done: 'Done',
    place: (place: number, count: number) => `Step ${place} of ${count}`,
    steps: {
      worklist: {
        title: 'The worklist',
        text: 'One image a row, with its case, what readers say and what a model suggests. The filters narrow it, the head of a column sorts it, Enter opens an image.',
      },
      label: {
        title: 'Labels by keys',
        text: 'The keys 1 to 9 say what you see; U takes it back. Each label is kept with your name the moment it is given, and nothing is ever erased.',
      },
      train: {
        title: 'Train on this machine',
        text: 'From labels of at least two classes a model is trained here. Images of a case stay together, so that the figures in its report are honest. Nothing leaves this machine.',
      },
      classify: {
        title: 'Suggested classes',
        text: 'Select images and press C. Verdicts arrive one by one, each with its probability, score, likeness to the training images and flags. Worst first shows where a second look is worth most.',
      },
      help: {
        title: 'More',
        text: 'Keys, colours, the check of this machine and this tour are in this menu. Press ? at any time for the keys.',
      },
    } satisfies Record<TourStep, { title: string; text: string }>,
  },
} as const
