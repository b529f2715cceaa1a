export const effortStrings = {
  effort: {
    title: 'Effort of a suggestion',
    text: 'A suggestion is averaged over many augmentations of an image: other stain strengths, turned and cut at random. Each one takes time.',
    legend: 'Augmentations',
    full: 'All of the recipe',
    fullHint: 'The figures as the method has them.',
    adaptive: 'Until the answer is settled',
    adaptiveHint:
      'Stops when, with 95 % confidence, all of them would give the same class and the same side of the operating point. Probabilities differ a little from those of all.',
  },
} as const
