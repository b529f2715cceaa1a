import { z } from 'zod'
import type { AnyEvent, JobKind, JobView } from '../../../electron/contract/index.ts'
import { allJobs } from '../../../electron/application/all-jobs.ts'
import type { JobDefinition, JobRegistry } from '../../../electron/queue/define-job.ts'
import type { JobRun } from '../../../electron/queue/job-run.ts'
import { JobQueue } from '../../../electron/queue/queue.ts'
import type { Writable } from '../../../electron/store/index.ts'

/** Its services: whether it runs beside another job. */
export type FakeWork = (job: JobRun, isBeside: boolean, input: unknown) => Promise<unknown>
type FakeInput = { title: string } & Record<string, unknown>
type FakeDefinition = JobDefinition<JobKind, FakeInput, boolean>

const inputSchema = z.looseObject({ title: z.string() })

/** The kinds of the program; a job does what the test gives for its title. */
export class FakeJobs {
  readonly works = new Map<string, FakeWork>()
  readonly seen: JobView[] = []
  readonly queue: JobQueue<boolean>
  readonly #registry: Record<JobKind, FakeDefinition>

  constructor(database: Writable) {
    const fakes = Object.values(allJobs).map((real) => [real.kind, this.#fake(real)])
    this.#registry = Object.fromEntries(fakes) as Record<JobKind, FakeDefinition>
    this.queue = new JobQueue<boolean>({
      database,
      registry: this.#registry as unknown as JobRegistry<boolean>,
      servicesOf: (isBeside) => isBeside,
      emit: (event: AnyEvent) => {
        if (event.name === 'job.changed') this.seen.push(event.payload)
      },
    })
  }

  submit(kind: JobKind, title: string, work: FakeWork, input: Record<string, unknown> = {}): JobView {
    this.works.set(title, work)
    return this.queue.submit(this.#registry[kind], { title, ...input })
  }

  states(id: number): string[] {
    return this.seen.filter((job) => job.id === id).map((job) => job.state)
  }

  #fake(real: (typeof allJobs)[JobKind]) {
    return {
      kind: real.kind,
      resumable: real.resumable,
      ...(real.audit === undefined ? {} : { audit: real.audit }),
      runsBeside: real.runsBeside,
      input: inputSchema,
      stages: [{ name: 's', unit: 'images', weight: 1 }],
      title: ({ title }: FakeInput) => title,
      isInteractive: (input: FakeInput) => real.isInteractive?.(input) ?? false,
      failures: (report: never) => real.failures?.(report) ?? [],
      ...(real.retry === undefined ? {} : { retry: (input: FakeInput) => ({ ...input, isRetried: true }) }),
      run: (input: FakeInput, job: JobRun, isBeside: boolean) => {
        const work = this.works.get(input.title)
        if (work === undefined) throw new Error(`no work for ${input.title}`)
        return work(job, isBeside, input)
      },
    }
  }
}

/** Waits until everything has run that needs no outside event. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
