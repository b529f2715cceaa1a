import type { StainReport, Stains } from '../../contract/stain.ts'
import type { StainFit, StainFitResult } from '../stain/index.ts'

/** A stain fit as it is reported outside. */
export function stainReport({
  tissueFraction,
  tissuePixels,
  fit,
  quality,
  degenerate,
}: StainFitResult): StainReport {
  return {
    tissueFraction,
    tissuePixels,
    stains: fit === null ? null : stainsOf(fit),
    degenerate,
    fitQuality: quality,
  }
}

/** Two stains as they are reported outside; `stainFitOf` is the way back. */
export const stainsOf = ({ hematoxylin, eosin, maximum }: StainFit): Stains => ({
  stainMatrix: { hematoxylin: [...hematoxylin], eosin: [...eosin] },
  maximum: { hematoxylin: maximum[0], eosin: maximum[1] },
})

export const stainFitOf = ({ stainMatrix, maximum }: Stains): StainFit => ({
  ...stainMatrix,
  maximum: [maximum.hematoxylin, maximum.eosin],
})
