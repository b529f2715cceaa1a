import type { Command } from 'commander'
import type { CallInput, Promotion } from '../../contract/index.ts'
import { print, printTable } from '../run.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

interface PromotionOptions extends WorkspaceOptions {
  reason?: string
}

/** `lobule models promote`, `rollback`, `history`, `rename`, `remove` and `restore`. */
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
        async (context) => {
          const promoted = await context.call('model.promote', { model, ...reasonOf(options) })
          const used = (await context.call('model.list', {})).find(({ inUse }) => inUse)
          return { ...promoted, isBetterThanGuessing: used?.isBetterThanGuessing ?? null }
        },
        (promoted) => {
          presentInUse(promoted)
          if (promoted.isBetterThanGuessing === false)
            print(
              `! "${promoted.inUse}" is not shown to be better than guessing; "lobule models show" says why.`,
            )
        },
      ),
    )
  command('rollback', 'undo the last promotion')
    .option(...reasonFlag)
    .action((options: PromotionOptions) =>
      runInWorkspace(options, (context) => context.call('model.rollback', reasonOf(options)), presentInUse),
    )
  command('rename <name> <other>', 'give a model another name')
    .option('--reason <text>', 'reason; saved in the audit trail')
    .action((model: string, name: string, options: PromotionOptions) =>
      runInWorkspace(
        options,
        (context) => context.call('model.rename', { model, name, ...reasonOf(options) }),
        (renamed) => print(`The model is now called "${renamed.name}".`),
      ),
    )
  command('remove <name>', 'remove a model that is not in use; its suggestions are shown no more')
    .option('--reason <text>', 'reason; saved in the audit trail')
    .action((model: string, options: PromotionOptions) =>
      runInWorkspace(
        options,
        (context) => context.call('model.setRemoved', { model, isRemoved: true, ...reasonOf(options) }),
        ({ name, images }) =>
          print(
            `"${name}" removed, with its suggestions for ${images} images. "models restore" brings it back.`,
          ),
      ),
    )
  command(
    'restore [name]',
    'bring a removed model back; without a name, list those that were removed',
  ).action((model: string | undefined, options: WorkspaceOptions) =>
    runInWorkspace(
      options,
      async (context) =>
        model === undefined
          ? context.call('model.listRemoved', {})
          : [await context.call('model.setRemoved', { model, isRemoved: false })],
      (models) => {
        if (model !== undefined) print(`"${model}" restored.`)
        else if (models.length === 0) print('No model was removed.')
        else for (const { name } of models) print(name)
      },
    ),
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
