import type { BackendView } from '../../../electron/contract/index.ts'
import type { Theme } from '../../state/theme.svelte.ts'

export const backendsStrings = {
  backends: {
    title: 'Back-ends',
    text: 'What runs an encoder on this machine. Each is tested against the stored expectation of the very weights in use before it is trusted; the cosine must be at least 0.9999, in half precision 0.999. Half precision is only used where it is at least 1.2 times as fast as the same in full.',
    none: 'Nothing was looked at yet.',
    backend: 'Back-end',
    state: 'State',
    selfTest: 'Self-test (cosine)',
    speed: 'Crops a second',
    inUse: 'in use',
    statuses: {
      ready: 'Ready',
      untested: 'Not tested',
      refused: 'Refused',
      missing: 'Not here',
      unsupported: 'Not for this system',
    } satisfies Record<BackendView['status'], string>,
    selfTests: {
      passed: 'passed',
      refused: 'refused',
      trying: 'did not come back',
    } satisfies Record<BackendView['selfTests'][number]['status'], string>,
    gain: (times: string) => `${times} times as fast as in full`,
    measure: 'Test and measure all',
    measuring: 'Measuring, seconds for each…',
    manageEncoders: 'Install encoders…',
    theme: 'Colours of the window',
    themeHints: {
      system: 'Light or dark, and contrast, as the system is set',
      light: 'Dark text on a light ground',
      dark: 'Light text on a dark ground',
      contrast: 'Black and white with strong lines, light or dark as the system is set',
    } satisfies Record<Theme, string>,
  },
} as const
