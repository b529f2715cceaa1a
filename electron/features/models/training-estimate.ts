import type { Recipe, TrainingEstimate } from '../../contract/index.ts'
import { constituentsOf } from '../../engine/descriptors/constituents.ts'
import { membersOf } from '../../engine/recipe/members.ts'
import { freeBytesAt } from '../../base/free-space.ts'
import type { JobServices } from '../../session/job-services.ts'
import { encodableField, encodableImage, encodingWork } from '../encoders/encoding-work.ts'
import { trainingBytes } from './training-space.ts'
import { listClasses } from '../../store/index.ts'
import { hashesOf } from '../encoders/describe-fields.ts'
import { countFields, fieldsToDescribe, readTrainingItems } from './training-items.ts'

/**
 * Estimates a training on the current labels. Only the names of descriptor files are checked: a damaged file counts as
 * present, although the training makes it again. An encoder that is not installed counts as having no descriptors.
 * @param regions whether labelled regions are used as training fields; those without tissue count too
 */
export async function estimateTraining(
  { recipe, regions }: { recipe: Recipe; regions: boolean },
  { workspace, compute, homeDirectory }: Pick<JobServices, 'workspace' | 'compute' | 'homeDirectory'>,
): Promise<TrainingEstimate> {
  const { path, database, folders } = workspace
  const { items, fields } = await workspace.read((own) => readTrainingItems(own, { recipe, regions }))
  const images = items.filter(({ region }) => region === null).map(({ image }) => image)
  const installed = await compute.run('encoderList', { homeDirectory })
  const all = [
    ...images.map((image) => encodableImage(image, recipe)),
    ...fieldsToDescribe(fields).flatMap((one) =>
      hashesOf(one, recipe).map((hash) => encodableField(hash, recipe)),
    ),
  ]
  const encoded = countFields(items)
  const classes = listClasses(database).length
  return {
    images: images.length,
    fields: encoded - images.length,
    boosters: constituentsOf(recipe).length * membersOf(recipe).length,
    encoders: await encodingWork(all, recipe, installed, folders.descriptors),
    bytes: trainingBytes(encoded, classes, recipe),
    freeBytes: await freeBytesAt(path),
  }
}
