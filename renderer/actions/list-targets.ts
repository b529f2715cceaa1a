import type { ImageView } from '../../electron/contract/index.ts'
import { strings } from '../words/index.ts'
import type { ListContext } from './contexts.ts'

/**
 * Acts on images that the user sees, or else changes nothing and says why; the next press acts. If a larger picture is
 * open, it must show the only image that is changed: what a reader looks at is what the reader labels.
 */
function onSeen(
  { lobule, list }: ListContext,
  imageIds: readonly number[],
  { isSeen }: { isSeen: boolean },
  run: (imageIds: readonly number[]) => unknown,
): void {
  const peekedId = list.peekedId()
  if (peekedId !== null && imageIds.some((id) => id !== peekedId)) {
    list.closePeek()
    const [shown, changed] = [lobule.images.wordsOf([peekedId]), lobule.images.wordsOf(imageIds)]
    lobule.alerts.remark(strings.worklist.peekWasOther(shown, changed))
  } else if (isSeen) {
    run(imageIds)
  } else {
    list.reveal()
    lobule.alerts.remark(strings.worklist.cursorWasOut)
  }
}

/** Changes the selected images, which are counted above the list, or the one under the cursor. */
export function onTargets(context: ListContext, run: (imageIds: readonly number[]) => unknown): void {
  const { selectedIds, targetIds } = context.lobule.worklist
  onSeen(context, targetIds, { isSeen: selectedIds.length > 0 || context.list.isCursorInView() }, run)
}

/** Acts on the image under the cursor, whatever is selected. */
export function onCursor(context: ListContext, run: (image: ImageView) => unknown): void {
  const { cursor } = context.lobule.worklist
  if (cursor === undefined) return
  onSeen(context, [cursor.id], { isSeen: context.list.isCursorInView() }, () => run(cursor))
}
