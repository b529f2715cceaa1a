import { basename, dirname } from 'node:path'
import {
  AppError,
  originOf,
  subgroupColumns,
  type CallInput,
  type ImageView,
  type SubgroupColumn,
  type Subgroups,
} from '../../contract/index.ts'
import { subgroupsOf } from '../../engine/evaluation/subgroups.ts'
import { findModelInUse, listImages, readTrainingReport, type Readable } from '../../store/index.ts'

type Values = NonNullable<CallInput<'model.subgroups'>['values']>

/**
 * The out-of-fold accuracy of a model by a column: one that images have, or the values of a table by case or file name.
 * Images of a package that this workspace does not have have no value; those of locked test sets are left out.
 * @throws AppError `model.not-found`, `model.none`, `model.none-in-use`, `model.no-report`
 */
export function readSubgroups(
  database: Readable,
  { model: name, column, values }: { model: string | null; column: string; values: Values | null },
): Subgroups {
  const model = findModelInUse(database, name)
  const training = readTrainingReport(database, model.id)
  if (training === null) throw new AppError('model.no-report', { model: model.name })
  const images = new Map(listImages(database).map((image) => [image.sha256, image]))
  const valueOf = values === null ? ownValue(column) : tableValue(values)
  const rows = training.predictions.flatMap(({ sha256, caseName, truth, predicted }) => {
    const image = images.get(sha256)
    if (image?.testSet) return []
    const value = image === undefined ? null : valueOf(image)
    return [{ caseName, value, isRight: truth === predicted }]
  })
  return { model: model.name, column, ...subgroupsOf(rows) }
}

type ValueOf = (image: ImageView) => string | null

const valuesOf: Readonly<Record<SubgroupColumn, ValueOf>> = {
  folder: ({ originalPath }) => basename(dirname(originalPath)) || null,
  'case-prefix': ({ caseName }) => /^(?:\p{L}+|\p{N}+)/u.exec(caseName ?? '')?.[0] ?? null,
  'pixel-size': ({ pixelSizeUm }) =>
    pixelSizeUm === null ? null : `${Number(pixelSizeUm.toPrecision(2))} um`,
  format: ({ format }) => format,
  'label-source': ({ label }) => (label === null ? null : originOf(label)),
}

function ownValue(column: string): ValueOf {
  const known = subgroupColumns.find((name) => name === column)
  return known === undefined ? () => null : valuesOf[known]
}

/** By the name of the file, or else of the case; upper and lower case, and spellings of one accent, are the same. */
function tableValue(values: Values): ValueOf {
  const byName = new Map(values.map(({ name, value }) => [keyOf(name), value.trim()]))
  return ({ fileName, caseName }) => {
    const value = byName.get(keyOf(fileName)) ?? (caseName === null ? undefined : byName.get(keyOf(caseName)))
    return value === undefined || value === '' ? null : value
  }
}

const keyOf = (name: string): string => name.trim().normalize('NFC').toLowerCase()
