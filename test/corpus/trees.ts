import type { ImportAccount } from '../../electron/contract/index.ts'

/**
 * A tree of files, by path, each with the name of its content. What an import with `--labels folder`
 * and `--cases 'case-([^-.]+)'` must answer.
 */
export interface CorpusTree {
  name: string
  files: Readonly<Record<string, string>>
  expected: {
    files: Omit<ImportAccount['files'], 'offered'>
    hidden: number
    skipped: Readonly<Record<string, number>>
    /** What, offered and present. */
    contradictions: readonly string[]
    /** The cases of its images. */
    caseNames: readonly string[]
  }
}

const none = { imported: 0, present: 0, contradicting: 0, failed: 0 }

/** A new case is one entry. */
export const corpusTrees: readonly CorpusTree[] = [
  {
    name: 'one patient as Windows and a Mac write it',
    files: { 'case-Müller-a.png': 't1', 'case-Mu\u0308ller-b.png': 't2' },
    expected: {
      files: { ...none, imported: 2 },
      hidden: 0,
      skipped: {},
      contradictions: [],
      caseNames: ['Müller'],
    },
  },
  {
    name: 'one picture in two class folders and two cases',
    files: { 'Benign/case-1.png': 't3', 'Malignant/case-2.png': 't3', 'malignant/case-3.png': 't4' },
    expected: {
      files: { ...none, imported: 2, contradicting: 1 },
      hidden: 0,
      skipped: {},
      contradictions: ['label Malignant Benign', 'case 2 1'],
      caseNames: ['1', '3'],
    },
  },
  {
    name: 'one picture twice, with the same label and case',
    files: { 'Benign/case-1.png': 't5', 'x/Benign/case-1.png': 't5' },
    expected: {
      files: { ...none, imported: 1, present: 1 },
      hidden: 0,
      skipped: {},
      contradictions: [],
      caseNames: ['1'],
    },
  },
  {
    name: 'hidden files and thumbnails of network storage',
    files: {
      '@eaDir/a.png/SYNOPHOTO_THUMB_M.png': 't6',
      '._a.png': 't7',
      '.DS_Store': 't8',
      'Thumbs.db': 't9',
      'a.png': 't10',
    },
    expected: {
      files: { ...none, imported: 1 },
      hidden: 4,
      skipped: {},
      contradictions: [],
      caseNames: [],
    },
  },
  {
    name: 'pictures that are not read, and notes',
    files: { 'a.bmp': 't11', 'b.jp2': 't12', 'notes.txt': 't13', README: 't14' },
    expected: {
      files: none,
      hidden: 0,
      skipped: { '': 1, '.bmp': 1, '.jp2': 1, '.txt': 1 },
      contradictions: [],
      caseNames: [],
    },
  },
  {
    name: 'notes beside a picture lose nothing',
    files: { 'a.png': 't15', 'notes.txt': 't16' },
    expected: {
      files: { ...none, imported: 1 },
      hidden: 0,
      skipped: { '.txt': 1 },
      contradictions: [],
      caseNames: [],
    },
  },
]
