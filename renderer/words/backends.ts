import type { BackendView } from '../../electron/contract/index.ts'

export const backendsStrings = {
  backends: {
    title: 'Back-ends',
    text: 'Before use, each one is tested against stored reference results for the installed weights: the cosine similarity must be at least 0.9999 (0.999 in half precision). Half precision is used only if it is at least 1.2 times as fast as full precision.',
    short: 'A back-end runs the encoders on this computer.',
    ready: (ready: number, all: number) => `${ready} of ${all} passed their self-test on this computer.`,
    details: 'Details: every back-end, its self-test and its speed',
    none: 'No back-end has been tested yet.',
    backend: 'Back-end',
    state: 'State',
    selfTest: 'Self-test (cosine)',
    speed: 'Crops per second',
    inUse: 'in use',
    untested: 'not tested yet',
    usedBy: (encoders: readonly string[]) => `for ${encoders.join(', ')}`,
    statuses: {
      ready: 'Ready',
      untested: 'Not tested',
      refused: 'Failed self-test',
      missing: 'Not installed',
      unsupported: 'Not available on this system',
    } satisfies Record<BackendView['status'], string>,
    selfTests: {
      passed: 'passed',
      refused: 'failed',
      trying: 'did not finish',
    } satisfies Record<BackendView['selfTests'][number]['status'], string>,
    gain: (times: string) => `${times} times as fast as full precision`,
    measure: 'Test and measure all',
    measuring: 'Measuring (a few seconds each)…',
    manageEncoders: 'Install encoders…',
    theme: 'Theme',
    themeHints: {
      system: 'Follows the system settings for light, dark and contrast',
      light: 'Dark text on a light background',
      dark: 'Light text on a dark background',
      contrast: 'Black and white with strong lines; light or dark follows the system',
    },
  },
} as const
