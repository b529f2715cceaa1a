import { expect, test } from 'vitest'
import { AppError, parseClassScheme, type WorkspaceInfo } from '../../../electron/contract/index.ts'
import { WorkspaceMaintenance } from '../../../renderer/state/workspace-maintenance.svelte.ts'
import { stubClient } from '../support/stub-client.ts'

const scheme = parseClassScheme('Normal,InSitu*,Invasive*')
const renamed = scheme.map((one) => (one.name === 'InSitu' ? { ...one, name: 'DCIS' } : one))

/** What a change of the classes asks for, and its answer, in a workspace with so many labels. */
async function change(
  classes: typeof scheme,
  labelEntries: number,
  refusal?: AppError,
): Promise<{ asked: unknown[]; answer: AppError | null }> {
  const { client, asked } = stubClient({
    'workspace.info': () => ({ labelEntries }) as WorkspaceInfo,
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

test('replaces the scheme where nothing is labelled', async () => {
  expect(await change(renamed, 0)).toEqual({ asked: [['classes.set', { classes: renamed }]], answer: null })
})

test('renames the class where there are labels, and sets colours only if one changed', async () => {
  const rename = ['classes.rename', { name: 'InSitu', newName: 'DCIS' }]
  expect(await change(renamed, 3)).toEqual({ asked: [rename], answer: null })
  const coloured = renamed.map((one) => ({ ...one, colour: '#332288' }))
  expect((await change(coloured, 3)).asked).toEqual([rename, ['classes.set', { classes: coloured }]])
})

test('stops at a name that is refused, and says why', async () => {
  const taken = new AppError('classes.name-taken', { name: 'DCIS', owner: 'Invasive' })
  const { asked, answer } = await change(
    renamed.map((one) => ({ ...one, colour: '#332288' })),
    3,
    taken,
  )
  expect(asked).toHaveLength(1)
  expect(answer?.message).toBe(
    '"DCIS" is or was a name of the class "Invasive", and labels, models and the audit trail may call it so. Choose another name.',
  )
})
