import { expect, test } from 'vitest'
import { AppError, parseClassScheme, type WorkspaceInfo } from '../../../electron/contract/index.ts'
import { WorkspaceMaintenance } from '../../../renderer/state/workspace-maintenance.svelte.ts'
import { useOneNavigation } from '../support/one-navigation.ts'
import { startPage } from '../support/start-page.ts'
import { stubClient } from '../support/stub-client.ts'

useOneNavigation()

const scheme = parseClassScheme('Normal,InSitu*,Invasive*')
const renamed = scheme.map((one) => (one.name === 'InSitu' ? { ...one, name: 'DCIS' } : one))

/** What a change of the classes asks for, and its answer. */
async function change(
  classes: typeof scheme,
  refusal?: AppError,
): Promise<{ asked: unknown[]; answer: AppError | null }> {
  const { client, asked } = stubClient({
    'workspace.info': () => ({ labelEntries: 0 }) as WorkspaceInfo,
    'classes.set': () => null as never,
    'classes.rename': () => {
      if (refusal !== undefined) throw refusal
      return null as never
    },
  })
  const maintenance = new WorkspaceMaintenance(client)
  await maintenance.load()
  const answer = await maintenance.setClasses(classes, scheme)
  return { asked: asked.filter(([name]) => name.startsWith('classes.')), answer }
}

test.each([
  ['added', parseClassScheme('Normal,InSitu*,Invasive*,Other')],
  ['removed', scheme.slice(1)],
  ['moved', [...scheme].reverse()],
  ['moved and renamed', [scheme[1], { ...scheme[0], name: 'None seen' }, scheme[2]]],
  ['given another meaning', scheme.map((one) => ({ ...one, isPositive: !one.isPositive }))],
] as [string, typeof scheme][])('replaces the scheme where a class was %s', async (_, classes) => {
  expect(await change(classes)).toEqual({ asked: [['classes.set', { classes }]], answer: null })
})

test('renames a class without any label, since regions or models may use it; sets colours only if one changed', async () => {
  const rename = ['classes.rename', { name: 'InSitu', newName: 'DCIS' }]
  expect(await change(renamed)).toEqual({ asked: [rename], answer: null })
  const coloured = renamed.map((one) => ({ ...one, colour: '#332288' }))
  expect((await change(coloured)).asked).toEqual([rename, ['classes.set', { classes: coloured }]])
})

test('stops at a name that is refused, and says why', async () => {
  const taken = new AppError('classes.name-taken', { name: 'DCIS', owner: 'Invasive' })
  const coloured = renamed.map((one) => ({ ...one, colour: '#332288' }))
  const { asked, answer } = await change(coloured, taken)
  expect(asked).toHaveLength(1)
  expect(answer?.message).toBe(
    '"DCIS" is or was a name of the class "Invasive", and labels, models and the audit trail may call it so. Choose another name.',
  )
})

test('a class that gets another name no longer filters the worklist, and the open image shows its regions again', async () => {
  const study = { path: '/w', name: 'study', imageCount: 3, labelledCount: 0, modelCount: 0 }
  const { lobule, asked, tell } = await startPage({
    'workspace.current': () => ({ ...study, classes: scheme }),
  })
  await lobule.regions.open(1)
  lobule.worklist.narrow({ label: 'InSitu', suggested: 'Invasive', search: 'case2' })
  const workspace = { ...study, classes: renamed, isReadOnly: false, isInPlace: true, setAside: [] }
  tell({ name: 'workspace.changed', payload: workspace })
  expect(lobule.worklist.filter).toMatchObject({ label: null, suggested: 'Invasive', search: 'case2' })
  lobule.worklist.narrow({ suggested: 'DCIS' })
  tell({ name: 'workspace.changed', payload: { ...workspace, classes: scheme } })
  expect(lobule.worklist.filter).toMatchObject({ suggested: null, search: 'case2' })
  const loads = (): number => asked.filter((name) => name === 'region.list').length
  const before = loads()
  tell({ name: 'regions.changed', payload: { imageId: null } })
  await expect.poll(loads).toBe(before + 1)
})
