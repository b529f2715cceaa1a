import { screen } from '@testing-library/svelte'
import { expect, test } from 'vitest'
import EncodersDialog from '../../../../renderer/features/encoders/EncodersDialog.svelte'
import InLobule from '../../support/InLobule.svelte'
import { show } from '../../support/kit.ts'
import { useOneNavigation } from '../../support/one-navigation.ts'
import { startPage } from '../../support/start-page.ts'

useOneNavigation()

test.each([
  ['the training that opened it', { name: 'encoders', from: { name: 'train' } }, { name: 'train' }],
  ['the screen', { name: 'encoders' }, null],
] as const)('Escape leads back to %s, whose settings are kept', async (_, panel, after) => {
  const { lobule } = await startPage({})
  const draft = { name: 'm', recipe: 'quick', edited: { folds: '3' }, groupBy: undefined, regions: false }
  lobule.models.trainingDraft = draft
  lobule.navigation.open(panel)
  const user = show(InLobule, { lobule, view: EncodersDialog })
  await screen.findByRole('dialog')
  await user.keyboard('{Escape}')
  expect(lobule.navigation.panel).toEqual(after)
  expect(lobule.models.trainingDraft).toEqual(draft)
})
