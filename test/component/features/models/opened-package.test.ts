import { screen } from '@testing-library/svelte'
import { expect, test } from 'vitest'
import ModelsView from '../../../../renderer/features/models/ModelsView.svelte'
import InLobule from '../../support/InLobule.svelte'
import { show } from '../../support/kit.ts'
import { useOneNavigation } from '../../support/one-navigation.ts'
import { infoOf, startPage } from '../../support/start-page.ts'

useOneNavigation()

test('a package that was opened while reading blind waits, and says so', async () => {
  history.replaceState(null, '', '#/open/package?%2Fdata%2Fpilot.lobule-model')
  let isBlind = true
  const previewed: unknown[] = []
  const { lobule, tell } = await startPage({
    'app.info': () => infoOf('Anna', isBlind),
    'model.preview': (input) => {
      previewed.push(input)
      // What it contains does not matter here.
      return new Promise<never>(() => undefined)
    },
  })
  show(InLobule, { lobule, view: ModelsView })
  await screen.findByText('The opened package is offered for import when blind reading ends.')
  expect(previewed).toEqual([])

  isBlind = false
  tell({ name: 'reader.changed', payload: { reader: 'Anna', isBlind } })
  await expect.poll(() => previewed).toEqual([{ path: '/data/pilot.lobule-model' }])
  expect(screen.queryByText('The opened package is offered for import when blind reading ends.')).toBeNull()
})
