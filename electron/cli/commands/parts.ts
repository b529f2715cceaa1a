import type { Command } from 'commander'
import { resolve } from 'node:path'
import { onInterrupt } from '../../base/interrupts.ts'
import { ComputeClient } from '../../compute/client.ts'
import { shardCommands, type CollectShardsReport, type PlanKind } from '../../contract/index.ts'
import type { ShardRequest } from '../../features/shards/encode-shard.ts'
import { applyPolicy } from '../../session/policy.ts'
import { computeLauncher, version } from '../context.ts'
import { formatDuration } from '../progress-line.ts'
import { exitCodes, print, printError, printJson, reportFailure, type CommonOptions } from '../run.ts'
import { jsonFlag, runInWorkspace, workspaceFlag, type WorkspaceOptions } from './workspace.ts'

interface ShardOptions extends CommonOptions {
  shard?: string
  out: string
}

interface Finished {
  readonly stopped: boolean
  readonly failed?: readonly unknown[]
}

/** The commands that compute a part of a plan and collect all parts; they differ in what they compute. */
export function addPartCommands<R extends Finished>(
  program: Command,
  kind: PlanKind,
  inWork: string,
  compute: (request: ShardRequest) => Promise<R>,
  presentPart: (report: R) => void,
): void {
  program
    .command(`${kind}-shard`)
    .description(
      `compute one part of a plan; needs no workspace. Run it again to complete it. SIGTERM ends it after ${inWork} in work (exit code 143)`,
    )
    .argument('<plan>', 'folder of the plan')
    .option(
      '--shard <n/count>',
      'part to compute, from 0, such as 3/16 (default: the task of the array of Slurm, Grid Engine or Kubernetes)',
    )
    .requiredOption('--out <folder>', 'folder for the results; all parts can share it')
    .option(...jsonFlag)
    .action((plan: string, options: ShardOptions) => runShard(plan, options, compute, presentPart))

  program
    .command(`${kind}-collect`)
    .description('check what other machines made of a plan, and bring it into the workspace')
    .argument('<plan>', 'folder of the plan')
    .argument('<parts>', 'folder of the results')
    .requiredOption(...workspaceFlag)
    .option('--allow-mixed', 'accept parts of different back-ends, processors or versions')
    .option(...jsonFlag)
    .action(async (plan: string, parts: string, options: WorkspaceOptions & { allowMixed?: boolean }) => {
      await runInWorkspace(
        options,
        async (context) => {
          const allowsMixed = options.allowMixed ?? false
          const input = { plan: resolve(plan), parts: resolve(parts), kind, allowsMixed }
          const report = await context.finish<'collect-shards'>(await context.call('shard.collect', input))
          if (report.missing.length + report.failed.length + report.unknown > 0)
            process.exitCode = exitCodes.failed
          return report
        },
        presentCollection,
      )
    })
}

/** Runs on machines that share their disk, so it opens neither a workspace nor the user's data folder. */
async function runShard<R extends Finished>(
  plan: string,
  options: ShardOptions,
  compute: (request: ShardRequest) => Promise<R>,
  present: (report: R) => void,
): Promise<void> {
  const stopping = new AbortController()
  const stop = (signal: NodeJS.Signals): void => {
    const exitCode = signal === 'SIGINT' ? exitCodes.cancelled : exitCodes.terminated
    // A second signal ends the process at once.
    if (stopping.signal.aborted) process.exit(exitCode)
    stopping.abort(exitCode)
    printError('Stopping after what is in work.')
  }
  const stopListening = onInterrupt(stop)
  try {
    applyPolicy()
    const report = await compute({
      plan: resolve(plan),
      parts: resolve(options.out),
      shard: options.shard,
      environment: process.env,
      version,
      startCompute,
      stopping: stopping.signal,
      onProgress: reportEvery(60_000),
    })
    if (options.json === true) printJson(report)
    else present(report)
    if ((report.failed ?? []).length > 0) process.exitCode = exitCodes.failed
    if (report.stopped) process.exitCode = stopping.signal.reason as number
  } catch (error) {
    reportFailure(error, options)
  } finally {
    stopListening()
  }
}

function startCompute({ allowsHalf }: { allowsHalf: boolean }): ComputeClient {
  // The compute process inherits it.
  if (!allowsHalf) process.env['LOBULE_NO_HALF_PRECISION'] = '1'
  return new ComputeClient(computeLauncher(), (reason) =>
    printError(`The compute process ended (${reason}); what was in work is tried again.`),
  )
}

/** A line at most every so many ms: the output of a task is kept in a file. */
function reportEvery(intervalMs: number): (done: number, total: number) => void {
  let reportedAt = performance.now()
  return (done, total) => {
    if (performance.now() - reportedAt < intervalMs) return
    reportedAt = performance.now()
    printError(`${done} of ${total} done`)
  }
}

/** What to do with a plan, in words. */
export function partCommands(kind: PlanKind): string[] {
  const { node, collect } = shardCommands(kind, { plan: 'PLAN', parts: 'PARTS', workspace: 'WORKSPACE' })
  return [`Then, on each machine: ${node} (N from 0)`, `And at the end: ${collect}`]
}

const listedAtMost = 20

const unitWords: Readonly<Record<PlanKind, string>> = {
  encode: 'images',
  train: 'classifiers',
  slides: 'blocks of slides',
}

function presentCollection(report: CollectShardsReport): void {
  const { kind, units, collected, present, unknown, missing, failed, makers, nodes } = report
  const others = unknown === 0 ? '' : `, ${unknown} are not images of it`
  print(
    `${units} ${unitWords[kind]} in the plan: ${collected} collected, ${present} were in the workspace${others}.`,
  )
  for (const { units: own, backends, instructionSet, lobule } of makers)
    print(
      `  ${own}${backends.length === 0 ? '' : ` by ${backends.join(', ')}`} on ${instructionSet}, Lobule ${lobule}`,
    )
  for (const { node, units: own, ms } of nodes) print(`  ${node}: ${own} in ${formatDuration(ms)} of work`)
  for (const { name, index, problem } of missing.slice(0, listedAtMost))
    print(`  ${problem}: ${name} (shard ${index} modulo the number of shards)`)
  if (missing.length > listedAtMost) print(`  and ${missing.length - listedAtMost} more (--json lists all)`)
  for (const { name, message } of failed.slice(0, listedAtMost)) print(`  failed: ${name}: ${message}`)
  if (missing.some(({ problem }) => problem !== 'outdated'))
    print('Run the shards of what is missing or damaged again, then collect again.')
  if (missing.some(({ problem }) => problem === 'outdated'))
    print(
      'The pixel size, camera bits or drawn tissue of outdated images were set after the plan was written: plan them again.',
    )
  print(report.researchUse)
}
