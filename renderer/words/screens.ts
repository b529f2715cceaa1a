import type { Screen } from '../state/navigation.svelte.ts'

export const screensStrings = {
  screens: {
    label: 'Screens',
    names: {
      worklist: 'Worklist',
      models: 'Models',
      agreement: 'Agreement',
      audit: 'Audit trail',
      settings: 'Settings',
    } satisfies Record<Screen, string>,
  },
} as const
