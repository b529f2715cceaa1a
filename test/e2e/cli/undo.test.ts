import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ActionView, AuditVerification, ImageView } from '../../../electron/contract/index.ts'
import { lobuleJson, runLobule } from '../../support/run-lobule.ts'

let root: string
let home: string
const workspace = (): string[] => ['--workspace', join(root, 'w')]
const ada = ['--reader', 'ada'] as const
const json = <T>(...parameters: string[]): Promise<T> => lobuleJson<T>(parameters, { home })
const fileNames = async (): Promise<string[]> =>
  (await json<ImageView[]>('images', ...workspace())).map(({ fileName }) => fileName)
const run = (...parameters: string[]): ReturnType<typeof runLobule> => runLobule(parameters, { home })

/** The label and the comment of an image. */
async function stateOf(image: string): Promise<(string | null)[]> {
  const images = await json<ImageView[]>('images', ...workspace())
  const { label, readings } = images.find(({ fileName }) => fileName === image) ?? {}
  return [label?.className ?? null, readings?.all[0]?.comment ?? null]
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-cli-undo-'))
  home = join(root, 'home')
  await json('init', ...workspace())
  await json('demo', join(root, 'images'), '--per-class', '1', '--width', '64', '--height', '64')
  await json('import', join(root, 'images'), ...workspace())
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

it('goes back and forth through the steps of a reader, and names each', async () => {
  const [first = '', second = ''] = await fileNames()
  await json('label', first, 'Benign', ...workspace(), ...ada)
  await json('label', second, 'InSitu', ...workspace(), ...ada)
  await json('label', first, ...workspace(), ...ada, '--comment', 'a hint')
  await json('label', second, 'Invasive', ...workspace(), '--reader', 'eva', '--adjudicate')

  // Another reader's adjudication is not undone.
  const listed = await run('undo', ...workspace(), ...ada, '--list')
  expect(listed).toMatchObject({ code: 0, stdout: `Next undo: comment on ${first}\n` })
  expect(await stateOf(first)).toEqual(['Benign', 'a hint'])

  expect((await run('undo', ...workspace(), ...ada)).stdout).toBe(`Undone: comment on ${first}\n`)
  expect(await stateOf(first)).toEqual(['Benign', null])
  const step = await json<ActionView>('undo', ...workspace(), ...ada)
  expect(step).toMatchObject({ kind: 'label', className: 'InSitu', image: { name: second } })
  expect((await run('redo', ...workspace(), ...ada, '--list')).stdout).toBe(
    `Next redo: InSitu on ${second}\n`,
  )
  await json('redo', ...workspace(), ...ada)
  await json('redo', ...workspace(), ...ada)
  expect(await stateOf(first)).toEqual(['Benign', 'a hint'])

  const nothing = await run('redo', ...workspace(), ...ada)
  expect(nothing.code).toBe(1)
  expect(nothing.stderr).toContain('ada has nothing to redo.')
  expect(await json<ActionView | null>('redo', ...workspace(), ...ada, '--list')).toBeNull()
  await json('set-case', 'S21', first, second, ...workspace(), ...ada)
  expect((await run('undo', ...workspace(), ...ada)).stdout).toBe('Undone: case S21 on 2 images\n')
  expect((await run('redo', ...workspace(), ...ada)).stdout).toBe('Redone: case S21 on 2 images\n')
  expect(await json<AuditVerification>('audit', 'verify', ...workspace())).toMatchObject({ whole: true })
})

it('refuses a step over a later adjudication, and says whose it is', async () => {
  const [image = ''] = await fileNames()
  for (const reader of ['ben', 'cleo'])
    await json('label', image, 'Normal', ...workspace(), '--reader', reader, '--adjudicate')
  const refused = await run('undo', ...workspace(), '--reader', 'ben')
  expect(refused.code).toBe(1)
  expect(refused.stderr).toContain(
    'This cannot be undone, because cleo has changed the adjudication since. Nothing was changed.',
  )
  expect((await run('undo', ...workspace(), '--reader', 'cleo')).code).toBe(0)
  expect((await run('undo', ...workspace(), '--reader', 'ben')).code).toBe(0)
})
