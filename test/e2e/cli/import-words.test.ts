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
  expect(stdout).toContain('3 have no known pixel size.')
  expect(await lobuleJson([...command, '--labels', 'folder'], { home })).toMatchObject({ withoutLabel: 2 })
  const stated = await runLobule([...command, '--pixel-size', '0.42'], { home })
  expect(stated.stdout).not.toContain('have no label')
  expect(stated.stdout).not.toContain('pixel size')
})
