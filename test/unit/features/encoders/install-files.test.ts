import { expect, it } from 'vitest'
import { AppError } from '../../../../electron/contract/index.ts'
import { BoundedCompute } from '../../../../electron/compute/bounded-compute.ts'
import { answeringJson } from '../../../../electron/compute/json-answer.ts'
import { encodersJob } from '../../../../electron/features/encoders/install-encoders.ts'
import type { JobServices } from '../../../../electron/session/job-services.ts'
import { inProcessCompute } from '../../../support/in-process-compute.ts'
import { jobRun } from '../../../support/job-run.ts'

it('each file is installed by itself: one that is damaged, or ends the process, fails nothing else', async () => {
  const compute = inProcessCompute({
    importWeightFile: answeringJson(({ path }) => {
      if (path === '/a.h5') throw new AppError('encoder.invalid-file', { path, reason: 'it is damaged' })
      if (path !== '/b.h5') return path
      compute.crash('SIGABRT')
      return new Promise<never>(() => undefined)
    }),
  })
  const bounded = new BoundedCompute(compute.launch)
  const report = await encodersJob.run(
    { from: 'files', paths: ['/a.h5', '/b.h5', '/c.h5'], allowUnofficial: true },
    jobRun(encodersJob),
    // The list of encoders afterwards: none of them is unofficial here.
    {
      bounded,
      compute: { run: () => Promise.resolve([]) },
      homeDirectory: '/home',
    } as unknown as JobServices,
  )
  expect(report.installed).toEqual(['/c.h5'])
  expect(report.failed).toMatchObject([
    { path: '/a.h5', code: 'encoder.invalid-file' },
    {
      path: '/b.h5',
      code: 'encoder.invalid-file',
      message: expect.stringMatching(/\/b.h5 cannot be used: the process that read it ended/) as string,
    },
  ])
  bounded.close()
})
