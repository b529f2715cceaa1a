import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { AuditVerification, ImageView } from '../../../electron/contract/index.ts'
import { openWorkspace } from '../../../electron/store/index.ts'
import { lobuleJson, runLobule } from '../../support/run-lobule.ts'

let root: string
let home: string
const at = (name: string): string => join(root, name)
const json = <T>(...parameters: string[]): Promise<T> => lobuleJson<T>(parameters, { home })

/** While another process writes. */
function imagesIn(workspace: string): number {
  const database = new Sqlite(join(workspace, 'workspace.sqlite'), { readonly: true })
  try {
    return database.prepare<[], number>('SELECT count(*) FROM images').pluck().get() ?? 0
  } finally {
    database.close()
  }
}

/** As another program does: the database goes, with its log. */
function deleteDatabase(workspace: string): void {
  for (const name of readdirSync(workspace).filter((entry) => entry.startsWith('workspace.sqlite')))
    rmSync(join(workspace, name))
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-cli-rescue-'))
  home = at('home')
  await json('demo', at('images'), '--per-class', '30', '--width', '64', '--height', '64')
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

it('takes a deleted database from the process that still has it open', async ({ skip }) => {
  if (!existsSync('/proc/self/fd')) return skip('only on Linux')
  await json('init', '-w', at('w'))
  await json('import', at('images'), '-w', at('w'), '--labels', 'folder')
  const rescue = ['workspace', 'rescue', '-w', at('w'), '--out', at('rescued')]
  const tooEarly = await runLobule(rescue, { home })
  expect(tooEarly.code).toBe(1)
  expect(tooEarly.stderr).toContain('No running program that can be asked here has a lost database')
  expect(existsSync(at('rescued'))).toBe(false)

  const held = openWorkspace(at('w'), 'test')
  held.database.prepare("UPDATE workspace SET name = 'still in the log'").run()
  deleteDatabase(at('w'))
  try {
    const { stdout, stderr, code } = await runLobule(rescue, { home })
    expect(stderr).toBe('')
    expect(code).toBe(0)
    expect(stdout).toContain(`Rescued ${at('rescued')}`)
  } finally {
    held.close()
  }
  expect(await json<ImageView[]>('images', '-w', at('rescued'))).toHaveLength(120)
  // The change that was only in the log is there, and is found as one that Lobule did not make.
  const { code, stdout } = await runLobule(['audit', 'verify', '-w', at('rescued'), '--json'], { home })
  expect(code).toBe(1)
  expect((JSON.parse(stdout) as AuditVerification).problems).toMatchObject([
    { message: expect.stringContaining('name and date of the workspace') as string },
  ])
}, 120_000)

it('a command whose database is deleted while it runs saves what it has, and says where', async () => {
  await json('init', '-w', at('v'))
  const { code, stderr } = await runLobule(['import', at('images'), '-w', at('v')], {
    home,
    onStart: () => {
      const look = setInterval(() => {
        if (imagesIn(at('v')) < 3) return
        clearInterval(look)
        deleteDatabase(at('v'))
      }, 10)
    },
  })
  expect(code).toBe(1)
  expect(stderr).toContain('was deleted or replaced by another program')
  const [, saved = ''] = /was saved as a workspace: (\S+)/.exec(stderr) ?? []
  expect(stderr).toContain('was saved as a workspace')
  expect(saved).toMatch(/\/v-rescued-/)
  expect(await json<AuditVerification>('audit', 'verify', '-w', saved)).toMatchObject({ whole: true })
}, 120_000)
