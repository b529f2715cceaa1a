import { expect, test } from 'vitest'
import type { WorkspaceView } from '../../../electron/contract/index.ts'
import { useOneNavigation } from '../support/one-navigation.ts'
import { startPage } from '../support/start-page.ts'
import { workspaceView } from '../../support/workspace-view.ts'

useOneNavigation()

const study = workspaceView('study')

type Page = Awaited<ReturnType<typeof startPage>>

/** A page without a workspace; `told`: the event of the workspace comes before the answer, as it does unless it was open already. */
async function pageThatOpens(told: WorkspaceView | null): Promise<Page> {
  const answer = (): WorkspaceView => {
    if (told !== null) page.tell({ name: 'workspace.changed', payload: told })
    return study
  }
  const page = await startPage({
    'workspace.current': () => null,
    'workspace.open': answer,
    'workspace.create': answer,
  })
  return page
}

const listsIn = ({ asked }: Page): number => asked.filter((name) => name === 'image.list').length

test.each([
  ['opened', ({ lobule }: Page) => lobule.openWorkspace('/study')],
  ['created', ({ lobule }: Page) => lobule.createWorkspace('/study', 'Benign,Malignant*')],
])('the images of a workspace that is %s are loaded once', async (_, open) => {
  for (const told of [study, null]) {
    const page = await pageThatOpens(told)
    await open(page)
    expect(page.lobule.session.workspace?.path).toBe('/study')
    expect(page.lobule.images.isLoaded).toBe(true)
    expect(listsIn(page)).toBe(1)
  }
})

test('a workspace that is open already is loaded again when it is opened again', async () => {
  const page = await pageThatOpens(null)
  await page.lobule.openWorkspace('/study')
  await page.lobule.openWorkspace('/study')
  expect(listsIn(page)).toBe(2)
})
