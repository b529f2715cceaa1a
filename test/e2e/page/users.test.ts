import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launchBrowser, problemsOf } from '../../support/browser.ts'
import { serveLobule } from '../../support/serve-lobule.ts'
import { lookInBothThemes } from './accessibility.ts'
import { makeReadingWorkspace } from './reading-workspace.ts'

let home: string
let server: Awaited<ReturnType<typeof serveLobule>>
let browser: Browser | null

beforeAll(async () => {
  browser = await launchBrowser()
  home = mkdtempSync(join(tmpdir(), 'lobule-users-page-'))
  const workspace = join(home, 'study')
  await makeReadingWorkspace(home, workspace, 4, 'field')
  const settings = { acknowledged: true, reader: 'Anna', recent: [{ path: workspace, name: 'study' }] }
  writeFileSync(join(home, 'settings.json'), JSON.stringify(settings))
  server = await serveLobule(home)
})
afterAll(async () => {
  await browser?.close()
  await server.stop()
  rmSync(home, { recursive: true })
})

it('turns users on, locks, signs another user in, who may do less, and is turned off', async ({ skip }) => {
  if (browser === null) return skip('no Chromium here')
  const page = await browser.newPage({ viewport: { width: 1366, height: 768 }, reducedMotion: 'reduce' })
  const problems = problemsOf(page)
  await page.goto(server.url)
  await page.getByRole('button', { name: 'study' }).first().click()
  await page.getByRole('link', { name: 'Settings' }).click()
  const section = page.getByRole('region', { name: 'Users', exact: true })
  await section.getByRole('button', { name: 'Add a user…' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Anna')
  await dialog.getByLabel('PIN').fill('123456')
  await dialog.getByRole('button', { name: 'Add user' }).click()
  await dialog.getByText('The PIN is a plain row of characters.').waitFor()
  await dialog.getByLabel('PIN').fill('a long walk')
  await dialog.getByRole('button', { name: 'Add user' }).click()
  expect(await dialog.getByTestId('recovery-code').textContent()).toMatch(/^(\w{4}-){4}\w{4}$/)
  await page.keyboard.press('Escape')
  // A lock, a reload and another lock lose it as little as Escape does, and show it to no one.
  const code = await dialog.getByTestId('recovery-code').textContent()
  await page.keyboard.press('Control+Shift+L')
  await page.getByRole('heading', { name: 'Locked. Signed in: Anna' }).waitFor()
  expect(await page.content()).not.toContain(code)
  await page.reload()
  await page.getByLabel('PIN').fill('a long walk')
  await page.keyboard.press('Enter')
  expect(await dialog.getByTestId('recovery-code').textContent()).toBe(code)
  await dialog.getByRole('button', { name: 'I have written it down' }).click()
  await dialog.waitFor({ state: 'hidden' })

  await section.getByRole('button', { name: 'Add a user…' }).click()
  await dialog.getByLabel('Name').fill('Ben')
  await dialog.getByLabel('PIN').fill('another walk')
  await dialog.getByRole('button', { name: 'Add user' }).click()
  await dialog.waitFor({ state: 'hidden' })
  await section.getByText('Ben').waitFor()

  await page.getByRole('link', { name: 'Worklist' }).click()
  await page.getByTestId('worklist').focus()
  for (const key of ['Home', 'Shift+ArrowDown']) await page.keyboard.press(key)
  await page.getByRole('button', { name: 'More for the selected images' }).click()
  await page.getByRole('menuitem', { name: 'Assign to…' }).click()
  await dialog.getByLabel('Reader').fill('Ben')
  await dialog.getByLabel('Due date').fill('2026-01-31')
  await dialog.getByRole('button', { name: 'Assign', exact: true }).click()
  await page.getByText('2 images assigned to Ben.').waitFor()
  await page.getByRole('button', { name: 'Assigned to Ben 2' }).waitFor()
  await page.getByRole('link', { name: 'Settings' }).click()

  await page.keyboard.press('Control+Shift+L')
  await page.getByRole('heading', { name: 'Locked. Signed in: Anna' }).waitFor()
  expect(await page.getByText('Ben').count()).toBe(0)
  await page.getByLabel('PIN').fill('not that walk')
  await page.keyboard.press('Enter')
  await page.getByText('That is not the PIN of Anna. Try again.').waitFor()
  // After a reload the page is as locked as before.
  await page.reload()
  await page.getByRole('heading', { name: 'Locked. Signed in: Anna' }).waitFor()

  await page.getByRole('combobox', { name: 'User' }).click()
  await page.getByRole('option', { name: /Ben/ }).click()
  await page.getByLabel('PIN').fill('another walk')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('button', { name: 'Signed-in user: Ben' }).waitFor()
  // The list that Anna was in is not Ben's, so the page begins with the worklist.
  await page.getByRole('link', { name: 'Settings' }).click()
  await section.getByText('Technician', { exact: true }).waitFor()
  expect(await section.locator('button').count()).toBe(1)
  await section.getByRole('button', { name: 'Change your PIN…' }).waitFor()
  // What a technician may not do is not offered, and does not happen by its key.
  await page
    .getByRole('region', { name: 'Classes', exact: true })
    .getByText('Your role does not include')
    .waitFor()
  expect(await page.getByRole('button', { name: 'Restore a backup…' }).count()).toBe(0)
  await page.getByRole('link', { name: 'Worklist' }).click()
  await page.getByRole('button', { name: 'Import', exact: true }).waitFor()
  expect(await page.getByRole('button', { name: 'Train', exact: true }).count()).toBe(0)
  await page.getByRole('button', { name: 'Assigned to me 2' }).click()
  await expect.poll(() => page.getByTestId('worklist-row').count()).toBe(2)
  await page.getByRole('link', { name: 'Agreement' }).click()
  const assignments = page.getByRole('region', { name: 'Assignments' }).first()
  await assignments.getByRole('row', { name: /Ben.*overdue.*0 of 2/ }).waitFor()
  // Which only a pathologist may end.
  expect(await assignments.getByRole('button').count()).toBe(1)
  await page.getByRole('link', { name: 'Settings' }).click()

  // Ben's own PIN, which asks for the present one.
  await page.getByRole('button', { name: 'Signed-in user: Ben' }).click()
  await page.getByRole('menuitem', { name: 'Change your PIN…' }).click()
  await dialog.getByLabel('PIN until now').fill('not that walk')
  await dialog.getByLabel('New PIN').fill('a third walk')
  await dialog.getByRole('button', { name: 'Set PIN' }).click()
  await dialog.getByText('That is not the PIN of Ben. Try again.').waitFor()
  await dialog.getByLabel('PIN until now').fill('another walk')
  await dialog.getByRole('button', { name: 'Set PIN' }).click()
  await dialog.waitFor({ state: 'hidden' })

  // Another reader signs in; a name alone is not enough.
  await page.getByRole('button', { name: 'Signed-in user: Ben' }).click()
  await page.getByRole('menuitem', { name: 'Blind reading…' }).click()
  await dialog.getByText('Ben is signed in with the role technician.').waitFor()
  expect(await dialog.getByLabel('New reader').count()).toBe(0)
  await dialog.getByRole('button', { name: 'Done' }).click()

  await page.getByRole('button', { name: 'Signed-in user: Ben' }).click()
  await page.getByRole('menuitem', { name: 'Sign in as another user…' }).click()
  await page.getByRole('combobox', { name: 'User' }).click()
  await page.getByRole('option', { name: /Anna/ }).click()
  await page.getByLabel('PIN').fill('a long walk')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await section.getByRole('button', { name: 'Turn users off…' }).waitFor()

  // Another program changes the workspace; an administrator signs in to mend it.
  await page.keyboard.press('Control+Shift+L')
  await page.getByRole('button', { name: 'Close the workspace' }).click()
  const database = new Sqlite(join(home, 'study', 'workspace.sqlite'))
  database.exec('DROP TRIGGER labels_no_update')
  database.close()
  await page.getByRole('button', { name: 'study' }).first().click()
  await dialog.getByLabel('Reason').fill('An editor of databases removed it.')
  await page.keyboard.press('Enter')
  await dialog.getByLabel('Name').fill('Anna')
  await dialog.getByLabel('PIN').fill('not that walk')
  await page.keyboard.press('Enter')
  await dialog.getByText('That is not the PIN of Anna. Try again.').waitFor()
  await lookInBothThemes(page, 'users-mend')
  await dialog.getByLabel('PIN').fill('a long walk')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'study' }).waitFor()
  await page.getByLabel('PIN').fill('a long walk')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('link', { name: 'Settings' }).click()
  await section.getByRole('button', { name: 'Turn users off…' }).click()
  await dialog.getByRole('textbox').fill('One person works here again.')
  await dialog.getByRole('button', { name: 'Turn off' }).click()
  await section.getByText('This workspace has no users').waitFor()
  await page.getByRole('link', { name: 'Worklist' }).click()
  await page.getByText('4 images').first().waitFor()
  expect(problems).toEqual([])
})
