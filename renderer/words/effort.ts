export const effortStrings = {
  effort: {
    title: 'Effort per suggestion',
    text: 'A suggestion is the average over many augmentations of the image: random variations of stain strength, rotation and crops. Each augmentation takes time.',
    legend: 'Augmentations',
    full: 'All augmentations of the recipe',
    fullHint: 'The standard method.',
    adaptive: 'Stop early when the result is clear',
    adaptiveHint:
      'Stops as soon as, with 95 % confidence, all augmentations together would give the same class and the same side of the operating point. Probabilities differ slightly from the standard method.',
  },
} as const
