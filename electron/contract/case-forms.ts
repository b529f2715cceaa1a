import { z } from 'zod'

/** In place of a regular expression: the folder of a file is its case. */
export const folderCases = '@folder'

interface CaseForm {
  id: CaseFormId
  /** A regular expression over the file name, or `folderCases`. */
  pattern: string
  /** A file name of this form. */
  example: string
}

const caseFormIds = [
  'breakhis',
  'tcga',
  'lab-number',
  'case-number',
  'folder',
  'before-last-underscore',
  'before-first-underscore',
  'before-last-hyphen',
  'before-first-hyphen',
  'before-first-dot',
  'first-number',
] as const
export const caseFormIdSchema = z.enum(caseFormIds)
export type CaseFormId = z.infer<typeof caseFormIdSchema>

/** Common forms of file names, the most specific first; each reads the case from its example. */
export const caseForms: readonly CaseForm[] = [
  // The letters after the number name a slide of the patient.
  {
    id: 'breakhis',
    pattern: String.raw`^SOB_[BM]_[A-Z]+-(\d+-\d+)`,
    example: 'SOB_B_A-14-29960CD-100-001.png',
  },
  { id: 'tcga', pattern: String.raw`^(TCGA-\w{2}-\w{4})`, example: 'TCGA-A2-A0CX-01Z-00-DX1.svs' },
  {
    id: 'lab-number',
    pattern: String.raw`(?<![A-Za-z])([A-Z]{1,3}\d{2}[-_. ]?\d{3,})`,
    example: 'S21-12345_A1_03.tif',
  },
  {
    id: 'case-number',
    pattern: String.raw`(?:[Cc]ase|CASE|[Pp]atient|PATIENT|[Ff]all|FALL)[-_ ]?(\d+)`,
    example: 'case07_field2.png',
  },
  { id: 'folder', pattern: folderCases, example: 'H23-1204/field 3.tif' },
  { id: 'before-last-underscore', pattern: '^(.+)_[^_]*$', example: '0815_A1_x20.tif' },
  { id: 'before-first-underscore', pattern: '^([^_]+)_', example: '0815_A1_x20.tif' },
  { id: 'before-last-hyphen', pattern: '^(.+)-[^-]*$', example: '2023.118-3-2.png' },
  { id: 'before-first-hyphen', pattern: '^([^-]+)-', example: '2023.118-3.png' },
  { id: 'before-first-dot', pattern: String.raw`^([^.]+)\.`, example: 'B1204.2.tif' },
  { id: 'first-number', pattern: String.raw`(\d+)`, example: 'img 0815 b.jpg' },
]

/** A way to read the cases of an import from its files, with what it gives. */
export const caseProposalSchema = z.object({
  /** null: an expression of the user's own. */
  form: caseFormIdSchema.nullable(),
  pattern: z.string(),
  /** Whether the last import into this workspace used it. */
  isLast: z.boolean(),
  cases: z.int().nonnegative(),
  withoutCase: z.int().nonnegative(),
  /** Images of the smallest and of the largest case. */
  minImages: z.int().positive(),
  maxImages: z.int().positive(),
  /** One of the files, with its case. */
  example: z.object({ file: z.string(), caseName: z.string() }),
})
export type CaseProposal = z.infer<typeof caseProposalSchema>
