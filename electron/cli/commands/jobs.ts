import { InvalidArgumentError, type Command } from 'commander'
import type { Failure, JobKind, JobView } from '../../contract/index.ts'
import type { CommandContext } from '../context.ts'
import { print, printTable } from '../run.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

/** Jobs of a workspace. It must not be open elsewhere: only the program that runs a job can control it. */
export function addJobCommands(program: Command): void {
  const jobs = program.command('jobs').description('list, resume, retry and cancel jobs')
  jobs
    .command('list')
    .description('list jobs, newest first; paused and interrupted ones can be resumed')
    .requiredOption(...workspaceFlag)
    .option(...jsonFlag)
    .action(async (options: WorkspaceOptions) => {
      await runInWorkspace(options, (context) => context.call('job.list', {}), presentJobs)
    })
  addJobAction(
    jobs,
    'resume',
    'resume a paused, interrupted, cancelled or failed job; Ctrl+C stops it again',
    async (context, jobId) => {
      await context.call('job.resume', { jobId })
      return finish(context, { jobId })
    },
  )
  addJobAction(jobs, 'retry', 'retry only the failures of a finished job', async (context, jobId) =>
    finish(context, await context.call('job.retry', { jobId })),
  )
  addJobAction(
    jobs,
    'cancel',
    'cancel a paused or interrupted job; finished work is kept',
    async (context, jobId) => {
      await context.call('job.cancel', { jobId })
      return context.call('job.get', { jobId })
    },
  )
}

function addJobAction(
  jobs: Command,
  name: string,
  description: string,
  run: (context: CommandContext, jobId: number) => Promise<JobView>,
): void {
  jobs
    .command(name)
    .description(description)
    .argument('<job>', 'job number', numberOf)
    .requiredOption(...workspaceFlag)
    .option(...jsonFlag)
    .action(async (jobId: number, options: WorkspaceOptions) => {
      await runInWorkspace(options, (context) => run(context, jobId), presentJob)
    })
}

async function finish(context: CommandContext, started: { jobId: number }): Promise<JobView> {
  await context.finish<JobKind>(started)
  return context.call('job.get', started)
}

function numberOf(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be the number of a job.')
  return Number(text)
}

/** The failures that a job's report lists, of a training the images that it left out; reports of some kinds have none. */
export function failuresOf({ kind, report }: Pick<JobView, 'kind' | 'report'>): readonly Failure[] {
  const { failed, skipped } = (report ?? {}) as { failed?: readonly Failure[]; skipped?: readonly Failure[] }
  // The skipped files of an import are counts.
  return (kind === 'train' ? skipped : failed) ?? []
}

function presentJobs(jobs: JobView[]): void {
  if (jobs.length === 0) print('No job has run in this workspace yet.')
  else
    printTable([
      ['job', 'state', 'done', 'failures', 'started', 'title'],
      ...jobs.map((job) => [
        String(job.id),
        job.state,
        job.state === 'done' ? '100 %' : job.progress === null ? '' : percentOf(job.progress.fraction),
        String(failuresOf(job).length || ''),
        job.createdAt,
        job.title,
      ]),
    ])
}

const percentOf = (fraction: number): string => `${Math.floor(fraction * 100)} %`

function presentJob(job: JobView): void {
  print(`${job.title}: ${job.state}.`)
  for (const failure of failuresOf(job)) print(`  ${failure.message}`)
}
