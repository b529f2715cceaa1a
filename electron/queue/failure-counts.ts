import { errorCodeSchema, type ErrorCode, type JobView } from '../contract/index.ts'

/** How many images or files a job could not process, by the code of their error. */
export function failureCounts({ report }: Pick<JobView, 'report'>): Partial<Record<ErrorCode, number>> {
  const { failed } = (report ?? {}) as { failed?: unknown }
  const counts: Partial<Record<ErrorCode, number>> = {}
  for (const failure of Array.isArray(failed) ? (failed as unknown[]) : []) {
    const code = errorCodeSchema.safeParse((failure as { code?: unknown }).code)
    if (code.success) counts[code.data] = (counts[code.data] ?? 0) + 1
  }
  return counts
}
