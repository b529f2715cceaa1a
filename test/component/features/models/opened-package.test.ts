import { screen } from '@testing-library/svelte'
import { expect, test } from 'vitest'
import type { AnyEvent } from '../../../../electron/contract/index.ts'
import ModelsView from '../../../../renderer/features/models/ModelsView.svelte'
import type { PageBridge } from '../../../../renderer/api/page-bridge.ts'
import { columns } from '../../../../renderer/features/worklist/columns/columns.ts'
import { Lobule } from '../../../../renderer/state/lobule.svelte.ts'
import { inEffectRoot } from '../../support/effect-root.svelte.ts'
import InLobule from '../../support/InLobule.svelte'
import { show } from '../../support/kit.ts'
import { useOneNavigation } from '../../support/one-navigation.ts'

useOneNavigation()

test('a package that was opened while reading blind waits, and says so', async () => {
  history.replaceState(null, '', '#/open/package?%2Fdata%2Fpilot.lobule-model')
  let isBlind = true
  const previewed: unknown[] = []
  let tell: (event: AnyEvent) => void = () => undefined
  const workspace = { path: '/w', name: 'study', classes: [], imageCount: 0, labelledCount: 0, modelCount: 0 }
  const answers: Record<string, () => unknown> = {
    'app.policy': () => ({ source: null, locked: [] }),
    'app.info': () => ({ reader: 'Anna', isBlind, tiles: '', nativeDialogs: false, homeDirectory: '/' }),
    'workspace.current': () => workspace,
    'user.state': () => ({
      users: [],
      signedIn: null,
      isLocked: false,
      account: 'lab',
      lockAfterMinutes: 10,
    }),
    'audit.state': () => null,
  }
  const bridge: PageBridge = {
    call: (name, input) => {
      if (name === 'model.preview') {
        previewed.push(input)
        // What it contains does not matter here.
        return new Promise<never>(() => undefined)
      }
      return Promise.resolve({ ok: true, value: answers[name]?.() ?? [] })
    },
    onEvent: (listener) => {
      tell = listener
      return () => undefined
    },
    pathOf: () => null,
  }
  const lobule = inEffectRoot(() => new Lobule(bridge, columns))
  lobule.start()
  await expect.poll(() => lobule.isStarted).toBe(true)
  show(InLobule, { lobule, view: ModelsView })
  await screen.findByText('The opened package is offered for import when blind reading ends.')
  expect(previewed).toEqual([])

  isBlind = false
  tell({ name: 'reader.changed', payload: { reader: 'Anna', isBlind } })
  await expect.poll(() => previewed).toEqual([{ path: '/data/pilot.lobule-model' }])
  expect(screen.queryByText('The opened package is offered for import when blind reading ends.')).toBeNull()
})
