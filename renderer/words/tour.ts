export const tourStrings = {
  tour: {
    offer: 'New here? Take a tour in five steps.',
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
        text: 'Each row is an image with its case, the readers’ labels and the suggested class. Use the filters to narrow the list, click a column header to sort it, and press Enter to open an image.',
      },
      label: {
        title: 'Label with the keyboard',
        text: 'Press 1 to 9 to choose a class; press U to undo. Each label is saved at once with your name, and nothing is ever erased.',
      },
      train: {
        title: 'Train on this computer',
        text: 'Once you have labels of at least two classes, you can train a model. Images of a case are kept together, so that its reported accuracy is not overestimated. No data leaves this computer.',
      },
      classify: {
        title: 'Suggested classes',
        text: 'Select images and press C. Suggestions appear one by one, each with its probability, score, likeness to the training images and flags. Use Worst first to see the images that most need a second look.',
      },
      help: {
        title: 'More',
        text: 'This menu contains keyboard shortcuts, appearance, the system check and this tour. Press ? at any time to see the keyboard shortcuts.',
      },
    },
  },
} as const
