import type { Page } from 'playwright-core'

/** The audit trail at the end of the story, verified and searched; then the settings. */
export async function checkTrail(page: Page, look: (name: string) => Promise<void>): Promise<void> {
  const goTo = (screen: string): Promise<void> =>
    page.getByRole('link', { name: screen, exact: true }).click()
  const verify = page.getByRole('button', { name: 'Verify', exact: true })
  await goTo('Audit trail')
  const found = page.getByRole('main').getByRole('status')
  const all = found.getByText(/^\d+ events$/)
  await all.waitFor()
  // The result is for the current trail, not for that of the new workspace.
  const whole = page.getByTestId('audit-state').getByText(`Intact: ${await all.textContent()} verified`)
  await whole.waitFor()
  await look('audit')
  await verify.click()
  await verify.waitFor()
  await whole.waitFor()
  const happened = { Training: 2, Promotion: 3, Rollback: 1, Adjudication: 1 }
  for (const [kind, times] of Object.entries(happened)) {
    await page.getByRole('combobox', { name: 'Kind' }).click()
    await page.getByRole('option', { name: kind, exact: true }).click()
    await found.getByText(times === 1 ? '1 event found' : `${times} events found`).waitFor()
  }
  await page.getByTestId('audit-event').first().click()
  await page.getByTestId('audit-details').getByText('seen together').waitFor()
  await look('audit-adjudication')
  await page.getByRole('combobox', { name: 'Kind' }).click()
  await page.getByRole('option', { name: 'Override', exact: true }).click()
  await page.getByTestId('audit-event').filter({ hasText: 'Anna' }).first().waitFor()
  await goTo('Settings')
  await page.getByRole('heading', { name: 'Settings', level: 1 }).waitFor()
  await look('settings')
}
