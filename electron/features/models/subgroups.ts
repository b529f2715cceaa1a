import type { Sliced } from '../../base/slices.ts'
import { AppError, type Subgroups, type TableValues } from '../../contract/index.ts'
import { subgroupsOf } from '../../engine/evaluation/subgroups.ts'
import { currentImages, findModelInUse, readTrainingReport, type Readable } from '../../store/index.ts'
import { columnValues } from '../images/column-values.ts'

/**
 * The out-of-fold accuracy of a model by a column, in slices: one that images have, or the values of a table by case or file name.
 * Images of a package that this workspace does not have have no value; those of locked test sets are left out.
 * @throws AppError `model.not-found`, `model.none`, `model.none-in-use`, `model.no-report`
 */
export function* readSubgroups(
  database: Readable,
  { model: name, column, values }: { model: string | null; column: string; values: TableValues | null },
): Sliced<Subgroups> {
  const model = findModelInUse(database, name)
  const training = readTrainingReport(database, model.id)
  if (training === null) throw new AppError('model.no-report', { model: model.name })
  const images = new Map((yield* currentImages(database, null)).map((image) => [image.sha256, image]))
  yield
  const valueOf = columnValues(column, values)
  const rows = training.predictions.flatMap(({ sha256, caseName, truth, predicted }) => {
    const image = images.get(sha256)
    if (image?.testSet) return []
    const value = image === undefined ? null : valueOf(image)
    return [{ caseName, sha256, value, isRight: truth === predicted }]
  })
  return { model: model.name, column, ...subgroupsOf(rows) }
}
