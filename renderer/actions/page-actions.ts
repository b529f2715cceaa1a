import type { Action } from './action.ts'
import type { PageContext } from './contexts.ts'

/** Actions of the whole page, on every screen of a workspace. */
export const pageActions = [
  {
    id: 'page.undo',
    title: 'Undo the last step',
    group: 'everywhere',
    keys: ['U', 'Ctrl+Z'],
    run: ({ lobule }) => lobule.review.run(() => lobule.undoing.undo()),
  },
  {
    id: 'page.redo',
    title: 'Redo',
    group: 'everywhere',
    keys: ['Shift+U', 'Ctrl+Shift+Z'],
    aliases: ['Ctrl+Y'],
    run: ({ lobule }) => lobule.review.run(() => lobule.undoing.redo()),
  },
  {
    id: 'page.palette',
    title: 'Find an action',
    group: 'everywhere',
    keys: ['Ctrl+K'],
    run: ({ lobule }) => lobule.navigation.open({ name: 'palette' }),
  },
  {
    id: 'page.keys',
    title: 'Show keyboard shortcuts',
    group: 'everywhere',
    keys: ['?'],
    run: ({ lobule }) => lobule.navigation.open({ name: 'keys' }),
  },
  {
    id: 'page.guide',
    title: 'Open the guide',
    group: 'everywhere',
    keys: ['F1'],
    run: ({ lobule }) => lobule.navigation.open({ name: 'guide' }),
  },
  {
    id: 'page.worklist',
    title: 'Worklist',
    group: 'screens',
    run: ({ lobule }) => lobule.navigation.showScreen('worklist'),
  },
  {
    id: 'page.models',
    title: 'Models',
    group: 'screens',
    run: ({ lobule }) => lobule.navigation.showScreen('models'),
  },
  {
    id: 'page.agreement',
    title: 'Agreement',
    group: 'screens',
    run: ({ lobule }) => lobule.navigation.showScreen('agreement'),
  },
  {
    id: 'page.audit',
    title: 'Audit trail',
    group: 'screens',
    run: ({ lobule }) => lobule.navigation.showScreen('audit'),
  },
  {
    id: 'page.settings',
    title: 'Settings',
    group: 'screens',
    run: ({ lobule }) => lobule.navigation.showScreen('settings'),
  },
  {
    id: 'page.import',
    title: 'Import images…',
    group: 'tools',
    run: ({ lobule }) => lobule.navigation.open({ name: 'import', paths: [] }),
  },
  {
    id: 'page.train',
    title: 'Train a model…',
    group: 'tools',
    run: ({ lobule }) => lobule.navigation.open({ name: 'train' }),
  },
  {
    id: 'page.leaks',
    title: 'Look for leaks…',
    group: 'tools',
    run: ({ lobule }) => lobule.navigation.open({ name: 'leaks' }),
  },
  {
    id: 'page.compare-encoders',
    title: 'Which encoder on my cases?…',
    group: 'tools',
    run: ({ lobule }) => lobule.navigation.open({ name: 'compare-encoders' }),
  },
  {
    id: 'page.classify-all',
    title: 'Classify all images',
    group: 'tools',
    when: ({ lobule }) => lobule.models.inUse !== undefined,
    run: ({ lobule }) => void lobule.jobControl.classify(null),
  },
  {
    id: 'page.reader',
    title: 'Change the reader…',
    group: 'tools',
    run: ({ lobule }) => lobule.navigation.open({ name: 'reader' }),
  },
  {
    id: 'page.encoders',
    title: 'Encoders',
    group: 'tools',
    run: ({ lobule }) => lobule.navigation.open({ name: 'encoders' }),
  },
  {
    id: 'page.jobs',
    title: 'Jobs',
    group: 'tools',
    run: ({ lobule }) => lobule.navigation.open({ name: 'jobs' }),
  },
  {
    id: 'page.doctor',
    title: 'System check',
    group: 'tools',
    run: ({ lobule }) => lobule.navigation.open({ name: 'doctor' }),
  },
  {
    id: 'page.about',
    title: 'About Lobule',
    group: 'tools',
    run: ({ lobule }) => lobule.navigation.open({ name: 'about' }),
  },
  {
    id: 'page.close-workspace',
    title: 'Close the workspace',
    group: 'tools',
    run: ({ lobule }) => void lobule.closeWorkspace(),
  },
] as const satisfies readonly Action<PageContext>[]
