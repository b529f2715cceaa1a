import { expect, test } from 'vitest'
import { AppError, parseClassScheme, type WorkspaceInfo } from '../../../electron/contract/index.ts'
import { noFilter } from '../../../renderer/state/filters.ts'
import { MapDisplay } from '../../../renderer/state/map-display.svelte.ts'
import { SlideMaps } from '../../../renderer/state/slide-map.svelte.ts'
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

const study = { path: '/w', name: 'study', imageCount: 3, labelledCount: 0, modelCount: 0 }
const state = { ...study, isReadOnly: false, isInPlace: true, setAside: [] }
const before = { ...state, classes: scheme, formerClassNames: [] }
const after = { ...state, classes: renamed, formerClassNames: [{ name: 'InSitu', className: 'DCIS' }] }

test('filters follow a class to its new name, and the open image shows its regions again', async () => {
  const { lobule, asked, tell } = await startPage({ 'workspace.current': () => before })
  await lobule.regions.open(1)
  lobule.worklist.narrow({ label: 'InSitu', suggested: 'Invasive', search: 'case2' })
  tell({ name: 'workspace.changed', payload: after })
  expect(lobule.worklist.filter).toMatchObject({ label: 'DCIS', suggested: 'Invasive', search: 'case2' })
  // A scheme that has replaced it, without its former names: nothing would be listed.
  tell({ name: 'workspace.changed', payload: before })
  expect(lobule.worklist.filter).toMatchObject({ label: null, suggested: 'Invasive', search: 'case2' })
  const loads = (): number => asked.filter((name) => name === 'region.list').length
  const seen = loads()
  tell({ name: 'regions.changed', payload: { imageId: null } })
  await expect.poll(loads).toBe(seen + 1)
})

test('the class that a heat map shows stays shown under its new name', async () => {
  let names = ['Normal', 'InSitu', 'Foreign']
  const { lobule, asked, tell } = await startPage({
    'workspace.current': () => before,
    'explanation.get': () => ({ imageId: 1, modelId: 1, classes: names, leading: 'Normal' }),
  })
  const { heatMap } = lobule
  const show = async (): Promise<void> => {
    heatMap.show({ imageId: 1, model: null }, null)
    await expect.poll(() => heatMap.first.explanation?.classes).toEqual(names)
  }
  heatMap.toggle()
  await show()
  heatMap.choose('InSitu')
  // Nothing is requested again for a change that renames no class.
  tell({ name: 'workspace.changed', payload: { ...before, labelledCount: 1 } })
  await show()
  expect(asked.filter((name) => name === 'explanation.get')).toHaveLength(1)
  names = ['Normal', 'DCIS', 'Foreign']
  tell({ name: 'workspace.changed', payload: after })
  await show()
  expect(heatMap.className).toBe('DCIS')
  heatMap.choose('Foreign')
  tell({ name: 'workspace.changed', payload: before })
  expect(heatMap.className).toBe('Foreign')
})

test('so does the class that the maps of slides show', () => {
  const display = new MapDisplay()
  const maps = new SlideMaps(stubClient({}).client, display)
  const follow = (): void => maps.followClasses((name) => (name === 'InSitu' ? 'DCIS' : null))
  for (const [shown, then] of [
    ['InSitu', 'DCIS'],
    ['Foreign', 'Foreign'],
    [null, null],
  ] as const) {
    maps.showClass(shown)
    follow()
    expect(display.className).toBe(then)
  }
})

test('a saved filter is read by the present names and stays as it was stored', async () => {
  const { lobule, tell } = await startPage({ 'workspace.current': () => before })
  const { savedFilters, session } = lobule
  const find = (name: string): unknown =>
    savedFilters.find(name, (className) => session.classNameOf(className))?.filter
  const filter = { ...noFilter, label: 'InSitu', suggested: 'Invasive', search: 'case2' }
  savedFilters.save({ name: 'mine', filter, isGrouped: true })
  const kept = (): string | null => localStorage.getItem('lobule filters /w')
  const stored = kept()
  expect(stored).toContain('InSitu')
  expect(find('mine')).toEqual(filter)
  tell({ name: 'workspace.changed', payload: after })
  expect(find('mine')).toEqual({ ...filter, label: 'DCIS' })
  expect(find('yours')).toBeUndefined()
  tell({ name: 'workspace.changed', payload: { ...before, classes: scheme.slice(0, 2) } })
  expect(find('mine')).toEqual({ ...filter, suggested: null })
  expect(kept()).toBe(stored)
})

test('an address from before a class was renamed shows its images, and gets the new name', async () => {
  history.replaceState(null, '', '#/?show=labelled&label=InSitu')
  const { lobule } = await startPage({ 'workspace.current': () => after })
  expect(lobule.worklist.filter).toMatchObject({ show: 'labelled', label: 'DCIS' })
  expect(location.hash).toBe('#/?show=labelled&label=DCIS')
})
