import { atOnce } from '../../electron/base/slices.ts'
import * as later from '../../electron/features/images/set-later.ts'
import * as labels from '../../electron/features/labels/labels.ts'
import * as regions from '../../electron/features/regions/import-regions.ts'
import * as entries from '../../electron/features/undo/undo-entries.ts'
import * as stack from '../../electron/features/undo/undo-stack.ts'
import type { ActionView, CallOutput, RegionImportReport } from '../../electron/contract/index.ts'

/** Changes that are made in slices, here without a pause between them. */

export const setLabels = (...given: Parameters<typeof labels.setLabels>): void =>
  atOnce(labels.setLabels(...given))

export const adjudicate = (...given: Parameters<typeof labels.adjudicate>): void =>
  atOnce(labels.adjudicate(...given))

export const undoLabels = (...given: Parameters<typeof entries.undoLabels>): void =>
  atOnce(entries.undoLabels(...given))

export const undoRegions = (...given: Parameters<typeof entries.undoRegions>): CallOutput<'region.undo'> =>
  atOnce(entries.undoRegions(...given))

export const makeStep = (
  ...given: Parameters<typeof stack.makeStep>
): { action: ActionView; imageIds: number[] } => atOnce(stack.makeStep(...given))

export const setCaseLater = (...given: Parameters<typeof later.setCaseLater>): CallOutput<'image.setCase'> =>
  atOnce(later.setCaseLater(...given))

export const setPixelSizeLater = (
  ...given: Parameters<typeof later.setPixelSizeLater>
): CallOutput<'image.setPixelSize'> => atOnce(later.setPixelSizeLater(...given))

export const setRemovedLater = (
  ...given: Parameters<typeof later.setRemovedLater>
): CallOutput<'image.setRemoved'> => atOnce(later.setRemovedLater(...given))

export const importRegions = (...given: Parameters<typeof regions.importRegions>): RegionImportReport =>
  atOnce(regions.importRegions(...given))
