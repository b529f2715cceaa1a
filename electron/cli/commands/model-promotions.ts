import type { Command } from 'commander'
import type { CallInput, Promotion } from '../../contract/index.ts'
import { print, printTable } from '../run.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

interface PromotionOptions extends WorkspaceOptions {
  reason?: string
}

/** `lobule models promote`, `rollback` and `history`. */
export function addPromotionCommands(models: Command): void {
  const command = (usage: string, description: string): Command =>
    models
      .command(usage)
      .description(description)
      .requiredOption(...workspaceFlag)
      .option(...jsonFlag)
  const reasonFlag = ['--reason <text>', 'reason; saved in the history of promotions'] as const

  command('promote <name>', 'use a model by default, even if newer ones are trained')
    .option(...reasonFlag)
    .action((model: string, options: PromotionOptions) =>
      runInWorkspace(
        options,
        (context) => context.call('model.promote', { model, ...reasonOf(options) }),
        presentInUse,
      ),
    )
  command('rollback', 'undo the last promotion')
    .option(...reasonFlag)
    .action((options: PromotionOptions) =>
      runInWorkspace(options, (context) => context.call('model.rollback', reasonOf(options)), presentInUse),
    )
  command('history', 'list promotions, newest first').action((options: WorkspaceOptions) =>
    runInWorkspace(options, (context) => context.call('model.promotions', {}), presentHistory),
  )
}

const reasonOf = ({ reason }: PromotionOptions): CallInput<'model.rollback'> =>
  reason === undefined ? {} : { reason }

const presentInUse = ({ inUse }: { inUse: string | null }): void =>
  print(inUse === null ? 'No model is in use.' : `In use: "${inUse}".`)

function presentHistory(promotions: readonly Promotion[]): void {
  if (promotions.length === 0) {
    print('No model has been promoted: the newest model is in use.')
    return
  }
  printTable([
    ['promoted', 'model', 'by', 'reason', 'undone'],
    ...promotions.map(({ model, at, reader, reason, withdrawn }) => [
      at,
      model,
      reader ?? '-',
      reason ?? '-',
      withdrawn === null ? '' : `${withdrawn.at} by ${withdrawn.reader ?? '-'}: ${withdrawn.reason ?? '-'}`,
    ]),
  ])
}
