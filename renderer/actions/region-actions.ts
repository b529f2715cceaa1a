import type { ClassScheme } from '../../electron/contract/index.ts'
import type { Action } from './action.ts'
import type { RegionContext } from './contexts.ts'
import { directionOf } from './viewer-actions.ts'

const isDrawing = ({ regions }: RegionContext): boolean => regions.slide.pen.isDrawing
const hasPen = ({ regions }: RegionContext): boolean => regions.slide.pen.isOn
const hasChosen = ({ regions }: RegionContext): boolean => regions.chosen() !== null

/** Actions on the regions of the image in the viewer. Their keys go before the viewer's own. */
export const regionActions = [
  {
    id: 'regions.rectangle',
    call: 'region.add',
    title: 'Draw a rectangle',
    group: 'regions',
    line: 'Rectangle, polygon, point',
    keys: ['B'],
    run: ({ regions }) => regions.toggleTool('rectangle'),
  },
  {
    id: 'regions.polygon',
    call: 'region.add',
    title: 'Draw a polygon',
    group: 'regions',
    line: 'Rectangle, polygon, point',
    keys: ['P'],
    run: ({ regions }) => regions.toggleTool('polygon'),
  },
  {
    id: 'regions.point',
    call: 'region.add',
    title: 'Set a point',
    group: 'regions',
    line: 'Rectangle, polygon, point',
    keys: ['D'],
    run: ({ regions }) => regions.toggleTool('point'),
  },
  {
    id: 'regions.ruler',
    call: 'region.add',
    title: 'Ruler (the line is saved)',
    group: 'regions',
    keys: ['M'],
    run: ({ regions }) => regions.toggleTool('line'),
  },
  {
    id: 'regions.corner',
    title: 'Set a corner at the crosshair',
    group: 'regions',
    keys: ['Enter'],
    when: hasPen,
    run: ({ regions }) => regions.slide.setCornerAtCentre(),
    isKeyOnly: true,
  },
  {
    id: 'regions.close-outline',
    title: 'Close the polygon',
    group: 'regions',
    keys: ['Shift+Enter'],
    when: hasPen,
    run: ({ regions }) => regions.slide.pen.close(),
    isKeyOnly: true,
  },
  {
    id: 'regions.undo-corner',
    title: 'Remove the last corner',
    group: 'regions',
    keys: ['Backspace'],
    when: isDrawing,
    repeats: true,
    run: ({ regions }) => regions.slide.pen.removeCorner(),
    isKeyOnly: true,
  },
  {
    id: 'regions.next',
    title: 'Next region',
    group: 'regions',
    line: 'Next or previous region',
    keys: ['.'],
    repeats: true,
    run: ({ regions }) => regions.step(1),
  },
  {
    id: 'regions.previous',
    title: 'Previous region',
    group: 'regions',
    line: 'Next or previous region',
    keys: [','],
    repeats: true,
    run: ({ regions }) => regions.step(-1),
  },
  {
    id: 'regions.comment',
    call: 'region.change',
    title: 'Comment on the region',
    group: 'regions',
    keys: ['N'],
    when: hasChosen,
    run: ({ regions }) => regions.beginComment(),
  },
  {
    id: 'regions.nudge',
    call: 'region.change',
    title: 'Move the selected region',
    group: 'regions',
    keys: ['Ctrl+ArrowUp', 'Ctrl+ArrowDown'],
    aliases: ['Ctrl+ArrowLeft', 'Ctrl+ArrowRight'],
    when: hasChosen,
    repeats: true,
    run: ({ regions }, event) => regions.nudge(...directionOf(event)),
    isKeyOnly: true,
  },
  {
    id: 'regions.delete',
    call: 'region.delete',
    title: 'Delete the region',
    group: 'regions',
    keys: ['Delete'],
    aliases: ['Backspace'],
    when: (context) => hasChosen(context) || context.regions.hasDeleted(),
    run: ({ regions }) => regions.remove(),
  },
  {
    id: 'regions.put-pen',
    title: 'Put the drawing tool away',
    group: 'regions',
    keys: ['Escape'],
    when: hasPen,
    run: ({ regions }) => regions.slide.pen.escape(),
    isKeyOnly: true,
  },
  {
    id: 'regions.let-go',
    title: 'Deselect the region',
    group: 'regions',
    keys: ['Escape'],
    when: hasChosen,
    run: ({ regions }) => regions.choose(null),
  },
] as const satisfies readonly Action<RegionContext>[]

/** One action for each class: sets the class of the selected region. */
export const regionClassActions = (classes: ClassScheme): Action<RegionContext>[] =>
  classes.map(({ name, key }) => ({
    id: `regions.class ${name}`,
    call: 'region.change',
    title: `Class of the region: ${name}`,
    group: 'regions',
    line: 'Class of the region',
    keys: [key],
    isByClass: true,
    when: hasChosen,
    run: ({ regions }) => regions.setClass(name),
  }))
