import { InvalidArgumentError, Option, type Command } from 'commander'
import { resolve } from 'node:path'
import {
  cameraBitsOptions,
  cameraBitsSchema,
  changeSentence,
  contradictionSentence,
  folderCases,
  isComplete,
  labelPictureSentence,
  noteSentence,
  removedSentence,
  rowsSentence,
  skippedSentence,
  type CallInput,
  type CallOutput,
  type CameraBits,
  type CaseProposal,
  type ImportAccount,
  type ImportReport,
  type RowProblem,
  type SkippedFiles,
} from '../../contract/index.ts'
import { counted, fileFormat } from '../../report/format.ts'
import type { CommandContext } from '../context.ts'
import { exitCodes, print, printError, printTable } from '../run.ts'
import { encodingOption, type EncodingOptions } from './encoding-option.ts'
import { pixelSize } from './set-later.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

interface ImportOptions extends WorkspaceOptions, EncodingOptions {
  labels: string
  cases?: string
  confirmReaders?: boolean
  pixelSize?: number
  cameraBits?: `${CameraBits}`
  page?: CallInput<'image.import'>['pages']
  copy?: boolean
  restoreRemoved?: boolean
  dryRun?: boolean
}

interface Imported extends Omit<ImportReport, 'images' | 'files'> {
  /** Number of images without a label although labels were requested: no folder or row names a class. */
  withoutLabel: number
  /** Of the images that the import names: their cases, and how many have none. */
  cases: { count: number; withoutCase: number }
  /** How `--cases auto` read the cases; null: it was not asked, or no form fits. */
  proposal: CaseProposal | null
  /** Cases of the workspace whose names look like one patient's. */
  similarCases: string[][]
}
type Preview = CallOutput<'image.preview'> & {
  proposal: CaseProposal | null
  /** As the import would give it. */
  account: ImportAccount
}

export function addImportCommand(program: Command): void {
  program
    .command('import')
    .description('import image files and folders into a workspace; the files stay where they are')
    .argument('<path...>', 'image files and folders')
    .requiredOption(...workspaceFlag)
    .option(
      '--labels <from>',
      'source of labels: "folder" (nearest parent folder with the name of a class), "none", or a CSV file with the columns file, label, case, reader',
      'none',
    )
    .option(
      '--cases <how>',
      'regular expression that finds the case in a file name: the first group, or the whole match; "auto": the known form that fits the names best; "folder": the folder of the file',
    )
    .addOption(encodingOption('the table of labels'))
    .option(
      '--confirm-readers',
      'new readers of the table whose names look like those of known ones are other readers',
    )
    .option('--pixel-size <um>', 'pixel size of images whose files do not state it', pixelSize)
    .addOption(
      new Option(
        '--camera-bits <n>',
        'bits of the camera, for files of 16 bits that hold its values and so look black',
      ).choices(cameraBitsOptions.map(String)),
    )
    .option('--page <n|first|all>', 'pages to import from files with several images', page)
    .option('--copy', 'copy the files into the workspace')
    .option(
      '--restore-removed',
      'restore images that were removed from the workspace, except those of locked test sets (otherwise they are left out)',
    )
    .option('--dry-run', 'show what would be imported, with cases and labels, without changing anything')
    .option(...jsonFlag)
    .addHelpText(
      'after',
      '\nEach file and row is counted: what cannot be read, or contradicts, is listed with the reason; all others are imported.\nExit code 1 if something is listed, 0 if nothing is.',
    )
    .action(async (paths: string[], options: ImportOptions) => {
      if (options.dryRun === true) {
        const preview = (context: CommandContext): Promise<Preview> => previewPaths(context, paths, options)
        await runInWorkspace(options, preview, presentPreview)
      } else await runInWorkspace(options, (context) => importPaths(context, paths, options), presentImport)
    })
}

function page(text: string): number | 'first' | 'all' {
  if (text === 'first' || text === 'all') return text
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= 1 && value <= 4096) return value
  throw new InvalidArgumentError('It must be a page number from 1, "first" or "all".')
}

const sourcesOf = (paths: readonly string[], { labels, cases, encoding, confirmReaders }: ImportOptions) => ({
  paths: paths.map((path) => resolve(path)),
  labels: labels === 'folder' ? ('folder' as const) : ('none' as const),
  labelsFile: labels === 'folder' || labels === 'none' ? null : resolve(labels),
  ...(encoding === undefined ? {} : { encoding }),
  ...(confirmReaders === true ? { confirmReaders } : {}),
  casesPattern: cases === 'folder' ? folderCases : (cases ?? null),
})

const inputOf = (paths: readonly string[], options: ImportOptions): CallInput<'image.import'> => ({
  ...sourcesOf(paths, options),
  pixelSizeUm: options.pixelSize ?? null,
  cameraBits: options.cameraBits === undefined ? null : cameraBitsSchema.parse(Number(options.cameraBits)),
  pages: options.page ?? 'ask',
  copy: options.copy ?? false,
  ...(options.restoreRemoved === true ? { restoreRemoved: true } : {}),
})

/** The exit code of an import that lost something, which a script must not overlook. */
function noteLoss({ account, skipped }: Pick<ImportReport, 'account' | 'skipped'>): void {
  if (account !== undefined && !isComplete(account, skipped)) process.exitCode = exitCodes.failed
}

/** The options with the expression that fits the names best, if `--cases auto` asks for it. */
async function chooseCases(
  context: CommandContext,
  paths: readonly string[],
  options: ImportOptions,
): Promise<{ options: ImportOptions; proposal: CaseProposal | null }> {
  if (options.cases !== 'auto') return { options, proposal: null }
  const resolved = paths.map((path) => resolve(path))
  const [proposal = null] = await context.call('image.proposeCases', { paths: resolved })
  if (proposal === null)
    printError('No known form fits the file names, so no image gets a case. Use --cases.')
  const { cases: _auto, ...rest } = options
  return { options: proposal === null ? rest : { ...rest, cases: proposal.pattern }, proposal }
}

async function importPaths(
  context: CommandContext,
  paths: string[],
  given: ImportOptions,
): Promise<Imported> {
  const { options, proposal } = await chooseCases(context, paths, given)
  const started = await context.call('image.import', inputOf(paths, options))
  const { images, files: _files, ...report } = await context.finish<'import'>(started)
  noteLoss(report)
  const ids = new Set(images.map(({ imageId }) => imageId))
  const named = (await context.call('image.list', {})).filter(({ id }) => ids.has(id))
  const unlabelled = named.filter(({ label, readings }) => label === null && readings.all.length === 0)
  const { similarCases } = await context.call('leak.report', {})
  return {
    ...report,
    cases: {
      count: new Set(named.flatMap(({ caseName }) => caseName ?? [])).size,
      withoutCase: named.filter(({ caseName }) => caseName === null).length,
    },
    withoutLabel: options.labels === 'none' ? 0 : unlabelled.length,
    proposal,
    similarCases: similarCases.map(({ cases }) => cases),
  }
}

async function previewPaths(
  context: CommandContext,
  paths: string[],
  given: ImportOptions,
): Promise<Preview> {
  const { options, proposal } = await chooseCases(context, paths, given)
  const preview = await context.call('image.preview', sourcesOf(paths, options))
  const started = await context.call('image.import', { ...inputOf(paths, options), dryRun: true })
  const { account, failed } = await context.finish<'try-import'>(started)
  if (account === undefined) throw new Error('a dry run without an account')
  noteLoss({ account, skipped: preview.skipped })
  return { ...preview, failed, proposal, account }
}

function presentCases(proposal: CaseProposal | null, similarCases: readonly (readonly string[])[]): void {
  if (proposal !== null) {
    const { pattern, cases, minImages, maxImages, withoutCase } = proposal
    const how = pattern === folderCases ? 'the folders' : pattern
    const sizes = minImages === maxImages ? String(minImages) : `${minImages} to ${maxImages}`
    const without = withoutCase === 0 ? '' : `; ${withoutCase} without a case`
    print(`Cases by ${how}: ${cases} cases, ${sizes} images each${without}.`)
  }
  for (const names of similarCases) print(`! The cases ${names.join(', ')} may be one patient.`)
}

function presentCaseCount({ count, withoutCase }: Imported['cases']): void {
  if (count > 0)
    print(
      `${counted(fileFormat, count, 'case')}; ${counted(fileFormat, withoutCase, 'image')} without a case.`,
    )
  else if (withoutCase > 0)
    print(
      'No image has a case, so images of one patient can be in training and test alike. "--cases auto" finds cases in file names; "lobule set-case" sets them later.',
    )
}

function presentImport(report: Imported): void {
  const {
    imported,
    duplicates,
    found,
    labelled,
    withoutLabel,
    withoutPixelSize = 0,
    withLabelPicture = 0,
    restored = 0,
    failed,
    skipped,
    rows,
  } = report
  print(
    `${imported} imported, ${duplicates} already imported, ${failed.length} failed; ${labelled} labelled.`,
  )
  if (report.proposal === null) presentCaseCount(report.cases)
  presentCases(report.proposal, report.similarCases)
  if (withoutLabel > 0)
    print(
      `${withoutLabel} have no label: neither a folder nor the table names a class of this workspace. "lobule classes" lists its classes; "lobule init --classes" creates a workspace with other classes.`,
    )
  if (withoutPixelSize > 0)
    print(
      `${withoutPixelSize} have no known pixel size; 0.42 µm is assumed. If it is another, set it before a training: lobule set-pixel-size UM IMAGE… -w FOLDER.`,
    )
  if (withLabelPicture > 0) print(labelPictureSentence(withLabelPicture))
  if (found > 0) print(`${found} images found at their new location.`)
  if (restored > 0)
    print(`${restored} had been removed and ${restored === 1 ? 'is' : 'are'} back, with labels and history.`)
  for (const failure of failed) print(`  ${failure.message}`)
  presentSkipped(skipped)
  presentAccount(report.account)
  presentRows(rows)
}

function presentPreview({ files, account, failed, skipped, rows, similarCases, proposal }: Preview): void {
  printTable([
    ['file', 'case', 'label'],
    ...files.map(({ path, caseName, className }) => [path, caseName ?? '-', className ?? '-']),
  ])
  const cases = new Set(files.flatMap(({ caseName }) => caseName ?? []))
  const without = files.filter(({ caseName }) => caseName === null).length
  const { imported, present, contradicting } = account.files
  print(`${files.length} files, ${cases.size} cases, ${without} files without a case. Nothing was changed.`)
  print(
    `The import would give: ${imported} imported, ${present} already imported, ${contradicting} with a contradiction, ${failed.length} failed.`,
  )
  presentCases(proposal, similarCases)
  for (const failure of failed) print(`  ${failure.message}`)
  presentSkipped(skipped)
  presentAccount(account)
  presentRows(rows)
}

function presentSkipped(skipped: readonly SkippedFiles[] = []): void {
  const sentence = skippedSentence(skipped)
  if (sentence !== null) print(sentence)
}

function presentAccount(account: ImportAccount | undefined): void {
  if (account === undefined) return
  const { files, rows, parts, hidden, contradictions, changes, notes } = account
  const removed = removedSentence(files.removed ?? 0)
  if (removed !== null) print(removed)
  if (parts > 0) print(`${parts} files are read as parts of others.`)
  if (hidden > 0) print(`${hidden} hidden files and folders were not opened.`)
  if (rows !== null) print(rowsSentence(rows))
  for (const note of notes) print(`! ${noteSentence(note)}`)
  for (const change of changes) print(`  ${changeSentence(change)}`)
  if (contradictions.length > 0)
    print(
      `${contradictions.length} ${contradictions.length === 1 ? 'contradiction' : 'contradictions'}; what the workspace has stays:`,
    )
  for (const contradiction of contradictions) print(`  ${contradictionSentence(contradiction)}`)
}

function presentRows(rows: readonly RowProblem[]): void {
  for (const { row, file, problem } of rows) print(`  row ${row} of the labels (${file}): ${problem}.`)
}
