import type { EncoderView, Handlers } from '../../../../electron/contract/index.ts'
import { measuredBackends } from './model-review.ts'
import { doctor } from './views.ts'

/** The calls about the computer and its users: a workspace without any, and no policy. */
export const systemHandlers = (
  encoders: () => EncoderView[],
): Pick<
  Handlers,
  'app.supportBundle' | 'app.policy' | 'app.doctor' | 'backend.list' | 'dialog.choose' | 'user.state'
> => ({
  'app.supportBundle': () => ({ text: '== Program ==\n"0.1.0"\n== Jobs ==\n[]' }),
  'app.policy': () => ({ source: null, locked: [] }),
  'app.doctor': ({ measure }) => ({
    ...doctor,
    checks: [...doctor.checks],
    place: { ...doctor.place, variables: [] },
    use: [...doctor.use],
    encoders: encoders(),
    backends: measure ? measuredBackends : [],
  }),
  'backend.list': () => ({ offers: [], freeBytes: 1e12 }),
  'dialog.choose': () => ({ paths: [] }),
  'user.state': () => ({
    users: [],
    signedIn: null,
    isLocked: false,
    account: 'ada',
    lockAfterMinutes: 10,
    recoveryCode: null,
  }),
})
