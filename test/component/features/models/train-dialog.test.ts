import { cleanup, fireEvent, screen } from '@testing-library/svelte'
import type { UserEvent } from '@testing-library/user-event'
import { expect, test } from 'vitest'
import type { LeakReport } from '../../../../electron/contract/index.ts'
import Panels from '../../../../renderer/app/Panels.svelte'
import type { Lobule } from '../../../../renderer/state/lobule.svelte.ts'
import InLobule from '../../support/InLobule.svelte'
import { show } from '../../support/kit.ts'
import { useOneNavigation } from '../../support/one-navigation.ts'
import { startPage } from '../../support/start-page.ts'

useOneNavigation()

const nothing: LeakReport = {
  compared: null,
  copies: [],
  similarCases: [],
  siblings: [],
  publicSets: [],
  magnifications: [],
  encoders: [],
  models: [],
}
const starter = {
  name: 'efficientnetlite0',
  title: 'EfficientNet-Lite0',
  source: 'official',
  fingerprint: 'f',
  licence: 'Apache-2.0',
  attribution: 'the authors',
  path: '/e',
}

/** By the title: to look for roles in all of a dialog takes long here. */
const dialog = (title: string): Promise<HTMLElement> => screen.findByText(title, { selector: 'h2' })
const button = (name: string): HTMLElement => screen.getByText(name, { selector: 'button' })
const nameField = (): HTMLInputElement => screen.getByLabelText('Name of the model')
const foldsField = (): HTMLInputElement => screen.getByLabelText('Folds')

/** The training dialog with a name and folds that the user chose. */
async function begin(): Promise<{ lobule: Lobule; user: UserEvent }> {
  const { lobule } = await startPage({
    'leak.report': () => nothing,
    'recipe.list': () => ['starter', 'quick'].map((name) => ({ name, description: name })),
    'encoder.list': () => [starter],
    'model.estimate': () => new Promise<never>(() => undefined),
  })
  lobule.navigation.open({ name: 'train' })
  const user = show(InLobule, { lobule, view: Panels })
  await dialog('Train a model')
  await fireEvent.input(nameField(), { target: { value: 'for the study' } })
  await fireEvent.input(foldsField(), { target: { value: '3' } })
  return { lobule, user }
}

const isAsLeft = (): void => {
  expect(nameField().value).toBe('for the study')
  expect(foldsField().value).toBe('3')
}

test.each(['{Escape}', 'Close'])('leaks lead back to the training with its settings, by %s', async (way) => {
  const { lobule, user } = await begin()
  await user.click(await screen.findByText('Look for leaks'))
  await dialog('Leaks')
  expect(screen.queryByText('Train a model')).toBeNull()
  await (way === 'Close' ? user.click(button(way)) : user.keyboard(way))
  await dialog('Train a model')
  isAsLeft()
  expect(lobule.navigation.panel).toEqual({ name: 'train' })
})

test('a training that was left for something else goes on where it was; Cancel ends it', async () => {
  const { lobule, user } = await begin()
  // As for the images of a leak, or files that were dropped.
  lobule.navigation.open({ name: 'jobs' })
  await dialog('Jobs')
  lobule.navigation.open({ name: 'train' })
  await dialog('Train a model')
  isAsLeft()
  // As by a lock, which takes every view away.
  cleanup()
  const again = show(InLobule, { lobule, view: Panels })
  await dialog('Train a model')
  isAsLeft()
  await again.click(button('Cancel'))
  expect(lobule.navigation.panel).toBeNull()
  lobule.navigation.open({ name: 'train' })
  await dialog('Train a model')
  expect(nameField().value).toBe('model-1')
  expect(foldsField().value).not.toBe('3')
  await user.keyboard('{Escape}')
  expect(lobule.models.trainingDraft).toBeNull()
})
