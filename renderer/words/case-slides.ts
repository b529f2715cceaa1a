import { formatNumber } from './format.ts'

export const caseSlidesStrings = {
  caseSlides: {
    toggle: 'Other slides of the case, side by side',
    none: 'No other slide of this case is in the workspace.',
    canvas: (name: string) => `Slide ${name} of the same case`,
    open: 'Open',
    openTip: 'Show this slide in the viewer',
    link: 'Move the slides together',
    linked: 'The slides move together, each from where it is.',
    unlinked: 'Each slide moves by itself.',
  },
  viewedAreas: {
    title: 'Looked at',
    tip: 'What you looked at, and at which magnification. It is kept while the workspace is open and is never stored.',
    from: (magnification: number) => `${formatNumber(magnification)}×`,
  },
} as const
