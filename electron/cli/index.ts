import { Command, CommanderError } from 'commander'
import { visibleLines } from '../base/terminal-text.ts'
import { researchUseSentence } from '../contract/index.ts'
import { addAgreementCommands } from './commands/agreement.ts'
import { addAssignmentCommands } from './commands/assignments.ts'
import { addAuditCommands } from './commands/audit.ts'
import { addBackupCommands } from './commands/backup.ts'
import { addCaseReportCommands } from './commands/case-report.ts'
import { addClassesCommand } from './commands/classes.ts'
import { addClusterEstimateCommand } from './commands/cluster-estimate.ts'
import { addDescriptorCommands } from './commands/descriptors.ts'
import { addExternalDescriptorCommands } from './commands/external-descriptors.ts'
import { addEvaluateCommand } from './commands/evaluate.ts'
import { addExplainCommand } from './commands/explain.ts'
import { addImportCommand } from './commands/import.ts'
import { addJobCommands } from './commands/jobs.ts'
import { addLabelNextCommand } from './commands/label-next.ts'
import { addLabelCommands } from './commands/labels.ts'
import { addLeaksCommand } from './commands/leaks.ts'
import { addLearningCurveCommand } from './commands/learning-curve.ts'
import { addSetLaterCommands } from './commands/set-later.ts'
import { addMachineCommands } from './commands/machine.ts'
import { addModelCommands } from './commands/model.ts'
import { addModelsCommands } from './commands/models.ts'
import { addPictureCommands } from './commands/picture.ts'
import { addPolicyCommands } from './commands/policy.ts'
import { addReadingsCommands } from './commands/readings.ts'
import { addRegionCommands } from './commands/regions.ts'
import { addReportCommand } from './commands/report.ts'
import { addShardCommands } from './commands/shards.ts'
import { addSlidesPlanCommands } from './commands/slides-plan.ts'
import { addSlideCommands } from './commands/slides.ts'
import { addSubgroupsCommand } from './commands/subgroups.ts'
import { addTestSetCommands } from './commands/test-set.ts'
import { addUpdateCommands } from './commands/update.ts'
import { addUserCommands } from './commands/users.ts'
import { addWorkspaceCommands } from './commands/workspace.ts'
import { addWorstFirstCommand } from './commands/worst-first.ts'
import { version } from './context.ts'
import { exitCodes } from './run.ts'

const program = new Command('lobule')
  .description(`Breast histology: review, suggested classes, local retraining.\n${researchUseSentence}`)
  .version(version)
  .showHelpAfterError('(add --help for the usage)')

// `lobule images | head` closes stdout early, which is not an error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(exitCodes.done)
})

// An empty path means the current folder to Node, which an import would then read.
program.hook('preAction', (_program, command) => {
  const given = [...command.args, command.getOptionValue('workspace') ?? '-']
  if (given.some((argument) => String(argument).trim() === ''))
    command.error('error: an argument is empty, as where a variable of the shell is not set')
})

// Before the commands are added, since each inherits it. Wrong usage then gives exit code 2.
program.exitOverride()
// What it says repeats the arguments.
program.configureOutput({ writeErr: (text) => process.stderr.write(visibleLines(text)) })
// Each command is listed under the heading that was set last.
program.commandsGroup('Workspace and images:')
addBackupCommands(addWorkspaceCommands(program))
addClassesCommand(program)
addImportCommand(program)
addSetLaterCommands(program)
program.commandsGroup('Labels and readers:')
addLabelCommands(program)
addLabelNextCommand(program)
addWorstFirstCommand(program)
addAgreementCommands(program)
addAssignmentCommands(program)
addReadingsCommands(program)
addUserCommands(program)
addRegionCommands(program)
program.commandsGroup('Models and suggested classes:')
addModelCommands(program)
addModelsCommands(program)
addReportCommand(program)
addExplainCommand(program)
addTestSetCommands(program)
addLearningCurveCommand(program)
addSubgroupsCommand(program)
addLeaksCommand(program)
addDescriptorCommands(program)
addExternalDescriptorCommands(program)
program.commandsGroup('Slides:')
addSlideCommands(program)
program.commandsGroup('Audit trail and reports:')
addAuditCommands(program)
addCaseReportCommands(program)
program.commandsGroup('Jobs, and work on several machines:')
addJobCommands(program)
addShardCommands(program)
addSlidesPlanCommands(program)
addClusterEstimateCommand(program)
program.commandsGroup('One picture or table, without a workspace:')
addPictureCommands(program)
addEvaluateCommand(program)
program.commandsGroup('This computer:')
addMachineCommands(program)
addPolicyCommands(program)
addUpdateCommands(program)
program.addHelpText(
  'after',
  '\nFirst steps:\n  lobule init -w FOLDER --classes \'Benign,Malignant*\'\n  lobule import IMAGES -w FOLDER --labels folder --cases auto\n  lobule train -w FOLDER --name first\n  lobule classify OTHERS -w FOLDER\n"lobule COMMAND --help" explains a command and its options.',
)

/**
 * Runs one command to its end and sets the exit code of the process.
 * @param parameters without the program's own name
 */
export async function runCommandLine(parameters: readonly string[]): Promise<void> {
  try {
    await program.parseAsync(parameters, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage
  }
}
