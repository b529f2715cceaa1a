import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { SlideThreshold } from '../../../electron/contract/index.ts'
import { lobuleJson, runLobule } from '../../support/run-lobule.ts'
import { addLabelledSlides, makeSlideWorkspace } from '../page/slide-workspace.ts'

let home: string
let workspace: string
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'lobule-calibrate-'))
  workspace = join(home, 'study')
  await makeSlideWorkspace(home, workspace)
})
afterAll(() => rmSync(home, { recursive: true }))

it('learns a threshold for slides, and refuses with what is missing', async () => {
  const calibrate = ['slides', 'calibrate', '--workspace', workspace, '--model', 'first look']
  const none = await runLobule(calibrate, { home })
  expect(none.code).toBe(1)
  expect(none.stderr).toMatch(
    /at least 10 cases with carcinoma and 10 without; usable slides, analysed by the model "first look", are of 0 and 0 cases.*1 without a label/,
  )
  await addLabelledSlides(home, workspace)
  const { code, stdout } = await runLobule(calibrate, { home })
  expect(code).toBe(0)
  for (const said of [
    'Threshold for slides of the model "first look": carcinoma is suggested from 15.0 % of the analysed tissue on.',
    'Learned on 20 slides of 20 cases: 10 with carcinoma (10 cases), 10 without (10 cases).',
    '9 of 10 slides with carcinoma were found (sensitivity 90.0 %, 95 % interval 59.6 % to 98.2 %)',
    'Some of these slides are SYNTHETIC',
    'is not validated on slides: the threshold for slides was learned on 20 slides of 20 cases.',
  ])
    expect(stdout).toContain(said)
  const again = await lobuleJson<SlideThreshold>(calibrate, { home })
  expect(again).toMatchObject({ threshold: 0.15, slides: 20, leftOut: { unlabelled: 1 } })
})
