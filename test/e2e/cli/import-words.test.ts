import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { noise } from '../../support/odd-files.ts'
import { lobuleJson, runLobule } from '../../support/run-lobule.ts'

const root = mkdtempSync(join(tmpdir(), 'lobule-import-words-'))
const home = join(root, 'home')
afterAll(() => rmSync(root, { recursive: true }))

it('reports imported images without label or pixel size, and what to do about it', async () => {
  for (const [folder, name] of [
    ['benign', 'a'],
    ['malignant', 'b'],
    ['malignant', 'c'],
  ] as const) {
    mkdirSync(join(root, 'own', folder), { recursive: true })
    writeFileSync(join(root, 'own', folder, `${name}.png`), await noise(name).png().toBuffer())
  }
  const workspace = ['--workspace', join(root, 'w')]
  await lobuleJson(['init', ...workspace], { home })
  const command = ['import', join(root, 'own'), ...workspace]
  const { stdout } = await runLobule([...command, '--labels', 'folder'], { home })
  expect(stdout).toContain('3 imported, 0 already imported, 0 failed; 1 labelled.')
  expect(stdout).toContain('2 have no label: neither a folder nor the table names a class of this workspace')
  expect(stdout).toContain('3 have no known pixel size; 0.42 µm is assumed.')
  expect(stdout).toContain('lobule set-pixel-size')
  expect(stdout).toContain('No image has a case, so images of one patient can be in training and test alike.')
  expect(await lobuleJson([...command, '--labels', 'folder'], { home })).toMatchObject({
    withoutLabel: 2,
    cases: { count: 0, withoutCase: 3 },
  })
  const stated = await runLobule([...command, '--pixel-size', '0.42'], { home })
  expect(stated.stdout).not.toContain('have no label')
  expect(stated.stdout).not.toContain('pixel size')
})

it('says how many cases an expression found', async () => {
  const own = join(root, 'cases')
  mkdirSync(own, { recursive: true })
  for (const name of ['case1-1', 'case1-2', 'case2-1', 'other'])
    writeFileSync(join(own, `${name}.png`), await noise(`cases ${name}`).png().toBuffer())
  const workspace = ['--workspace', join(root, 'cases-w')]
  await lobuleJson(['init', ...workspace], { home })
  const { stdout } = await runLobule(['import', own, ...workspace, '--cases', 'case(\\d+)'], { home })
  expect(stdout).toContain('2 cases; 1 image without a case.')
})

it('lists the commands under headings, with the first steps below', async () => {
  const { stdout } = await runLobule(['--help'], { home })
  // Every command has a heading of its own, except that of the help.
  const [, ungrouped = ''] = stdout.split(/^Commands:$/m)
  expect(ungrouped.split('First steps:')[0]?.trim()).toMatch(/^help \[command\]\s+display help for command$/)
  const heads = [...stdout.matchAll(/^(\S.*):$/gm)].map(([, head]) => head)
  expect(heads.indexOf('Workspace and images')).toBeLessThan(heads.indexOf('This computer'))
  expect(stdout).toContain('lobule train -w FOLDER --name first')
})
