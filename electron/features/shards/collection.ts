import type { CollectShardsReport } from '../../contract/index.ts'
import type { JobRun } from '../../queue/job-run.ts'
import type { JobServices } from '../../session/job-services.ts'

/** What is collected from, and how to report about it. */
export interface Collection {
  /** The folder of the plan. */
  readonly folder: string
  readonly parts: string
  readonly allowsMixed: boolean
  readonly checking: ReturnType<JobRun['during']>
  readonly placing: ReturnType<JobRun['during']>
  readonly services: JobServices
}

export type Collected = Omit<CollectShardsReport, 'kind' | 'researchUse'>
