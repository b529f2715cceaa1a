import { scenario, type Audited, type Scenario, type Tools } from './scenario.ts'

/** The colours of the classes, and another name that one has for a while. */
export const classScenarios = ({
  call,
}: Pick<Tools, 'call'>): Record<Extract<Audited, `classes.${string}`>, Scenario> => ({
  'classes.set': scenario(['classes'], async () => {
    await call('classes.set', {
      classes: [
        { name: 'Benign', isPositive: false, key: '1', colour: '#0072b2' },
        { name: 'Malignant', isPositive: true, key: '2', colour: '#d55e00' },
      ],
    })
  }),
  'classes.rename': scenario(['classes', 'classes'], async () => {
    await call('classes.rename', { name: 'Benign', newName: 'Not malignant', reason: 'A clearer name.' })
    await call('classes.rename', { name: 'Not malignant', newName: 'Benign' })
  }),
})
