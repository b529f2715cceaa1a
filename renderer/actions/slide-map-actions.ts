import type { ClassScheme } from '../../electron/contract/index.ts'
import type { Action } from './action.ts'
import type { SlideMapContext } from './contexts.ts'

const hasPlace = ({ slideMap }: SlideMapContext): boolean => slideMap.hasPlace()

/** Actions on the map of the slide in the viewer, while it is shown. Their keys go before those of regions. */
export const slideMapActions = [
  {
    id: 'slide-map.next',
    title: 'Next place worth a look',
    group: 'slides',
    line: 'Next or previous place worth a look',
    keys: ['.'],
    repeats: true,
    run: ({ slideMap }) => slideMap.step(1),
  },
  {
    id: 'slide-map.previous',
    title: 'Previous place worth a look',
    group: 'slides',
    line: 'Next or previous place worth a look',
    keys: [','],
    repeats: true,
    run: ({ slideMap }) => slideMap.step(-1),
  },
  {
    id: 'slide-map.leave',
    title: 'Leave the place',
    group: 'slides',
    keys: ['Escape'],
    when: hasPlace,
    run: ({ slideMap }) => slideMap.leave(),
  },
  {
    id: 'slide-map.export',
    call: 'slide.write',
    title: 'Export the analysis of the slide…',
    group: 'slides',
    run: ({ slideMap }) => slideMap.export(),
  },
  {
    id: 'slide-map.calibrate',
    call: 'slide.calibrate',
    title: 'Threshold for slides…',
    group: 'slides',
    run: ({ slideMap }) => slideMap.calibrate(),
  },
] as const satisfies readonly Action<SlideMapContext>[]

/** One action for each class: labels the place that is looked at, as a region. */
export const placeActions = (classes: ClassScheme): Action<SlideMapContext>[] =>
  classes.map(({ name, key }) => ({
    id: `slide-map.label ${name}`,
    call: 'region.add',
    title: `Class of the place: ${name}`,
    group: 'slides',
    line: 'Label the place as a region',
    keys: [key],
    isByClass: true,
    when: hasPlace,
    run: ({ slideMap }) => slideMap.label(name),
  }))
