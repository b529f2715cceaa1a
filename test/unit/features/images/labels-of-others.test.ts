import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { sha256OfFile } from '../../../../electron/base/sha256.ts'
import { atOnce } from '../../../../electron/base/slices.ts'
import { ComputeClient } from '../../../../electron/compute/client.ts'
import { parseClassScheme, roles, type Role } from '../../../../electron/contract/index.ts'
import { importImages, importJob } from '../../../../electron/features/images/import-images.ts'
import {
  actAs,
  createWorkspace,
  insertReader,
  insertUserChange,
  listLabels,
  type OpenWorkspace,
} from '../../../../electron/store/index.ts'
import { importInput } from '../../../support/import-input.ts'
import { inProcessBounded } from '../../../support/in-process-bounded.ts'
import { inProcessCompute } from '../../../support/in-process-compute.ts'
import { jobRun } from '../../../support/job-run.ts'

let root: string
let store: OpenWorkspace
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-of-others-'))
  store = createWorkspace(join(root, 'w'), parseClassScheme('Benign,Malignant*'), 'test')
})
afterEach(() => {
  store.close()
  rmSync(root, { recursive: true })
})

const { launch } = inProcessCompute({
  hash: ({ path }) => sha256OfFile(path),
  inspect: async ({ path }) => {
    const sha256 = await sha256OfFile(path)
    const size = { widthPx: 2, heightPx: 2, byteCount: 1, pixelSizeUm: null }
    const rest = { format: 'png', pixelSizeSource: 'none', hasLabelPicture: false, synthetic: false } as const
    return [{ sha256, fileSha256: sha256, page: 1, ...size, ...rest }]
  },
})
const bounded = inProcessBounded()
const run = (labelsFile: string, reader: string): ReturnType<typeof importImages> =>
  importImages(
    importInput([join(root, 'a-1.png')], { labels: 'none', labelsFile, reader }),
    jobRun(importJob),
    {
      workspace: store,
      compute: new ComputeClient(launch, () => undefined),
      bounded,
    },
  )

/** From which role on a table may be imported in a workspace with users; the call needs a technician in any case. */
const tables: [what: string, rows: string, from: Role][] = [
  ['names no reader', 'file,label\na-1.png,Benign\n', 'read-only'],
  ['names the user alone', 'file,label,reader\na-1.png,Benign,{user}\n', 'read-only'],
  ['gives cases', 'file,label,case,reader\na-1.png,,k,Anna\n', 'read-only'],
  ['names another reader', 'file,label,reader\na-1.png,Benign,Anna\n', 'pathologist'],
  ['names a reader who is unsure', 'file,label,unsure,reader\na-1.png,,yes,Anna\n', 'pathologist'],
  ['adjudicates', 'file,label,reader,kind\na-1.png,Benign,{user},adjudication\n', 'pathologist'],
]
it.each(tables)('a table that %s is imported by the roles that may decide so', async (_what, rows, from) => {
  writeFileSync(join(root, 'a-1.png'), 'A')
  const { database } = store
  for (const role of [...roles].reverse()) {
    insertReader(database, role)
    const after = { name: role, role, account: 'lab', pinHash: null, recoverySha256: null }
    insertUserChange(database, { before: null, after })
  }
  const table = join(root, 'labels.csv')
  for (const user of roles) {
    writeFileSync(table, rows.replaceAll('{user}', user))
    const before = atOnce(listLabels(database, null)).length
    // The import of an administrator, which another user resumes or repeats, is then that user's.
    const imported = actAs(database, user, () => run(table, 'administrator'))
    if (roles.indexOf(user) >= roles.indexOf(from)) {
      await imported
      const importers = atOnce(listLabels(database, null)).map(({ importedBy }) => importedBy)
      expect(importers).not.toContain('administrator')
      continue
    }
    await expect(imported, user).rejects.toMatchObject({
      code: 'user.labels-of-others',
      details: { name: user, role: user, needed: 'pathologist' },
    })
    expect(atOnce(listLabels(database, null))).toHaveLength(before)
  }
})
