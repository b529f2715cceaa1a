import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { filesBelow } from '../../../electron/base/files-below.ts'
import { sha256OfFile } from '../../../electron/base/sha256.ts'
import type { PlanShardsReport } from '../../../electron/contract/index.ts'
import { lobuleJson } from '../../support/run-lobule.ts'

/** The built command line, as a workflow calls it. */
export const lobule = `${process.execPath} ${fileURLToPath(new URL('../../../out/main/lobule.js', import.meta.url))}`

export const workflow = (name: string): string =>
  fileURLToPath(new URL(`../../../workflows/${name}`, import.meta.url))

/** Two workspaces with the same images: `one` is encoded here, for `many` there is a plan. */
export async function twoWorkspaces(perClass: number): Promise<{
  root: string
  home: string
  at: (...names: string[]) => string
  environment: NodeJS.ProcessEnv
}> {
  const root = mkdtempSync(join(tmpdir(), 'lobule-workflow-'))
  const at = (...names: string[]): string => join(root, ...names)
  const home = at('home')
  const json = <T>(...parameters: string[]): Promise<T> => lobuleJson<T>(parameters, { home })
  await json('encoders', 'demo')
  await json('demo', at('images'), '--per-class', String(perClass), '--width', '160', '--height', '128')
  for (const name of ['one', 'many']) {
    await json('init', '--workspace', at(name))
    await json('import', at('images'), '--workspace', at(name), '--labels', 'folder')
  }
  const how = ['--recipe', 'quick', '--backend', 'cpu']
  await json('encode', '--workspace', at('one'), ...how)
  await json<PlanShardsReport>('encode-plan', '--workspace', at('many'), ...how, '--out', at('plan'))
  mkdirSync(at('parts'))
  const environment = { ...process.env, LOBULE_HOME: home, LOBULE: lobule }
  return { root, home, at, environment }
}

/** What tells whether the second workspace got what the first has: descriptors and the classifiers trained on them, to the bit. */
export async function contentOf(workspace: string, home: string): Promise<Record<string, string>> {
  const settings = ['folds=2', 'seeds=1', 'rounds=20']
  await lobuleJson(
    [
      'train',
      '-w',
      workspace,
      '--name',
      'm',
      '--recipe',
      'quick',
      '--set',
      ...settings,
      '--group-by',
      'image',
    ],
    { home },
  )
  const folders = ['descriptors', 'boosters'].map((name) => join(workspace, name))
  const files = (await Promise.all(folders.map((folder) => filesBelow(folder)))).flat()
  const kept = files.filter((file) => /\.(npy|txt)$/.test(file))
  return Object.fromEntries(
    await Promise.all(
      kept.map(async (file) => [file.slice(workspace.length), await sha256OfFile(file)] as const),
    ),
  )
}
