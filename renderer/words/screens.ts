export const screensStrings = {
  screens: {
    label: 'Screens',
    names: {
      worklist: 'Worklist',
      models: 'Models',
      agreement: 'Agreement',
      audit: 'Audit trail',
      settings: 'Settings',
    },
  },
} as const
