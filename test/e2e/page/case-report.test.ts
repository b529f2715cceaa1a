import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { researchUseSentence } from '../../../electron/contract/index.ts'
import { writeCaseReport } from '../../../electron/features/reports/case-report.ts'
import { launchBrowser, screenshotPath } from '../../support/browser.ts'
import {
  caseWorkspace,
  hostileCase,
  type CaseFixture,
} from '../../unit/features/reports/case-report-fixture.ts'
import { violationsOf } from './accessibility.ts'

let browser: Browser | null
let fixture: CaseFixture
beforeAll(async () => {
  browser = await launchBrowser()
  fixture = await caseWorkspace()
})
afterAll(async () => {
  await browser?.close()
  fixture.remove()
})

it('a case report is readable on screen, and printed with the research-use sentence on each page', async ({
  skip,
}) => {
  if (browser === null) return skip('no Chromium')
  const path = join(fixture.root, 'case.html')
  const request = { caseName: hostileCase, imageIds: null, path, replace: false, writtenBy: 'Lobule 0.1.0' }
  await writeCaseReport(fixture.store.read, fixture.compute, undefined, request)
  const page = await browser.newPage({ viewport: { width: 1100, height: 900 } })
  const problems: string[] = []
  const asked: string[] = []
  page.on('console', (message) => problems.push(message.text()))
  page.on('dialog', (dialog) => problems.push(dialog.message()))
  page.on('request', (outgoing) => asked.push(outgoing.url().slice(0, 12)))
  await page.goto(pathToFileURL(path).href)
  await page.getByRole('heading', { name: `Case ${hostileCase}` }).waitFor()
  // The style sheet is the one that the policy allows: parts for paper only are hidden here.
  const onPaper = page.locator('.on-paper').first()
  expect(await onPaper.isVisible()).toBe(false)
  const drawn = await page.evaluate<number[]>('[...document.images].map((image) => image.naturalWidth)')
  expect(drawn).toEqual([256, 256])
  expect(problems).toEqual([])
  expect(asked.filter((address) => !address.startsWith('file:') && !address.startsWith('data:'))).toEqual([])
  await page.screenshot({ path: screenshotPath('case-report'), fullPage: true })
  expect(await violationsOf(page)).toEqual([])

  const pdf = await page.pdf({
    path: join(fixture.root, 'case.pdf'),
    preferCSSPageSize: true,
    printBackground: true,
  })
  const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0
  expect(pages).toBeGreaterThan(1)
  expect(pdf.toString('latin1')).toMatch(/\/MediaBox\s*\[0 0 59[45](\.\d+)? 84[12]/)
  await page.emulateMedia({ media: 'print' })
  expect(await onPaper.isVisible()).toBe(true)
  // Chromium prints the margin text on each page.
  const margins = await page.evaluate<string>(
    '[...document.styleSheets[0].cssRules].find((rule) => rule instanceof CSSPageRule).cssText',
  )
  expect(margins).toContain(`@bottom-left { content: "${researchUseSentence}"`)
  expect(readFileSync(join(fixture.root, 'case.pdf')).subarray(0, 5).toString()).toBe('%PDF-')
  if (process.env['LOBULE_KEEP_PDF'] !== undefined)
    await page.pdf({ path: process.env['LOBULE_KEEP_PDF'], preferCSSPageSize: true, printBackground: true })
  await page.close()
})
