import { readFileSync, globSync } from 'node:fs'
import { expect, it } from 'vitest'
import { calls, isCallName, isEnough, roles } from '../../../electron/contract/index.ts'

/** What is not in the records: whose decisions an import may bring (features/images/labels-of-others.ts). */
const imports = [
  '## Imports that write what a reader decided\n\n',
  '- `image.import`: a technician imports labels of folder names, of tables that name no reader (they are marked with their source and\n',
  '  who imported them), and of tables that name this user alone. Labels of other readers, and adjudications, need a pathologist;\n',
  '  with one such row nothing of the table is imported. The user who resumes or repeats an import is the one who counts.\n',
  '- `exchange.import`: a file of readings names its readers itself, so it needs a pathologist.\n',
  '- `region.import`, `slide.setTissue`: files of outlines name no reader; what they bring is drawn by the user who imports it.\n',
  '- `descriptors.import`, `model.import`, `shard.collect`, `demo.create`: bring no label of a reader.\n',
  '- `backup.restore`: makes another workspace, with the trail of the first one; it needs an administrator.\n\n',
  '## Calls\n\n',
]

/** docs/roles.md; `npm test -- test/unit/application/roles-table.test.ts -u` writes it. */
function table(): string {
  const head = ['call', 'signed out', ...roles]
  const rows = Object.entries(calls).map(([name, { role }]) => [
    `\`${name}\``,
    role === 'anyone' ? 'yes' : '',
    ...roles.map((of) => (isEnough(of, role) ? 'yes' : '')),
  ])
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |\n`
  return [
    '# Calls and roles\n\n',
    'Which call each role may make in a workspace with users ([users](users.md)), made from the records of the contract\n',
    '(`electron/contract`). `signed out`: also before anyone has signed in, and while the page is locked. In a workspace without\n',
    'users every call is allowed.\n\n',
    ...imports,
    line(head),
    line(widths.map((width) => '-'.repeat(width))),
    ...rows.map(line),
  ].join('')
}

it('docs/roles.md has every call and every role', async () => {
  await expect(table()).toMatchFileSnapshot('../../../docs/roles.md')
})

/** A button or menu item with a name that is no call would be offered to no one. */
it('the page names only calls that there are, where it leaves out what a role may not do', () => {
  const named = globSync('renderer/**/*.{svelte,ts}').flatMap((file) =>
    Array.from(
      readFileSync(file, 'utf8').matchAll(/(?:\bcall="|\bcall: '|\boffers\(')([^"']+)/g),
      ([, name = '']) => name,
    ),
  )
  expect(named.length).toBeGreaterThan(80)
  expect(named.filter((name) => !isCallName(name))).toEqual([])
})
