import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { tableLimits } from '../../../../electron/base/csv.ts'
import { comparable, matchLabelTable } from '../../../../electron/engine/tables/label-table.ts'

let root: string
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'lobule-table-'))))
afterEach(() => rmSync(root, { recursive: true }))

const put = (text: string): string => {
  const path = join(root, 'labels.csv')
  writeFileSync(path, text)
  return path
}
const match = (text: string, files: string[]) =>
  matchLabelTable({ path: put(text), classNames: ['Benign', 'InSitu'], files })
const refusal = async (text: string): Promise<string> => {
  const error: unknown = await match(text, []).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'labels.invalid-table' })
  return (error as Error).message
}

it('compares paths in upper and lower case where the system does', () => {
  const [typed, found] = [String.raw`Bilder\CASE-1.PNG`, String.raw`bilder\case-1.png`]
  expect(comparable(typed, 'win32')).toBe(comparable(found, 'win32'))
  expect(comparable(typed, 'linux')).toBe('Bilder/CASE-1.PNG')
  expect(comparable('Mu\u0308ller', 'darwin')).toBe('Müller')
})

describe('rows', () => {
  it('may have former names of a class, which agree with the present one and are no classes of their own', async () => {
    const { byFile, problems } = await matchLabelTable({
      path: put('file,label,reader\n1.png,DCIS,ada\n1.png,insitu,ada\n1.png,Other,ada\n2.png,InSitu,ada\n'),
      classNames: ['Benign', 'DCIS'],
      formerNames: [['InSitu', 'DCIS']],
      files: ['/x/1.png', '/x/2.png'],
    })
    expect(
      byFile.map(([file, { labels }]) => [file, labels.map(({ className, rows }) => [className, rows])]),
    ).toEqual([
      [0, [['DCIS', [1, 2]]]],
      [1, [['DCIS', [4]]]],
    ])
    expect(problems).toEqual([
      { row: 3, file: '1.png', problem: 'there is no class "Other" (known: Benign, DCIS)' },
    ])
  })

  it('name a file by its path, or by the end of a path that only one file has', async () => {
    const files = [join(root, 'a', '1.png'), '/x/b/1.png', '/y/b/2.png', '/z/b/2.png', String.raw`C:\q\ä.png`]
    const { byFile, problems } = await match(
      [
        'File,LABEL,case,reader',
        'a/1.png,benign,c1,ada',
        './b/1.png,InSitu,,',
        '1.png,Benign,,',
        'b/2.png,Benign,,',
        'y/b/2.png,Benign,,',
        String.raw`q\ä.png,Benign,,`.normalize('NFD'),
        'none.png,Benign,,',
        ',Benign,,',
        'a/1.png,InSitu,c2,ada',
        'a/1.png,InSitu,c1,eva',
        'a/1.png,Other,,',
      ].join('\n'),
      files,
    )
    expect(byFile).toMatchObject([
      [
        0,
        {
          caseName: 'c1',
          labels: [
            {
              className: 'Benign',
              reader: 'ada',
              source: 'reader',
              table: 'labels.csv',
              isAdjudication: false,
            },
            {
              className: 'InSitu',
              reader: 'eva',
              source: 'reader',
              table: 'labels.csv',
              isAdjudication: false,
            },
          ],
        },
      ],
      [
        1,
        {
          caseName: null,
          labels: [
            {
              className: 'InSitu',
              reader: null,
              source: 'table',
              table: 'labels.csv',
              isAdjudication: false,
            },
          ],
        },
      ],
      [
        2,
        {
          caseName: null,
          labels: [
            {
              className: 'Benign',
              reader: null,
              source: 'table',
              table: 'labels.csv',
              isAdjudication: false,
            },
          ],
        },
      ],
      [
        4,
        {
          caseName: null,
          labels: [
            {
              className: 'Benign',
              reader: null,
              source: 'table',
              table: 'labels.csv',
              isAdjudication: false,
            },
          ],
        },
      ],
    ])
    expect(problems.map(({ row, problem }) => [row, problem])).toEqual([
      [3, '2 files have this name; give more of the path'],
      [4, '2 files have this name; give more of the path'],
      [7, 'no such file is among those to import'],
      [8, 'it names no file'],
      [9, 'an earlier row gives this file the case "c1"'],
      [9, 'an earlier row labels this file Benign'],
      [11, 'there is no class "Other" (known: Benign, InSitu)'],
    ])
  })
})

describe('limits', () => {
  it('a table beyond them is refused with both numbers', async () => {
    const { columns, rows, cellCharacters } = tableLimits
    const names = Array.from({ length: 300_000 }, (_, i) => `c${i}`).join(',')
    expect(await refusal(`${names}\n`)).toMatch(`the first line has more than ${columns} columns`)
    expect(await refusal(`file,label\n${','.repeat(columns)}`)).toMatch(
      `row 1 has more than ${columns} columns`,
    )
    expect(await refusal(`file,label\n${'a,\n'.repeat(rows + 1)}b,`)).toMatch(`more than ${rows} rows`)
    for (const cell of ['x'.repeat(cellCharacters + 1), `"${'""'.repeat(cellCharacters + 1)}"`]) {
      expect(await refusal(`file,label\n${cell},`)).toMatch(
        /row 1 has a cell of \d+ characters; at most 32767/,
      )
    }
    expect(await refusal(`file,label\n"${'x'.repeat(50)}`)).toMatch(/row 1 has a quote/)
    expect(await refusal(' '.repeat(tableLimits.bytes + 1))).toMatch(`at most ${tableLimits.bytes} are read`)
    expect(await refusal('file,label')).toMatch(/no rows/)
    expect(await refusal('label\nBenign')).toMatch(/no column "file"/)
    expect(await refusal('file\na.png')).toMatch(/neither a column "label" nor a column "case"/)
  })

  it('the first 1000 problems are listed and quoted in part, of the others the number', async () => {
    const long = 'y'.repeat(10_000)
    const { problems } = await match(`file,label\n${`${long},${long}\n`.repeat(1200)}`, [])
    expect(problems).toHaveLength(1001)
    expect(problems.at(-1)).toEqual({
      row: 1200,
      file: '',
      problem: 'this and 1399 of the rows before it have problems that are not listed',
    })
    expect(JSON.stringify(problems).length).toBeLessThan(1_000_000)
  })

  it.skipIf(process.platform === 'win32')('a pipe, a device and a folder are refused unopened', async () => {
    const pipe = join(root, 'pipe.csv')
    execFileSync('mkfifo', [pipe])
    for (const path of [pipe, '/dev/zero', root]) {
      await expect(matchLabelTable({ path, classNames: [], files: [] })).rejects.toMatchObject({
        code: 'path.unreadable',
      })
    }
  })

  it('names of the same end are found without comparing every row with every file', async () => {
    // 20 000 rows times 20 000 files of one name would take minutes.
    const files = Array.from({ length: 20_000 }, (_, i) => `/x/${i}/1.png`)
    const rows = files.map((_, i) => `${i}/1.png,Benign\n`)
    expect((await match(`file,label\n${rows.join('')}`, files)).byFile).toHaveLength(20_000)
    // And so would 20 000 labels of one file.
    const readers = files.map((_, i) => `/x/1/1.png,Benign,r${i}\n`)
    const { byFile } = await match(`file,label,reader\n${readers.join('')}`, files)
    expect(byFile[0]?.[1].labels).toHaveLength(20_000)
  })
})
