import type { ClassScheme } from '../../electron/contract/index.ts'
import type { Action } from './action.ts'
import { isAdjudicating } from './adjudication-actions.ts'
import type { ViewerContext } from './contexts.ts'

const directions: Record<string, readonly [right: number, down: number]> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowDown: [0, 1],
  ArrowUp: [0, -1],
}

/** The direction of an arrow key: steps to the right and down. */
export function directionOf(event: KeyboardEvent | null): readonly [right: number, down: number] {
  return directions[event?.key ?? ''] ?? [0, 0]
}

const isReading = (context: ViewerContext): boolean => !isAdjudicating(context)

/** Actions on the image in the viewer. */
export const viewerActions = [
  {
    id: 'review.withdraw',
    call: 'image.label',
    title: 'Withdraw your label',
    group: 'review',
    keys: ['Delete'],
    aliases: ['Backspace'],
    when: isReading,
    run: ({ lobule }) => lobule.review.label(null),
  },
  {
    id: 'review.accept',
    call: 'image.label',
    title: 'Accept the suggested class',
    group: 'review',
    keys: ['A'],
    when: isReading,
    run: ({ lobule }) => lobule.review.accept(),
  },
  {
    id: 'review.unsure',
    call: 'image.label',
    title: 'Unsure',
    group: 'review',
    keys: ['S'],
    when: isReading,
    run: ({ lobule }) => lobule.review.label(null, true),
  },
  {
    id: 'review.comment',
    call: 'label.comment',
    title: 'Comment',
    group: 'review',
    keys: ['N'],
    when: isReading,
    run: ({ lobule }) => lobule.review.beginComment(),
  },
  {
    id: 'review.adjudicate',
    call: 'reading.adjudicate',
    title: 'Adjudicate',
    group: 'review',
    keys: ['J'],
    when: (context) => isReading(context) && context.lobule.review.canAdjudicate,
    run: ({ lobule }) => {
      // The keys of the classes belong to the adjudication, not to a region.
      lobule.regions.choose(null)
      lobule.review.adjudicate()
    },
  },
  {
    id: 'review.previous',
    title: 'Previous image',
    group: 'review',
    line: 'Previous or next image',
    keys: ['ArrowLeft'],
    repeats: true,
    run: ({ lobule }) => lobule.review.turn('previous'),
  },
  {
    id: 'review.next',
    title: 'Next image',
    group: 'review',
    line: 'Previous or next image',
    keys: ['ArrowRight'],
    repeats: true,
    run: ({ lobule }) => lobule.review.turn('next'),
  },
  {
    id: 'viewer.zoom-in',
    title: 'Zoom in',
    group: 'viewer',
    line: 'Zoom in or out',
    keys: ['+'],
    aliases: ['='],
    repeats: true,
    run: ({ viewer }) => viewer.slide.zoomIn(),
  },
  {
    id: 'viewer.zoom-out',
    title: 'Zoom out',
    group: 'viewer',
    line: 'Zoom in or out',
    keys: ['-'],
    repeats: true,
    run: ({ viewer }) => viewer.slide.zoomOut(),
  },
  {
    id: 'viewer.fit',
    title: 'Fit to window',
    group: 'viewer',
    keys: ['F'],
    run: ({ viewer }) => viewer.slide.fit(),
  },
  {
    id: 'viewer.actual',
    title: 'Actual size (1:1)',
    group: 'viewer',
    keys: ['Z'],
    run: ({ viewer }) => viewer.slide.zoomTo(1),
  },
  {
    id: 'viewer.step-in',
    title: 'Next higher magnification',
    group: 'viewer',
    line: 'Next magnification step',
    keys: ['PageUp'],
    repeats: true,
    run: ({ viewer }) => viewer.step(1),
  },
  {
    id: 'viewer.step-out',
    title: 'Next lower magnification',
    group: 'viewer',
    line: 'Next magnification step',
    keys: ['PageDown'],
    repeats: true,
    run: ({ viewer }) => viewer.step(-1),
  },
  {
    id: 'viewer.pan',
    title: 'Move the image',
    group: 'viewer',
    keys: ['Shift+ArrowUp', 'Shift+ArrowDown'],
    aliases: ['Shift+ArrowLeft', 'Shift+ArrowRight'],
    repeats: true,
    run: ({ viewer }, event) => viewer.slide.pan(...directionOf(event)),
    isKeyOnly: true,
  },
  {
    id: 'viewer.rotate',
    title: 'Rotate by 90 degrees',
    group: 'viewer',
    keys: ['R'],
    run: ({ viewer }) => viewer.slide.rotate(),
  },
  {
    id: 'viewer.stain',
    title: 'Original or normalised stain',
    group: 'viewer',
    keys: ['T'],
    run: ({ viewer }) => viewer.slide.stain.toggle(),
  },
  {
    id: 'viewer.pin',
    title: 'Pin the image to compare it with others',
    group: 'viewer',
    keys: ['V'],
    run: ({ viewer }) => viewer.pin(),
  },
  {
    id: 'viewer.case-slides',
    title: 'Slides of the case side by side',
    group: 'viewer',
    keys: ['K'],
    run: ({ viewer }) => viewer.caseSlides.toggle(),
  },
  {
    id: 'viewer.link-slides',
    title: 'Move slides side by side together, or each by itself',
    group: 'viewer',
    keys: ['Shift+K'],
    when: ({ viewer }) => viewer.caseSlides.isShown,
    run: ({ viewer }) => viewer.caseSlides.toggleLink(),
  },
  {
    id: 'viewer.film-strip',
    title: 'Film strip of the case',
    group: 'viewer',
    keys: ['I'],
    run: ({ viewer }) => viewer.strip.toggle(),
  },
  {
    id: 'viewer.previous-of-case',
    title: 'Previous image of the case',
    group: 'viewer',
    line: 'Previous or next image of the case',
    keys: ['Ctrl+ArrowLeft'],
    // Not the first choice: on many keyboards it needs AltGr.
    aliases: ['['],
    when: ({ viewer }) => viewer.strip.images.length > 1,
    repeats: true,
    run: ({ viewer }) => viewer.strip.step(-1),
  },
  {
    id: 'viewer.next-of-case',
    title: 'Next image of the case',
    group: 'viewer',
    line: 'Previous or next image of the case',
    keys: ['Ctrl+ArrowRight'],
    aliases: [']'],
    when: ({ viewer }) => viewer.strip.images.length > 1,
    repeats: true,
    run: ({ viewer }) => viewer.strip.step(1),
  },
  {
    id: 'viewer.heat-map',
    title: 'Heat map',
    group: 'viewer',
    keys: ['H'],
    run: ({ viewer }) => viewer.heat.toggle(),
  },
  {
    id: 'viewer.compare-heat-maps',
    title: 'Compare with another model’s heat map',
    group: 'viewer',
    keys: ['Shift+H'],
    run: ({ viewer }) => viewer.heat.compareNext(),
  },
  {
    id: 'viewer.slide-map',
    title: 'Map of the slide',
    group: 'viewer',
    keys: ['O'],
    run: ({ viewer }) => viewer.slideMap.toggle(),
  },
  {
    id: 'viewer.analyse-slide',
    call: 'slide.analyse',
    title: 'Analyse slide…',
    group: 'viewer',
    when: ({ lobule, viewer }) => viewer.slideMap.isSlide && !lobule.isBlind,
    run: ({ viewer }) => viewer.slideMap.analyse(),
  },
  {
    id: 'viewer.full-screen',
    title: 'Full screen',
    group: 'viewer',
    keys: ['X'],
    run: ({ viewer }) => viewer.toggleFullScreen(),
  },
  {
    id: 'viewer.classify',
    call: 'model.classify',
    title: 'Classify this image',
    group: 'viewer',
    when: ({ lobule, viewer }) => lobule.models.inUse !== undefined && viewer.image() !== undefined,
    run: ({ lobule, viewer }) => {
      const image = viewer.image()
      if (image !== undefined) void lobule.jobControl.classify([image.id])
    },
  },
  {
    id: 'viewer.close',
    title: 'Back to the worklist',
    group: 'viewer',
    keys: ['Escape'],
    run: ({ lobule }) => lobule.navigation.closeImage(),
  },
] as const satisfies readonly Action<ViewerContext>[]

/** One action for each class: labels the image in the viewer. */
export const readingActions = (classes: ClassScheme): Action<ViewerContext>[] =>
  classes.map(({ name, key }) => ({
    id: `review.label ${name}`,
    call: 'image.label',
    title: `Label: ${name}`,
    group: 'review',
    line: 'Choose a class',
    keys: [key],
    isByClass: true,
    when: isReading,
    run: ({ lobule }) => lobule.review.label(name),
  }))
