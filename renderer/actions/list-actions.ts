import { isSlide, type ClassScheme } from '../../electron/contract/index.ts'
import { strings } from '../words/index.ts'
import type { Action } from './action.ts'
import type { ListContext } from './contexts.ts'
import { onCursor, onTargets } from './list-targets.ts'

/** Keys that move the cursor by these lines; infinite: to the end of the list. */
function linesOf(key: string, pageRows: number): number {
  const lines: Record<string, number> = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: pageRows,
    PageUp: -pageRows,
    Home: -Infinity,
    End: Infinity,
  }
  return lines[key] ?? 0
}

function move({ lobule, list }: ListContext, event: KeyboardEvent | null): void {
  if (event === null) return
  const { key, shiftKey } = event
  if (key === 'ArrowLeft') lobule.worklist.moveBy(-1, shiftKey)
  else if (key === 'ArrowRight') lobule.worklist.moveBy(1, shiftKey)
  else lobule.worklist.moveByLines(linesOf(key, list.pageRows()), list.columns(), shiftKey)
  queueMicrotask(list.reveal)
}

const hasTargets = ({ lobule }: ListContext): boolean => lobule.worklist.targetIds.length > 0

const hasSlides = ({ lobule }: ListContext): boolean =>
  lobule.worklist.targetIds.some((id) => {
    const image = lobule.images.find(id)
    return image !== undefined && isSlide(image)
  })

/** Actions of the worklist, on the selected images or the one under the cursor. */
export const listActions = [
  {
    id: 'list.clear-label',
    call: 'image.label',
    title: 'Clear the label',
    group: 'worklist',
    keys: ['Delete'],
    aliases: ['Backspace'],
    when: hasTargets,
    isInMenu: true,
    run: (context) => onTargets(context, (ids) => void context.lobule.labelling.setClass(ids, null)),
  },
  {
    id: 'list.extend',
    title: 'Extend the selection',
    group: 'worklist',
    keys: ['Shift+ArrowUp', 'Shift+ArrowDown'],
    repeats: true,
    run: move,
    isKeyOnly: true,
  },
  {
    id: 'list.move',
    title: 'Move up and down',
    group: 'worklist',
    keys: ['ArrowUp', 'ArrowDown'],
    aliases: ['PageUp', 'PageDown', 'Home', 'End'],
    ignoresModifiers: true,
    repeats: true,
    run: move,
    isKeyOnly: true,
  },
  {
    id: 'list.move-across',
    title: 'Move left and right in the grid',
    group: 'worklist',
    keys: ['ArrowLeft', 'ArrowRight'],
    ignoresModifiers: true,
    when: ({ list }) => list.columns() > 1,
    repeats: true,
    run: move,
    isKeyOnly: true,
  },
  {
    id: 'list.open',
    title: 'Open in the viewer',
    group: 'worklist',
    keys: ['Enter'],
    ignoresModifiers: true,
    when: ({ lobule }) => lobule.worklist.cursor !== undefined,
    isInMenu: true,
    run: ({ lobule }) => {
      const { cursorId } = lobule.worklist
      if (cursorId !== null) lobule.openImage(cursorId)
    },
  },
  {
    id: 'list.toggle',
    title: 'Select or deselect',
    group: 'worklist',
    keys: ['X'],
    ignoresModifiers: true,
    when: ({ lobule }) => lobule.worklist.cursor !== undefined,
    run: (context) => onCursor(context, ({ id }) => context.lobule.worklist.toggle(id)),
  },
  {
    id: 'list.peek',
    title: 'Larger picture',
    group: 'worklist',
    keys: [' '],
    when: ({ lobule }) => lobule.worklist.cursor !== undefined,
    isInMenu: true,
    run: ({ lobule, list }) => {
      lobule.view.isPeeking = !lobule.view.isPeeking
      list.reveal()
    },
  },
  {
    id: 'list.close-peek',
    title: 'Close the larger picture',
    group: 'worklist',
    keys: ['Escape'],
    ignoresModifiers: true,
    when: ({ lobule }) => lobule.view.isPeeking,
    run: ({ lobule }) => (lobule.view.isPeeking = false),
  },
  {
    id: 'list.select-all',
    title: 'Select all',
    group: 'worklist',
    keys: ['Ctrl+A'],
    run: ({ lobule }) => lobule.worklist.selectAll(),
  },
  {
    id: 'list.select-none',
    title: 'Clear the selection',
    group: 'worklist',
    keys: ['Escape'],
    ignoresModifiers: true,
    run: ({ lobule }) => lobule.worklist.selectNone(),
  },
  {
    id: 'list.select-case',
    title: 'Select the case',
    group: 'worklist',
    keys: ['Shift+C'],
    when: ({ lobule }) => lobule.worklist.cursor !== undefined,
    isInMenu: true,
    run: (context) => onCursor(context, ({ caseName }) => context.lobule.worklist.selectCase(caseName)),
  },
  {
    id: 'list.unsure',
    call: 'image.label',
    title: 'Unsure',
    group: 'worklist',
    keys: ['S'],
    when: hasTargets,
    isInMenu: true,
    run: (context) =>
      onTargets(context, (ids) =>
        context.lobule.labelling.save(ids, { className: null, isUnsure: true, comment: null }),
      ),
  },
  {
    id: 'list.classify',
    call: 'model.classify',
    title: 'Classify the selected images',
    group: 'worklist',
    keys: ['C'],
    isInMenu: true,
    run: ({ lobule }) => {
      if (lobule.models.inUse !== undefined) void lobule.jobControl.classify(lobule.worklist.targetIds)
      else lobule.alerts.show('warning', strings.toolbar.classifyNoModel)
    },
  },
  {
    id: 'list.analyse-slides',
    call: 'slide.analyse',
    title: 'Analyse the selected slides…',
    group: 'worklist',
    when: (context) => hasSlides(context) && !context.lobule.isBlind,
    isInMenu: true,
    run: ({ lobule }) =>
      lobule.navigation.open({
        name: 'analyse-slides',
        imageIds: lobule.worklist.targetIds,
        region: null,
      }),
  },
  {
    id: 'list.set-case',
    call: 'image.setCase',
    title: 'Set the case of the selected images…',
    group: 'worklist',
    when: (context) => hasTargets(context) && !context.lobule.isBlind,
    isInMenu: true,
    run: ({ lobule }) => lobule.navigation.open({ name: 'set-case', imageIds: lobule.worklist.targetIds }),
  },
  {
    id: 'list.set-pixel-size',
    call: 'image.setPixelSize',
    title: 'Set the pixel size of the selected images…',
    group: 'worklist',
    when: (context) => hasTargets(context) && !context.lobule.isBlind,
    isInMenu: true,
    run: ({ lobule }) =>
      lobule.navigation.open({ name: 'set-pixel-size', imageIds: lobule.worklist.targetIds }),
  },
  {
    id: 'list.assign',
    title: 'Assign the selected images to a reader…',
    group: 'worklist',
    call: 'assignment.add',
    when: (context) => hasTargets(context) && !context.lobule.isBlind,
    isInMenu: true,
    run: ({ lobule }) =>
      lobule.navigation.open({ name: 'assign-images', imageIds: lobule.worklist.targetIds }),
  },
  {
    id: 'list.remove',
    call: 'image.setRemoved',
    title: 'Remove the selected images from the workspace…',
    group: 'worklist',
    when: (context) => hasTargets(context) && !context.lobule.isBlind,
    isInMenu: true,
    run: ({ lobule }) =>
      lobule.navigation.open({ name: 'remove-images', imageIds: lobule.worklist.targetIds }),
  },
  {
    id: 'list.worst-first',
    title: 'Worst first',
    group: 'worklist',
    keys: ['W'],
    run: ({ lobule }) => lobule.worklist.sortWorstFirst(),
  },
  {
    id: 'list.label-next',
    title: 'What to label next',
    group: 'worklist',
    keys: ['Shift+W'],
    run: ({ lobule }) => lobule.worklist.sortLabelNext(),
  },
  {
    id: 'list.menu',
    title: 'Menu of the image',
    group: 'worklist',
    keys: ['Shift+F10'],
    aliases: ['ContextMenu'],
    when: ({ lobule }) => lobule.worklist.cursor !== undefined,
    run: ({ list }) => list.openMenu(),
    isKeyOnly: true,
  },
  {
    id: 'list.group',
    title: 'Group by case',
    group: 'worklist',
    keys: ['G'],
    run: ({ lobule }) => lobule.worklist.group(!lobule.worklist.isGrouped),
  },
  {
    id: 'list.grid',
    title: 'Grid or table',
    group: 'worklist',
    keys: ['V'],
    run: ({ lobule }) => lobule.view.toggleGrid(),
  },
  {
    id: 'list.larger-tiles',
    title: 'Larger pictures in the grid',
    group: 'worklist',
    line: 'Larger or smaller pictures in the grid',
    keys: ['+'],
    aliases: ['='],
    when: ({ lobule }) => lobule.view.isGrid,
    repeats: true,
    run: ({ lobule }) => lobule.view.resizeTiles(lobule.view.tileRem + 1),
  },
  {
    id: 'list.smaller-tiles',
    title: 'Smaller pictures in the grid',
    group: 'worklist',
    line: 'Larger or smaller pictures in the grid',
    keys: ['-'],
    when: ({ lobule }) => lobule.view.isGrid,
    repeats: true,
    run: ({ lobule }) => lobule.view.resizeTiles(lobule.view.tileRem - 1),
  },
  {
    id: 'list.clear-filters',
    title: 'Clear all filters',
    group: 'worklist',
    when: ({ lobule }) => lobule.worklist.isFiltered,
    run: ({ lobule }) => lobule.worklist.clearFilters(),
  },
  {
    id: 'list.reset-columns',
    title: 'Reset the columns',
    group: 'worklist',
    run: ({ lobule }) => lobule.columns.reset(),
  },
] as const satisfies readonly Action<ListContext>[]

/** Actions of the worklist whose keys work wherever the focus is, not only in the table. */
export const listWideActions = [
  {
    id: 'list.search',
    title: 'Search',
    group: 'worklist',
    keys: ['/'],
    run: ({ list }) => list.focusSearch(),
  },
] as const satisfies readonly Action<ListContext>[]

/** One action for each class: labels the selected images or the one under the cursor. */
export const labelActions = (classes: ClassScheme): Action<ListContext>[] =>
  classes.map(({ name, key }) => ({
    id: `list.label ${name}`,
    call: 'image.label',
    title: `Label: ${name}`,
    group: 'worklist',
    line: 'Set the label',
    keys: [key],
    isByClass: true,
    className: name,
    when: hasTargets,
    isInMenu: true,
    run: (context) => onTargets(context, (ids) => void context.lobule.labelling.setClass(ids, name)),
  }))
