import { render, screen } from '@testing-library/svelte'
import userEvent from '@testing-library/user-event'
import { Tooltip } from 'bits-ui'
import { expect, test } from 'vitest'
import { parseClassScheme, type ClassScheme } from '../../../../electron/contract/index.ts'
import ClassEditor from '../../../../renderer/features/settings/ClassEditor.svelte'

const scheme = parseClassScheme('Normal,InSitu*,Invasive*')
const withName = (index: number, name: string): ClassScheme =>
  scheme.map((one, place) => (place === index ? { ...one, name } : one))
const nameOf = (index: number): HTMLInputElement => screen.getByLabelText(`Name of class ${index}`)
const button = (name: string): HTMLElement => screen.getByRole('button', { name })

/** The editor of these classes in a workspace with so many entries that name one. */
function edit(entries: number) {
  const saved: { classes: ClassScheme; before: ClassScheme }[] = []
  const { rerender } = render(
    ClassEditor,
    {
      classes: scheme,
      formerNames: (name: string) => (name === 'InSitu' ? ['CIS', 'DCIS'] : []),
      entries,
      refusal: null,
      isBusy: false,
      onSave: (classes: ClassScheme, before: ClassScheme) => saved.push({ classes, before }),
    },
    { wrapper: Tooltip.Provider },
  )
  return { saved, user: userEvent.setup(), changeElsewhere: (to: ClassScheme) => rerender({ classes: to }) }
}

test('an unsaved name does not bring back the old name of a class that was renamed elsewhere', async () => {
  const { saved, user, changeElsewhere } = edit(4)
  await user.clear(nameOf(1))
  await user.type(nameOf(1), 'Healthy')
  await changeElsewhere(withName(1, 'DCIS'))
  expect([nameOf(1).value, nameOf(2).value, nameOf(3).value]).toEqual(['Healthy', 'DCIS', 'Invasive'])
  await user.click(button('Save classes'))
  const before = withName(1, 'DCIS')
  const classes = before.map((one, place) => (place === 0 ? { ...one, name: 'Healthy' } : one))
  expect(saved).toEqual([{ classes, before }])
})

test('a class that is renamed here and elsewhere gets the name of here', async () => {
  const { saved, user, changeElsewhere } = edit(4)
  await user.type(nameOf(2), ' 2')
  await changeElsewhere(withName(1, 'DCIS'))
  await user.click(button('Save classes'))
  expect(saved).toEqual([{ classes: withName(1, 'InSitu 2'), before: withName(1, 'DCIS') }])
})

test('keeps the rows where classes were removed elsewhere, and shows those of now on request', async () => {
  const { saved, user, changeElsewhere } = edit(0)
  await user.type(nameOf(2), ' 2')
  await changeElsewhere(scheme.slice(1))
  expect(nameOf(3).value).toBe('Invasive')
  await user.click(button('Discard changes'))
  expect([nameOf(1).value, nameOf(2).value]).toEqual(['InSitu', 'Invasive'])
  expect(screen.queryByLabelText('Name of class 3')).toBeNull()
  expect(saved).toEqual([])
})

test('offers other classes only as long as neither a label nor a region names one', () => {
  edit(1)
  expect(screen.queryByRole('button', { name: 'Add a class' })).toBeNull()
  expect(screen.getByText(/name a class once and each must keep its meaning/)).toBeDefined()
})

test('names the former names of a class beside its present one, also while that is edited', async () => {
  const { user } = edit(1)
  await user.type(nameOf(2), ' 2')
  expect(nameOf(2).closest('td')?.textContent).toContain('formerly CIS, DCIS')
  expect(screen.getAllByText(/^formerly/)).toHaveLength(1)
})
