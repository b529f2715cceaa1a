import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { sha256OfFile } from '../../../../electron/base/sha256.ts'
import { ComputeClient } from '../../../../electron/compute/client.ts'
import { parseClassScheme, rowsSentence, type ImportReport } from '../../../../electron/contract/index.ts'
import { importImages, importJob } from '../../../../electron/features/images/import-images.ts'
import { createWorkspace, listImages, type OpenWorkspace } from '../../../../electron/store/index.ts'
import { corpusTables } from '../../../corpus/tables.ts'
import { importInput } from '../../../support/import-input.ts'
import { inProcessBounded } from '../../../support/in-process-bounded.ts'
import { inProcessCompute } from '../../../support/in-process-compute.ts'
import { jobRun } from '../../../support/job-run.ts'

let root: string
let store: OpenWorkspace
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-tables-'))
  store = createWorkspace(join(root, 'w'), parseClassScheme('Benign,Malignant*'), 'test')
  mkdirSync(join(root, 'pictures'))
  for (const name of ['a', 'b']) writeFileSync(join(root, 'pictures', `${name}.png`), name)
})
afterEach(() => {
  store.close()
  rmSync(root, { recursive: true })
})

const bounded = inProcessBounded()
const compute = inProcessCompute({
  hash: ({ path }) => sha256OfFile(path),
  inspect: async ({ path }) => {
    const sha256 = await sha256OfFile(path)
    const size = { widthPx: 2, heightPx: 2, byteCount: 1, pixelSizeUm: null, synthetic: false }
    const rest = { format: 'png', pixelSizeSource: 'none', hasLabelPicture: false } as const
    return [{ sha256, fileSha256: sha256, page: 1, ...size, ...rest }]
  },
})

it.each(corpusTables)('reads or refuses a table: $name', async ({ content, encoding, expected }) => {
  const labelsFile = join(root, 'labels.csv')
  writeFileSync(labelsFile, content)
  const how = { labels: 'none', casesPattern: null, labelsFile, encoding } as const
  const run = (isDryRun: boolean): Promise<ImportReport> =>
    importImages(
      importInput([join(root, 'pictures')], how),
      jobRun(importJob),
      { workspace: store, compute: new ComputeClient(compute.launch, () => undefined), bounded },
      { isDryRun },
    )
  if (expected instanceof RegExp) {
    await expect(run(false)).rejects.toMatchObject({
      code: 'labels.invalid-table',
      message: expect.stringMatching(expected) as string,
    })
    expect(listImages(store.database)).toEqual([])
    return
  }
  const tried = await run(true)
  const { account } = await run(false)
  expect(tried.account).toEqual(account)
  const given = listImages(store.database).flatMap(({ fileName, caseName, readings }) =>
    readings.all.map(({ className, reader }) =>
      `${fileName} ${className} ${caseName ?? '-'} ${reader ?? '-'}`.normalize('NFC'),
    ),
  )
  const rows = account?.rows ?? null
  expect({ rows: rows === null ? '' : rowsSentence(rows), given: given.join(', ') }).toEqual(expected)
})
