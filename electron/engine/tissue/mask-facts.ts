import { maskCellUm, maskClasses, type MaskClass, type TissueMask } from './tissue-mask.ts'

/** Area of each class, mm2. */
export function maskAreas({ cells }: TissueMask): Record<MaskClass, number> {
  const areas: Record<MaskClass, number> = { background: 0, tissue: 0, pen: 0, border: 0, blur: 0 }
  for (const code of cells) areas[maskClasses[code] ?? 'background'] += 1
  for (const name of maskClasses) areas[name] *= maskCellUm ** 2 / 1e6
  return areas
}

const words: Record<MaskClass, string> = {
  background: 'glass or too pale',
  tissue: 'tissue',
  pen: 'pen',
  border: 'black border',
  blur: 'blurred',
}

/** Why a mask has no tissue, in words; null: it has some. */
export function whyNoTissue(mask: TissueMask): string | null {
  const areas = maskAreas(mask)
  if (areas.tissue > 0) return null
  const all = maskClasses.reduce((sum, name) => sum + areas[name], 0)
  const parts = maskClasses
    .filter((name) => areas[name] > 0)
    .sort((left, right) => areas[right] - areas[left])
    .map((name) => `${((100 * areas[name]) / all).toFixed(1)} % is ${words[name]}`)
  return `No tissue was found: ${parts.join(', ')}.`
}
