import type { Command } from 'commander'
import { join, resolve } from 'node:path'
import { exportContent } from '../../base/export-file.ts'
import { policyRules, policyView, type PolicyKey, type PolicyView } from '../../contract/index.ts'
import { policyTemplates } from '../../features/policy/admx.ts'
import { policyFile, readPolicyFile } from '../../session/policy.ts'
import { print, printJson, printTable, reportFailure, runCommand, type CommonOptions } from '../run.ts'
import { replaceFlag } from './replacing.ts'
import { jsonFlag } from './workspace.ts'

/** `lobule policy show`, `check` and `templates`. */
export function addPolicyCommands(program: Command): void {
  const policy = program
    .command('policy')
    .description('show and check what an administrator sets for this computer')
  policy
    .command('show')
    .description('list what the policy of this computer sets')
    .option(...jsonFlag)
    .action(async (options: CommonOptions) => {
      await runCommand(options, (context) => context.call('app.policy', {}), present)
    })
  policy
    .command('check')
    .description('check a policy file, before it is put in its place')
    .argument('<file>', 'policy file (JSON)')
    .option(...jsonFlag)
    .action((file: string, options: CommonOptions) => {
      try {
        const view = policyView(readPolicyFile(resolve(file)), resolve(file))
        if (options.json === true) printJson(view)
        else present(view)
      } catch (error) {
        reportFailure(error, options)
      }
    })
  policy
    .command('rules')
    .description('list what a policy can set, with the values that each rule takes')
    .action(() => {
      printTable(
        Object.entries(policyRules).map(([key, rule]) => [key, rule.title, valuesOf(rule), rule.help]),
      )
    })
  policy
    .command('templates')
    .description("write the template for Windows' group policies (ADMX and ADML)")
    .requiredOption('--out <folder>', 'folder to write them to, such as a central store')
    .option(...replaceFlag)
    .action(async (options: { out: string; replace?: boolean }) => {
      try {
        for (const [name, text] of Object.entries(policyTemplates())) {
          const path = join(resolve(options.out), name)
          await exportContent(path, text, { replace: options.replace })
          print(path)
        }
      } catch (error) {
        reportFailure(error, {})
      }
    })
}

/** What a rule takes, as JSON has it. */
function valuesOf(rule: (typeof policyRules)[PolicyKey]): string {
  switch (rule.kind) {
    case 'switch':
      return 'true or false'
    case 'number':
      return `${rule.min} to ${rule.max}`
    case 'choice':
      return rule.choices.map((choice) => `"${choice}"`).join(', ')
    case 'list':
      return '["text", ...]'
    case 'text':
      return '"text"'
  }
}

function present({ source, locked }: PolicyView): void {
  if (source === null) {
    print(`This computer has no policy. It would be in ${policyFile(process.platform)}.`)
    return
  }
  print(`Policy: ${source}`)
  printTable(locked.map(({ title, value, key }) => [title, value, key]))
}
