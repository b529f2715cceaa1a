import type { TableEncoding } from '../../electron/contract/index.ts'

/** A table of labels onto a.png and b.png, and what an import must answer. */
export interface CorpusTable {
  name: string
  content: string | Buffer
  encoding?: TableEncoding
  /** What the table gives: each label and case; or why it is refused. */
  expected: { rows: string; given: string } | RegExp
}

const plain = 'file,label,case,reader\na.png,Benign,001,Ann\nb.png,Malignant,Müller,Jörg\n'
const given = 'a.png Benign 001 Ann, b.png Malignant Müller Jörg'
const both = { rows: '2 rows of the table: 2 added.', given }
const semicolons = plain.replaceAll(',', ';')
const tabs = plain.replaceAll(',', '\t')
const wide = Buffer.from(`\uFEFF${tabs}`, 'utf16le')

/** A new case is one entry. */
export const corpusTables: readonly CorpusTable[] = [
  { name: 'comma', content: plain, expected: both },
  { name: 'semicolon', content: semicolons, expected: both },
  { name: 'tab', content: tabs, expected: both },
  { name: 'byte order mark', content: `\uFEFF${semicolons}`, expected: both },
  { name: 'sep=;', content: `sep=;\r\n${semicolons}`, expected: both },
  { name: 'sep=,', content: `sep=,\n${plain}`, expected: both },
  { name: 'sep=tab', content: `SEP=\t\n${tabs}`, expected: both },
  { name: 'CRLF', content: plain.replaceAll('\n', '\r\n'), expected: both },
  { name: 'CR', content: plain.replaceAll('\n', '\r'), expected: both },
  { name: 'no last line end', content: plain.trimEnd(), expected: both },
  { name: 'UTF-16, little end', content: wide, expected: both },
  { name: 'UTF-16, big end', content: Buffer.from(wide).swap16(), expected: both },
  { name: 'decomposed names', content: plain.normalize('NFD'), expected: both },
  { name: 'empty columns', content: plain.replaceAll('\n', ',,\n'), expected: both },
  {
    name: 'empty rows',
    content: `${plain},,,\n,,,\n`,
    expected: { rows: '4 rows of the table: 2 added, 2 empty.', given },
  },
  { name: 'quotes', content: plain.replaceAll(/[^,\n]+/g, '"$&"'), expected: both },
  { name: 'other columns', content: plain.replaceAll('\n', ',x\n').replace(',x', ',note'), expected: both },
  { name: 'columns in capitals', content: plain.replace('file,label', 'FILE,Label'), expected: both },
  { name: 'class in capitals', content: plain.replace('Benign', 'BENIGN'), expected: both },
  {
    name: 'Windows-1252, stated',
    content: Buffer.from(plain, 'latin1'),
    encoding: 'windows-1252',
    expected: both,
  },
  {
    name: 'Windows-1252, not stated',
    content: Buffer.from(plain, 'latin1'),
    expected: /line 3 is not UTF-8.*--encoding windows-1252/,
  },
  { name: '.xlsx', content: 'PK\u0003\u0004', expected: /an Excel workbook.*save it as CSV/ },
  { name: '.xls', content: Buffer.from([0xd0, 0xcf, 0x11, 0xe0]), expected: /old Excel workbook/ },
  { name: 'no column file', content: 'name,label\na.png,Benign\n', expected: /no column "file"/ },
  { name: 'no column label', content: 'file,class\na.png,Benign\n', expected: /neither a column "label"/ },
  {
    name: 'a column twice',
    content: 'file,label,label\na.png,Benign,Benign\n',
    expected: /"label" is there twice/,
  },
  { name: 'a short row', content: 'file,label,case\na.png,Benign\n', expected: /row 1 has 2 fields/ },
  { name: 'nothing', content: '', expected: /no rows/ },
  { name: 'no rows', content: 'file,label\n', expected: /no rows/ },
  {
    name: 'a class that is none',
    content: 'file,label\na.png,Sarcoma\nb.png,Benign\n',
    expected: { rows: '2 rows of the table: 1 added, 1 not used.', given: 'b.png Benign - -' },
  },
  {
    name: 'a file that is not there',
    content: 'file,label\nc.png,Benign\nb.png,Benign\n',
    expected: { rows: '2 rows of the table: 1 added, 1 not used.', given: 'b.png Benign - -' },
  },
  {
    name: 'a row against an earlier one',
    content: 'file,label,reader\na.png,Benign,Ann\na.png,Malignant,ann\na.png,Malignant,Bob\n',
    expected: {
      rows: '3 rows of the table: 2 added, 1 with a contradiction.',
      given: 'a.png Benign - Ann, a.png Malignant - Bob',
    },
  },
  {
    name: 'the same row twice',
    content: 'file,label,reader\na.png,Benign,Ann\na.png,benign,Ann\n',
    expected: { rows: '2 rows of the table: 2 added.', given: 'a.png Benign - Ann' },
  },
  {
    name: 'leading zeros and signs',
    content: "file,label,case\na.png,Benign,007\nb.png,Benign,'-7\n",
    expected: { rows: '2 rows of the table: 2 added.', given: 'a.png Benign 007 -, b.png Benign -7 -' },
  },
  {
    name: 'a reader that looks like another one',
    content: 'file,label,reader\na.png,Benign,Béa\nb.png,Benign,Bea\n',
    expected: { rows: '2 rows of the table: 1 added, 1 not used.', given: 'a.png Benign - Béa' },
  },
  {
    name: 'names that are too long',
    content: `file,label,case,reader\na.png,Benign,7,${'r'.repeat(81)}\nb.png,Benign,${'7'.repeat(201)},Ann\n`,
    expected: { rows: '2 rows of the table: 2 not used.', given: 'b.png Benign - Ann' },
  },
]
