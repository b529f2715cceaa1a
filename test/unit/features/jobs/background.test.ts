import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { parseClassScheme } from '../../../../electron/contract/index.ts'
import { createApplication } from '../../../../electron/application/create-application.ts'
import { dispatch } from '../../../../electron/application/dispatch.ts'
import { createWorkspace, insertImage } from '../../../../electron/store/index.ts'
import { inProcessCompute } from '../../../support/in-process-compute.ts'
import { newImage } from '../../../support/rows.ts'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'lobule-background-'))))
afterEach(() => rmSync(root, { recursive: true }))

/** The parameters that the process for trainings and that for images get at their start. */
async function told(door: { isCommandLine?: true }): Promise<readonly (readonly string[])[]> {
  const workspace = join(root, 'w')
  const store = createWorkspace(workspace, parseClassScheme('Benign,Malignant*'), 'test')
  insertImage(store.database, newImage('1'.padStart(64, '0'), { widthPx: 4, heightPx: 3 }))
  store.close()
  const compute = inProcessCompute({
    encoderList: () => Promise.resolve([]),
    thumbnail: () => Promise.resolve(new Uint8Array([1])),
  })
  const application = createApplication({
    homeDirectory: join(root, 'home'),
    version: 'test',
    launchCompute: compute.launch,
    door: { tiles: '', choose: null, ...door },
  })
  await dispatch(application.handlers, 'workspace.open', { path: workspace })
  await dispatch(application.handlers, 'encoder.list', {})
  expect((await application.readPicture('/1/thumbnail.jpg')).bytes).toEqual(new Uint8Array([1]))
  await application.close()
  return compute.parameters
}

it('runs trainings at lower priority than images where a reader looks at them', async () => {
  expect(await told({})).toEqual([['--background'], []])
})

it('lowers nothing on the command line, where the user waits for the work itself', async () => {
  expect(await told({ isCommandLine: true })).toEqual([[], []])
})
