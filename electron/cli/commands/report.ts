import { Option, type Command } from 'commander'
import { resolve } from 'node:path'
import { readBoundedFile } from '../../base/bounded-file.ts'
import { textOf } from '../../base/table-text.ts'
import {
  AppError,
  checklistAnswerSchema,
  checklistNames,
  type Checklist,
  type ChecklistAnswers,
  type ChecklistName,
} from '../../contract/index.ts'
import { checklistText } from '../../report/checklist/checklist.ts'
import type { CommandContext } from '../context.ts'
import { print } from '../run.ts'
import { replaceFlag } from './replacing.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

interface ReportOptions extends WorkspaceOptions {
  out?: string
  model?: string
  checklist?: ChecklistName
  answers?: string
  save?: boolean
  exportAnswers?: string
  card?: string
  replace?: boolean
}

/** Larger than any answers that a person writes. */
const maxAnswerBytes = 4_000_000

export function addReportCommand(program: Command): void {
  const command = program.command('report')
  command
    .description("write a model's report, a reporting checklist for it, or a model card")
    .requiredOption(...workspaceFlag)
    .option(
      '--out <file>',
      'file to write; its extension sets the format: .html (one page with plots and errors), .json or .csv; for a checklist .txt, .json or .html',
    )
    .option(...replaceFlag)
    .option('--model <name>', 'model name (default: the model in use)')
    .addOption(
      new Option('--checklist <name>', 'a reporting checklist, filled as far as Lobule can').choices(
        checklistNames,
      ),
    )
    .option(
      '--answers <file>',
      'JSON file with what a person says to items of the checklist, beside the answers that the workspace has',
    )
    .option('--save', 'save the answers of --answers in the workspace')
    .option(
      '--export-answers <file>',
      'write the answers that the workspace has to a JSON file for --answers',
    )
    .addOption(new Option('--card <file>', 'write a model card (.md)').conflicts(['out', 'checklist']))
    .option(...jsonFlag)
    .action(async (options: ReportOptions) => {
      const { out, card, checklist, answers } = options
      if (out === undefined && card === undefined && checklist === undefined) {
        return command.error('error: give --out, --checklist or --card')
      }
      if (answers !== undefined && checklist === undefined) {
        return command.error('error: --answers needs --checklist')
      }
      if (options.save === true && answers === undefined) {
        return command.error('error: --save needs --answers')
      }
      if (options.exportAnswers !== undefined && (checklist === undefined || out !== undefined)) {
        return command.error('error: --export-answers needs --checklist, and no --out')
      }
      await runInWorkspace(options, (context) => report(context, options), present)
    })
}

async function report(
  context: CommandContext,
  options: ReportOptions,
): Promise<Checklist | { path: string }> {
  const { model = null, out, card, checklist, answers: file, replace } = options
  if (card !== undefined) {
    return context.call('checklist.write', { form: 'card', model, path: resolve(card), replace })
  }
  if (checklist === undefined) {
    return context.call('model.writeReport', { model, path: resolve(out ?? ''), replace })
  }
  const answers = file === undefined ? [] : await readAnswers(file)
  // Saving nothing is no change.
  if (options.save === true && answers.length > 0)
    await context.call('checklist.answer', { checklist, model, answers })
  if (options.exportAnswers !== undefined) {
    const path = resolve(options.exportAnswers)
    return context.call('checklist.write', {
      form: checklist,
      model,
      answers,
      onlyAnswers: true,
      path,
      replace,
    })
  }
  return out === undefined
    ? context.call('checklist.fill', { checklist, model, answers })
    : context.call('checklist.write', { form: checklist, model, answers, path: resolve(out), replace })
}

function present(answer: Checklist | { path: string }): void {
  if ('path' in answer) print(`Written to ${answer.path}.`)
  else print(...checklistText(answer).trimEnd().split('\n'))
}

/**
 * By the number of the item, the answer alone or with `reader`, `at` and `isNotApplicable`.
 * @throws AppError `checklist.invalid-answers`, `path.*`
 */
async function readAnswers(file: string): Promise<ChecklistAnswers> {
  const path = resolve(file)
  const refuse = (reason: string): never => {
    throw new AppError('checklist.invalid-answers', { path, reason })
  }
  const text = textOf(await readBoundedFile(path, maxAnswerBytes, refuse), refuse)
  const content = parse(text)
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    return refuse('it is not a JSON object with the numbers of items')
  return Object.entries(content).map(([item, given]) => {
    const answer = checklistAnswerSchema.safeParse(typeof given === 'string' ? { answer: given } : given)
    return answer.success
      ? { item, ...answer.data }
      : refuse(
          `item "${item}" is neither a text nor an object with "answer", "reader", "at" and "isNotApplicable"`,
        )
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
