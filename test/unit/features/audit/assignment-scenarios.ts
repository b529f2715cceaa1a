import { scenario, type Audited, type Scenario, type Tools } from './scenario.ts'

/** Images assigned to a new reader, who is added with them, and one that is not any more. */
export const assignmentScenarios = ({
  call,
}: Pick<Tools, 'call'>): Record<Extract<Audited, `assignment.${string}`>, Scenario> => ({
  'assignment.add': scenario(['reader', 'assignment'], async () => {
    await call('assignment.add', { imageIds: [1, 2], to: 'dora', due: '2026-12-31' })
  }),
  'assignment.remove': scenario(['assignment'], async () => {
    await call('assignment.remove', { imageIds: [2], to: 'dora', reason: 'She is ill.' })
  }),
})
