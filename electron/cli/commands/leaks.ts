import type { Command } from 'commander'
import type { LeakReport } from '../../contract/index.ts'
import { fileFormat } from '../../report/format.ts'
import { copyText, leakLines } from '../../report/leaks.ts'
import { print, printTable } from '../run.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

export function addLeaksCommand(program: Command): void {
  program
    .command('leaks')
    .description('look for what lets a model see its test images: copies, similar case names, public sets')
    .requiredOption(...workspaceFlag)
    .option('--last', 'show the last comparison of the images; do not compare them again')
    .option(...jsonFlag)
    .action(async (options: WorkspaceOptions & { last?: boolean }) => {
      await runInWorkspace(
        options,
        async (context) => {
          if (options.last === true) return { ...(await context.call('leak.report', {})), failed: [] }
          const { failed } = await context.finish<'leaks'>(await context.call('leak.compare', {}))
          return { ...(await context.call('leak.report', {})), failed }
        },
        presentLeaks,
      )
    })
}

function presentLeaks({ failed, ...report }: LeakReport & { failed: readonly { message: string }[] }): void {
  for (const { text, tone } of leakLines(report, fileFormat))
    print(tone === 'leak' ? `! ${text}` : `  ${text}`)
  if (report.copies.length > 0) {
    print('')
    printTable([
      ['image', 'case', 'image', 'case', 'what they share'],
      ...report.copies.map((copy) => [
        copy.first.fileName,
        copy.first.caseName ?? '-',
        copy.second.fileName,
        copy.second.caseName ?? '-',
        copyText(copy, fileFormat),
      ]),
    ])
  }
  if (failed.length > 0) print('', ...failed.map(({ message }) => `  not compared: ${message}`))
}
