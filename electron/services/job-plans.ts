import { z } from 'zod'
import {
  AppError,
  backendChoiceSchema,
  calls,
  effortSchema,
  isResumable,
  recipeSchema,
  type AnyEvent,
  type JobKind,
  type ResumableKind,
} from '../contract/index.ts'
import { checkWorkspace } from '../jobs/check-workspace.ts'
import { classifyImages } from '../jobs/classify-images.ts'
import { encodeImages } from '../jobs/encode-images.ts'
import { importImages } from '../jobs/import-images.ts'
import { makeDemo } from '../jobs/make-demo.ts'
import type { JobFunction } from '../jobs/queue.ts'
import { relinkImages } from '../jobs/relink-images.ts'
import { trainModel } from '../jobs/train-model.ts'
import { findModelInUse, getImage, listImages } from '../store/index.ts'
import { announcing, imagesChanged, modelsChanged, type ServiceContext } from './context.ts'
import { ImageChanges } from './image-changes.ts'

/** The work of a job, and what to tell when it ends. */
interface Plan<K extends JobKind> {
  run: JobFunction<K>
  changed?: AnyEvent
}

const planned =
  <K extends ResumableKind, I>(input: z.ZodType<I>, plan: (context: ServiceContext, input: I) => Plan<K>) =>
  (context: ServiceContext, given: unknown): Plan<K> | null => {
    const { success, data } = input.safeParse(given)
    return success ? plan(context, data) : null
  }

const none = z.object({})

/** What a classification is made from; `imageIds` null: every image. */
export const classifyInputSchema = z.object({
  imageIds: z.array(z.int().positive()).nullable(),
  model: z.string(),
  effort: effortSchema.default('full'),
})

/**
 * How a job of each kind is made from its stored input alone: the first time and when it is taken up again, also
 * after a restart.
 */
const plans: { [K in ResumableKind]: (context: ServiceContext, input: unknown) => Plan<K> | null } = {
  import: planned(
    calls['image.import'].input.extend({ reader: z.string() }),
    ({ session, compute }, input) => {
      const { database, path: workspacePath } = session.workspace
      return {
        run: (job, since) => importImages(database, compute, { ...input, workspacePath, since }, job),
        changed: imagesChanged,
      }
    },
  ),
  train: planned(
    z.object({ name: z.string(), recipe: recipeSchema, groupBy: z.enum(['case', 'image']).nullable() }),
    ({ session, compute, homeDirectory, version }, input) => {
      const { database, path: workspacePath } = session.workspace
      const task = { ...input, homeDirectory, workspacePath, version }
      return { run: (job) => trainModel(database, compute, task, job), changed: modelsChanged }
    },
  ),
  classify: planned(
    classifyInputSchema,
    ({ session, computeOf, homeDirectory, emit }, { imageIds, model, effort }) => {
      const { database, path: workspacePath } = session.workspace
      const { name } = findModelInUse(database, model)
      const images =
        imageIds === null ? listImages(database) : imageIds.map((imageId) => getImage(database, imageId))
      return {
        run: async (job, since) => {
          const changes = new ImageChanges(emit)
          const onVerdict = (imageId: number): void => changes.add(imageId)
          const task = { images, model: name, effort, homeDirectory, workspacePath, since, onVerdict }
          try {
            return await classifyImages(database, computeOf(job), task, job)
          } finally {
            changes.tell()
          }
        },
      }
    },
  ),
  encode: planned(
    z.object({ recipe: recipeSchema, backend: backendChoiceSchema }),
    ({ session, compute, homeDirectory }, input) => {
      const { database, path: workspacePath } = session.workspace
      const task = { ...input, homeDirectory, workspacePath }
      return { run: (job) => encodeImages(database, compute, task, job) }
    },
  ),
  relink: planned(z.object({ directory: z.string() }), ({ session, compute }, { directory }) => {
    const { database } = session.workspace
    return { run: (job) => relinkImages(database, compute, directory, job), changed: imagesChanged }
  }),
  check: planned(none, ({ session, compute }) => {
    const { database, path } = session.workspace
    return { run: (job) => checkWorkspace(database, compute, path, job) }
  }),
  demo: planned(calls['demo.create'].input.extend({ directory: z.string() }), ({ compute }, input) => ({
    run: (job) => makeDemo(compute, input, job),
  })),
}

/** Queues a job of a kind that can be taken up again; `input` is all that it is made from. */
export function startPlanned(
  context: ServiceContext,
  { kind, title, input }: { kind: ResumableKind; title: string; input: unknown },
): { jobId: number } {
  const run = runOf(context, kind, input)
  return { jobId: context.session.queue.submit(kind, title, input, run).id }
}

/**
 * Takes a job up again that stopped unfinished.
 * @throws AppError `job.not-found`, `job.wrong-state`, `job.not-resumable`; as the start of its kind
 */
export function resumeJob(context: ServiceContext, jobId: number): void {
  context.session.queue.resume(jobId, (kind, input) => runOf(context, kind, input))
}

function runOf(context: ServiceContext, kind: JobKind, input: unknown): JobFunction<JobKind> {
  const plan = isResumable(kind) ? plans[kind](context, input) : null
  // Of a kind, or with an input, that an older version stored and this one cannot begin.
  if (plan === null) throw new AppError('job.not-resumable', { job: kind })
  return announcing(context, plan.run, plan.changed)
}
