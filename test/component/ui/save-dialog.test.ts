import { screen } from '@testing-library/svelte'
import { expect, test, vi } from 'vitest'
import SaveDialog from '../../../renderer/ui/SaveDialog.svelte'
import type { Saved } from '../../../renderer/ui/saving.svelte.ts'
import { strings } from '../../../renderer/words/index.ts'
import { show } from '../support/kit.ts'

const button = (name: string): Promise<HTMLElement> => screen.findByRole('button', { name })

test('asks before it replaces a file, and again after another name was given', async () => {
  const onSave = vi.fn<(path: string, replace: boolean) => Promise<Saved>>()
  onSave.mockResolvedValue('exists')
  const onClose = vi.fn()
  const props = { title: 'Save', folder: '/out', fileName: 'a.csv', onBrowse: vi.fn(), onSave, onClose }
  const user = show(SaveDialog, props)
  await user.click(await button(strings.audit.save))
  expect(onSave.mock.lastCall).toEqual(['/out/a.csv', false])
  expect((await screen.findByRole('alert')).textContent).toContain('/out/a.csv already exists')
  const field = await screen.findByLabelText(strings.audit.fileName)
  await user.type(field, '{Backspace}{Backspace}{Backspace}tsv')
  expect(screen.queryByRole('alert')).toBeNull()
  await user.click(await button(strings.audit.save))
  expect(onSave.mock.lastCall).toEqual(['/out/a.tsv', false])
  onSave.mockResolvedValue('saved')
  await user.click(await button(strings.saving.replace))
  expect(onSave.mock.lastCall).toEqual(['/out/a.tsv', true])
  expect(onClose).toHaveBeenCalledTimes(1)
})

test('stays open after a failure, which does not count as a file', async () => {
  const onSave = vi.fn<(path: string, replace: boolean) => Promise<Saved>>()
  onSave.mockResolvedValue('failed')
  const onClose = vi.fn()
  const props = { title: 'Save', folder: '/out', fileName: 'a.csv', onBrowse: vi.fn(), onSave, onClose }
  const user = show(SaveDialog, props)
  await user.click(await button(strings.audit.save))
  await user.click(await button(strings.audit.save))
  expect(onSave.mock.calls).toEqual([
    ['/out/a.csv', false],
    ['/out/a.csv', false],
  ])
  expect(onClose).not.toHaveBeenCalled()
})
