import { join, sep } from 'node:path'
import { z } from 'zod'
import { filesBelow } from '../../base/files-below.ts'
import { AppError, type CheckReport } from '../../contract/index.ts'
import { externalFolder } from '../../engine/descriptors/external-set.ts'
import {
  checkDatabase,
  compareSchema,
  currentImages,
  describeDifference,
  listBoosterHashes,
  listReferenceHashes,
  listSlideMaps,
} from '../../store/index.ts'
import { slideMapFile } from '../../engine/slides/map-file.ts'
import { referenceFile } from '../../engine/prediction/likeness-reference.ts'
import type { JobRun } from '../../queue/job-run.ts'
import { defineJob, requireWorkspace, type JobServices } from '../../session/job-services.ts'
import { fileState } from '../images/relink-images.ts'

const stage = 'Checking files'

export const checkJob = defineJob({
  kind: 'check',
  input: z.object({}),
  stages: [{ name: stage, unit: 'files', weight: 1 }],
  resumable: true,
  runsBeside: false,
  title: () => 'Check the workspace',
  check: requireWorkspace,
  run: checkWorkspace,
})

/**
 * Checks all parts of a workspace: the database, the content of image files, the checksums of descriptors, the hashes of
 * classifiers. Changes nothing. Each problem says what to do.
 */
export async function checkWorkspace(
  _: object,
  job: JobRun,
  { workspace, compute }: Pick<JobServices, 'workspace' | 'compute'>,
): Promise<CheckReport> {
  const { database, folders } = workspace
  const { signal } = job
  const damage = workspace.isInPlace()
    ? await compute.run('checkDatabase', { path: workspace.databasePath, folder: workspace.path }, { signal })
    : checkDatabase(database)
  const problems: CheckReport['problems'] = damage.map((message) => ({
    kind: 'database',
    path: workspace.path,
    message: `The database is damaged: ${message}. Restore the workspace from a backup; labels that are newer than the backup can be read with "lobule labels".`,
  }))
  if (!workspace.isInPlace()) {
    const { message } = new AppError('workspace.replaced', { path: workspace.path })
    problems.unshift({ kind: 'database', path: workspace.path, message })
  }
  for (const difference of compareSchema(database).map(describeDifference)) {
    const message = `The database is not as Lobule made it: ${difference}. Close the workspace, mend it with "lobule workspace mend", and verify the audit trail.`
    problems.push({ kind: 'database', path: workspace.path, message })
  }
  const images = await workspace.read((own) => currentImages(own, null))
  const descriptors = await filesBelow(folders.descriptors, '.npy')
  const external = join(folders.descriptors, externalFolder, sep)
  const boosters = listBoosterHashes(database)
  const references = listReferenceHashes(database)
  const maps = listSlideMaps(database)
  const total = images.length + descriptors.length + boosters.length + references.length + maps.length
  let done = 0
  const each = async <T>(items: readonly T[], check: (item: T) => Promise<void>): Promise<void> => {
    for (const item of items) {
      job.throwIfCancelled()
      job.progress.report(stage, done++, total)
      await check(item)
    }
  }

  await each(images, async (image) => {
    const { path } = image
    try {
      const state = await fileState(compute, image, signal)
      if (state === 'missing') {
        const message = `The file ${path} is missing. If it was moved, find it with "lobule workspace relink FOLDER".`
        problems.push({ kind: 'image-missing', path, message })
      } else if (state === 'changed') {
        const message = `The file ${path} was changed after the import. Restore the original or find it with "lobule workspace relink FOLDER". To have both, import this one again.`
        problems.push({ kind: 'image-changed', path, message })
      }
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'job.cancelled') throw error
      problems.push({ kind: 'image-unreadable', path, message: error.message })
    }
  })

  await each(descriptors, async (path) => {
    const isIntact = await compute.run('checkDescriptors', { path }, { signal }).catch((error: unknown) => {
      if (error instanceof AppError && error.code !== 'job.cancelled') return false
      throw error
    })
    if (isIntact) return
    const remedy = path.startsWith(external)
      ? 'It cannot be computed here: import the set again with "lobule descriptors import".'
      : 'Nothing is lost: the next training or classification computes it again.'
    const message = `The descriptor file ${path} is damaged. ${remedy}`
    problems.push({ kind: 'descriptors-damaged', path, message })
  })

  const files = [
    ...boosters.map((booster) => ({
      ...booster,
      content: 'classifier',
      path: join(folders.boosters, `${booster.sha256}.txt`),
    })),
    ...references.map((reference) => ({
      ...reference,
      content: 'vectors of the training images',
      path: referenceFile(folders.boosters, reference.sha256),
    })),
  ]
  const hashOf = (path: string): Promise<string | null> =>
    compute.run('hash', { path }, { signal }).catch((error: unknown) => {
      if (error instanceof AppError && error.code !== 'job.cancelled') return null
      throw error
    })
  await each(files, async ({ sha256, model, content, path }) => {
    const found = await hashOf(path)
    if (found === sha256) return
    const kind = found === null ? 'booster-missing' : 'booster-damaged'
    const state = found === null ? 'missing' : 'damaged'
    const message = `A file of the model "${model}" is ${state} (${content}): ${path}. Restore it from a backup, or train a new model.`
    problems.push({ kind, path, message })
  })
  await each(maps, async ({ sha256 }) => {
    const path = slideMapFile(folders.slideMaps, sha256)
    const found = await hashOf(path)
    if (found === sha256) return
    const state = found === null ? 'missing' : 'damaged'
    const message = `The map of an analysed slide is ${state}: ${path}. Restore it from a backup, or analyse the slide again.`
    problems.push({ kind: `slide-map-${state}`, path, message })
  })
  job.progress.report(stage, total, total)
  return { images: images.length, descriptors: descriptors.length, boosters: boosters.length, problems }
}
