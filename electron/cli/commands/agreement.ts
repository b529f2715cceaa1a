import type { Command } from 'commander'
import type { AgreementReport, KnownReader, ReaderPair, ReaderStudy } from '../../contract/index.ts'
import { fileFormat } from '../../report/format.ts'
import { studySections } from '../../report/reader-study.ts'
import type { Block } from '../../report/report-model.ts'
import { reportWords } from '../../report/words.ts'
import { percent, print, printTable } from '../run.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

export function addAgreementCommands(program: Command): void {
  program
    .command('agreement')
    .description(
      "show agreement between readers: Cohen's kappa per pair, Fleiss' kappa overall, and disagreements",
    )
    .requiredOption(...workspaceFlag)
    .option('--independent', 'count only independent labels: the first of an image, and blind ones')
    .option(...jsonFlag)
    .action(async (options: WorkspaceOptions & { independent?: boolean }) => {
      await runInWorkspace(
        options,
        async (context) => {
          const basis = options.independent === true ? 'independent' : 'current'
          return context.call('reading.agreement', { basis })
        },
        presentAgreement,
      )
    })

  program
    .command('reader-study')
    .description('show time per image, overrides, and labels before and after the suggestion, by reader')
    .requiredOption(...workspaceFlag)
    .option(...jsonFlag)
    .action(async (options: WorkspaceOptions) => {
      await runInWorkspace(options, (context) => context.call('reading.study', {}), presentStudy)
    })

  program
    .command('readers')
    .description('list or add readers')
    .requiredOption(...workspaceFlag)
    .option('--add <name>', 'add a reader')
    .option(...jsonFlag)
    .action(async (options: WorkspaceOptions & { add?: string }) => {
      await runInWorkspace(
        options,
        async (context) => {
          if (options.add !== undefined) await context.call('reader.add', { name: options.add })
          return context.call('reader.list', {})
        },
        presentReaders,
      )
    })
}

function presentAgreement(report: AgreementReport): void {
  const { pairs, overall, classes, disputed, unsure, adjudicated, removed } = report
  if (pairs.length === 0) print('No image has labels from two readers.')
  else {
    printTable([
      ['readers', 'images', 'unsure', 'agreed', 'kappa', '95 %'],
      ...pairs.map((pair) => [
        `${pair.first} and ${pair.second}`,
        String(pair.images),
        String(pair.unsure),
        pair.observed === null ? '-' : percent(pair.observed.share),
        ...kappaOf(pair),
      ]),
    ])
    const [kappa = '', interval = ''] = kappaOf(overall)
    print(
      `All: Fleiss' kappa ${kappa} (${interval}) of ${overall.readers} readers on ${overall.images} images.`,
    )
    for (const pair of pairs) presentTable(pair, classes)
  }
  print(
    `${disputed.length} disputed, ${unsure.length} with an unsure reader, ${adjudicated.length} adjudicated.`,
  )
  if (removed > 0) print(reportWords.removedFromAgreement(removed, String(removed)))
}

function presentStudy(study: ReaderStudy): void {
  for (const { title, blocks } of studySections(study, fileFormat)) {
    print(title)
    presentBlocks(blocks)
    print('')
  }
}

function presentBlocks(blocks: readonly Block[]): void {
  for (const block of blocks) {
    if (block.kind === 'paragraph' && typeof block.text === 'string') print(block.text)
    else if (block.kind === 'table') {
      const lines = [block.columns.map(({ title }) => title), ...block.rows.map(({ cells }) => cells)]
      printTable(lines.map((cells) => cells.filter((cell) => typeof cell === 'string')))
    } else if (block.kind === 'details') {
      print(`${block.summary}:`)
      presentBlocks(block.blocks)
    }
  }
}

function presentTable({ first, second, cells }: ReaderPair, classes: readonly string[]): void {
  print('')
  const names = [...classes, 'unsure']
  printTable([
    [`${first} \\ ${second}`, ...names],
    ...cells.map((line, row) => [names[row] ?? '', ...line.map((imageIds) => String(imageIds.length))]),
  ])
}

const kappaOf = ({ kappa, interval }: Pick<ReaderPair, 'kappa' | 'interval'>): string[] => [
  kappa === null ? 'none' : kappa.toFixed(3),
  interval === null ? '-' : `${interval.low.toFixed(3)} to ${interval.high.toFixed(3)}`,
]

function presentReaders(readers: readonly KnownReader[]): void {
  printTable([
    ['reader', 'images', 'unsure', 'entries', 'since'],
    ...readers.map(({ name, read, unsure, entries, since }) => [
      name,
      String(read),
      String(unsure),
      String(entries),
      since,
    ]),
  ])
}
