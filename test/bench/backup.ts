/**
 * A backup of a large workspace while labels are given:
 * `npm run bench -- backup [--images 10000] [--boosters 300] [--booster-mb 1]`. Rows and files are synthetic. A process
 * labels without pause; the command line, a second process, backs the workspace up, verifies the file and restores it.
 * Every label that was acknowledged before the backup began must be in the restored workspace, and its audit trail whole.
 */
import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { BackupCheckReport, BackupReport, RestoreReport } from '../../electron/contract/index.ts'
import { insertModel, listClasses } from '../../electron/store/index.ts'
import { problemsOf, storedLabels, within } from '../durability/state.ts'
import { boosterRecord, newModel } from '../support/rows.ts'
import { lobuleJson } from '../support/run-lobule.ts'
import { machineLine } from './support/figures.ts'
import { makeLargeWorkspace } from './support/large-workspace.ts'

const { values } = parseArgs({
  options: {
    images: { type: 'string', default: '10000' },
    boosters: { type: 'string', default: '300' },
    'booster-mb': { type: 'string', default: '1' },
  },
})
const [imageCount, boosterCount] = [Number(values.images), Number(values.boosters)]
const boosterBytes = Number(values['booster-mb']) * 2 ** 20
const labelScript = fileURLToPath(new URL('../durability/label-forever.ts', import.meta.url))

const root = mkdtempSync(join(tmpdir(), 'lobule-backup-bench-'))
const workspace = join(root, 'study')
const json = <T>(...parameters: string[]): Promise<T> =>
  lobuleJson<T>(parameters, { home: join(root, 'home') })

/** Texts like those of LightGBM, each with numbers of its own, so that nothing about them is easier than in practice. */
async function addBoosters(): Promise<void> {
  await within(workspace, ({ database, folders }) => {
    mkdirSync(folders.boosters, { recursive: true })
    const hashes = Array.from({ length: boosterCount }, (_, n) => {
      let text = `tree\nversion=v4\nbooster ${n}\n`
      for (let block = createHash('sha256').update(text).digest('hex'); text.length < boosterBytes;) {
        block = createHash('sha512').update(block).digest('hex')
        text += `leaf_value=0.${block}\n`
      }
      const sha256 = createHash('sha256').update(text).digest('hex')
      writeFileSync(join(folders.boosters, `${sha256}.txt`), text)
      return sha256
    })
    const classes = listClasses(database)
    insertModel(database, newModel(classes, { name: 'large', boosters: hashes.map(recordOf) }))
  })
}
const recordOf = (sha256: string, n: number) => ({ ...boosterRecord(sha256), fold: n % 10, seed: n })

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now()
  const result = await work()
  console.log(`${what}: ${((performance.now() - startedAt) / 1000).toFixed(1)} s`)
  return result
}

try {
  console.log(machineLine())
  await makeLargeWorkspace(workspace, imageCount, 1)
  await addBoosters()
  const acknowledged: string[] = []
  const child = fork(labelScript, [workspace, '0'], {
    execArgv: ['--experimental-strip-types', '--no-warnings'],
  })
  child.on('message', (label) => acknowledged.push(JSON.stringify(label)))
  await new Promise((resolve) => child.once('message', resolve))
  await new Promise((resolve) => setTimeout(resolve, 5000))

  const before = acknowledged.slice()
  const file = join(root, 'study.tar')
  const report = await timed('backup, with the program’s start', () =>
    json<BackupReport>('workspace', 'backup', '-w', workspace, '--out', file),
  )
  const given = acknowledged.length - before.length
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
  console.log(`${given} labels were given meanwhile, after ${before.length}`)
  console.log(
    `${report.files} files, ${(report.bytes / 1e6).toFixed(1)} MB, ${report.problems.length} problems`,
  )
  await timed('verify', () => json<BackupCheckReport>('workspace', 'verify', file))
  const again = join(root, 'again')
  await timed('restore', () => json<RestoreReport>('workspace', 'restore', file, '-w', again))

  const stored = await storedLabels(again)
  const lost = before.filter((label) => !stored.has(label))
  const problems = await problemsOf(again)
  const later = acknowledged.slice(before.length).filter((label) => stored.has(label)).length
  console.log(
    `${before.length - lost.length} of ${before.length} acknowledged labels restored, and ${later} later ones`,
  )
  console.log(
    problems.length === 0
      ? 'database, trail and files of the restored workspace are whole'
      : problems.join('\n'),
  )
  if (lost.length > 0 || problems.length > 0) process.exitCode = 1
} finally {
  rmSync(root, { recursive: true, force: true })
}
