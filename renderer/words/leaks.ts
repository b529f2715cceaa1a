import { formatCount } from './format.ts'

export const leaksStrings = {
  leaks: {
    title: 'Leaks',
    text: 'A model that saw its test images looks better than it is. Lobule compares all images with each other and looks at the names of cases and files.',
    blind: 'What is found names images and cases, which could influence a blind reading.',
    open: 'Leaks…',
    show: 'Show leaks',
    compare: 'Look for leaks',
    compareAgain: 'Look again',
    comparing: (share: string | null) =>
      share === null ? 'Comparing images…' : `Comparing images: ${share}`,
    cancel: 'Cancel the comparison',
    tones: { leak: 'Leak:', note: 'Note:', good: 'Good:' },
    copies: 'Images of different cases that show the same tissue',
    noCase: 'No case',
    caseOf: (name: string) => `Case: ${name}`,
    openPair: (first: string, second: string) => `View ${first} and ${second}`,
    more: (count: number) => `${formatCount(count)} more. "lobule leaks" lists them all.`,
    advice: 'Give both images the same case, or leave one of them out.',
    suspected: (count: number) =>
      count === 1
        ? '1 leak is suspected. The figures of a model may be too high.'
        : `${formatCount(count)} leaks are suspected. The figures of a model may be too high.`,
    notCompared: 'The images were not searched for copies yet.',
  },
} as const
