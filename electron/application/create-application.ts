import { Foreground } from '../base/foreground.ts'
import { log } from '../base/log.ts'
import { calls, type AnyEvent } from '../contract/index.ts'
import { jobLog } from './job-log.ts'
import { BoundedCompute } from '../compute/bounded-compute.ts'
import { backgroundParameter } from '../compute/channel.ts'
import { ComputeClient } from '../compute/client.ts'
import { allJobs } from './all-jobs.ts'
import { eachHandler } from './each-handler.ts'
import type { JobServices } from '../session/job-services.ts'
import type { Application, ApplicationOptions } from './application.ts'
import type { ServiceContext } from '../session/context.ts'
import { AuditWatch } from '../features/audit/audit-watch.ts'
import { backupHandlers } from '../features/backup/backup-handlers.ts'
import { BackupWatch } from '../features/backup/backup-schedule.ts'
import { applicationHandlers } from '../features/workspace/application-handlers.ts'
import { DroppedFiles } from '../features/images/dropped-files.ts'
import { auditHandlers } from '../features/audit/audit-handlers.ts'
import { caseReportHandlers } from '../features/reports/case-report-handlers.ts'
import { shardHandlers } from '../features/shards/shards-handlers.ts'
import { descriptorHandlers } from '../features/encoders/descriptors-handlers.ts'
import { dropHandlers } from '../features/images/drops-handlers.ts'
import { backendHandlers } from '../features/encoders/backends-handlers.ts'
import { encoderHandlers } from '../features/encoders/encoders-handlers.ts'
import { exchangeHandlers } from '../features/exchange/exchange-handlers.ts'
import { explanationHandlers } from '../features/predictions/explanations-handlers.ts'
import { imageHandlers } from '../features/images/images-handlers.ts'
import { jobHandlers } from '../features/jobs/jobs-handlers.ts'
import { checklistHandlers } from '../features/reports/checklist-handlers.ts'
import { leakHandlers } from '../features/leaks/leak-handlers.ts'
import { modelHandlers } from '../features/models/models-handlers.ts'
import { pictureHandlers } from '../features/images/pictures-handlers.ts'
import { readingHandlers } from '../features/labels/readings-handlers.ts'
import { regionHandlers } from '../features/regions/regions-handlers.ts'
import { slideHandlers } from '../features/slides/slides-handlers.ts'
import { testSetHandlers } from '../features/test-sets/test-sets-handlers.ts'
import { assignmentHandlers } from '../features/assignments/assignments-handlers.ts'
import { userHandlers } from '../features/users/users-handlers.ts'
import { undoHandlers } from '../features/undo/undo-handlers.ts'
import { workspaceHandlers } from '../features/workspace/workspace-handlers.ts'
import { Pictures } from '../features/images/pictures.ts'
import { Session } from '../session/session.ts'
import { Settings } from '../session/settings.ts'
import { SignedIn } from '../session/signed-in.ts'
import { Access } from './access.ts'
import { Redaction } from './redaction.ts'

/**
 * The application behind every entry point: one handler for each call of the contract.
 * @throws AppError `policy.forbids` for an entry point that the policy of the computer does not allow
 */
export function createApplication(options: ApplicationOptions): Application {
  const { homeDirectory, version, launchCompute, door, policy } = options
  const listeners = new Set<(event: AnyEvent) => void>()
  const emit = (event: AnyEvent): void => {
    for (const listener of listeners) listener(event)
  }
  const onCrash = (reason: string): void => {
    log({ event: 'compute.crashed', exit: /^(?:exit code -?\d+|SIG[A-Z0-9]+)$/.exec(reason)?.[0] ?? 'other' })
    emit({ name: 'compute.crashed', payload: { reason } })
  }
  // Trainings run at lower priority, so that the screen stays responsive. On the command line the user waits for them.
  const background = door.isCommandLine === true ? [] : [backgroundParameter]
  const compute = new ComputeClient(() => launchCompute(background), onCrash)
  // Interactive jobs never wait for a training. Their process exists as long as there are jobs.
  const besideCompute = new ComputeClient(launchCompute, onCrash)
  // Tiles must not wait for a training, nor fail if it crashes.
  const pictureCompute = new ComputeClient(launchCompute, onCrash)
  // What comes from outside may take all of its process's time and memory.
  const bounded = new BoundedCompute(launchCompute)
  const settings = new Settings(homeDirectory, policy)
  if (door.isBrowser === true) settings.refuseWhere('allowBrowser', false, 'The use in a browser')
  const servicesOf = (isBeside: boolean): JobServices => ({
    homeDirectory,
    version,
    emit,
    compute: isBeside ? besideCompute : compute,
    bounded,
    get workspace() {
      return session.workspace
    },
  })
  const signedIn = new SignedIn(
    () => (session.isOpen ? session.workspace.database : null),
    () => (door.isCommandLine === true ? null : settings.lockAfterMinutes),
    () => emit({ name: 'user.changed', payload: {} }),
  )
  settings.followUser(() => signedIn.user()?.name ?? null)
  const reader = (): string | null => signedIn.readerOr(settings.content.reader)
  const session = new Session(`Lobule ${version}`, emit, reader, allJobs, servicesOf)
  const foreground = new Foreground()
  const audit = new AuditWatch(session, homeDirectory, emit, foreground)
  listeners.add((event) => audit.handleEvent(event))
  listeners.add(jobLog())
  const backups = new BackupWatch(session, homeDirectory, emit, { policy: settings.policy.rules })
  if (door.isCommandLine !== true) {
    backups.start()
    listeners.add(({ name }) => {
      if (name === 'workspace.changed') backups.look()
    })
  }
  const pictures = new Pictures(session, pictureCompute)
  const drops = new DroppedFiles(session)
  listeners.add(({ name }) => {
    if (name === 'job.changed' && session.queue.active() === null) besideCompute.stopProcess()
  })
  const context: ServiceContext = {
    homeDirectory,
    version,
    door,
    compute,
    bounded,
    session,
    settings,
    signedIn,
    emit,
  }
  const access = new Access(context)
  const redaction = new Redaction(context)

  const handlers = access.handlers(
    redaction.handlers({
      ...applicationHandlers(context),
      ...workspaceHandlers(context),
      ...auditHandlers(context, audit),
      ...backupHandlers(context, backups),
      ...caseReportHandlers(context),
      ...jobHandlers(context),
      ...imageHandlers(context),
      ...dropHandlers(context, drops),
      ...encoderHandlers(context),
      ...backendHandlers(context),
      ...descriptorHandlers(context),
      ...shardHandlers(context),
      ...checklistHandlers(context),
      ...leakHandlers(context),
      ...modelHandlers(context),
      ...testSetHandlers(context),
      ...explanationHandlers(context),
      ...slideHandlers(context),
      ...pictureHandlers(context),
      ...regionHandlers(context),
      ...exchangeHandlers(context),
      ...undoHandlers(context),
      ...userHandlers(context),
      ...readingHandlers(context),
      ...assignmentHandlers(context),
      'view.stains': ({ imageId }) => pictures.stainsOf(imageId),
    }),
  )

  return {
    foreground,
    // Work in the background waits until they are answered.
    handlers: eachHandler(handlers, (handler, input) => foreground.during(() => handler(input))),
    onEvent: (listener) => {
      const send = (event: AnyEvent): void => {
        const allowed = access.event(event)
        if (allowed !== null) listener(redaction.event(allowed))
      }
      listeners.add(send)
      return () => listeners.delete(send)
    },
    readPicture: async (path) => {
      signedIn.require('read-only')
      return pictures.read(redaction.picturePath(path))
    },
    receiveFile: async (file) => {
      signedIn.require(calls['drop.begin'].role)
      return drops.receive(file)
    },
    close: async () => {
      signedIn.leave()
      backups.stop()
      await session.dispose()
      compute.close()
      besideCompute.close()
      pictureCompute.close()
      bounded.close()
      log({ event: 'ended' })
    },
  }
}
