/**
 * The columns of the worklist, in display order, each with the fields of the CSV that hold the same facts. The page
 * draws them (renderer/features/worklist/columns), the CSV writer fills their fields.
 */
export const worklistColumns = {
  file: ['image', 'file', 'page'],
  case: ['case'],
  state: ['state'],
  label: ['label', 'label by', 'label at', 'comment'],
  readers: ['readings'],
  suggested: ['suggested class', 'prediction set', 'model', 'weights', 'out of fold', 'suggested at'],
  probability: ['probability', 'raw probability'],
  score: ['two-class score'],
  spread: ['spread boosters', 'spread augmentations'],
  likeness: ['likeness p', 'likeness distance'],
  areas: ['positive tissue', 'analysed mm2', 'slide model', 'suggested for slide'],
  flags: ['flags'],
  attention: ['priority'],
  size: ['width px', 'height px', 'pixel size um'],
} as const satisfies Record<string, readonly string[]>

export type WorklistColumnId = keyof typeof worklistColumns

/** A field of the worklist's CSV that belongs to a column. */
export type WorklistCsvField = (typeof worklistColumns)[WorklistColumnId][number]

export const worklistColumnIds = Object.keys(worklistColumns) as readonly WorklistColumnId[]
