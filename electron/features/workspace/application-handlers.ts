import { homedir } from 'node:os'
import { AppError, policyView } from '../../contract/index.ts'
import { isBlinded } from '../labels/blinded-reading.ts'
import type { HandlersOf, ServiceContext } from '../../session/context.ts'
import { createDirectory, listDirectory } from './directories.ts'
import { examine } from './doctor.ts'
import { supportText, writeSupportBundle } from './support-bundle.ts'

export const applicationHandlers = (
  context: ServiceContext,
): HandlersOf<'app' | 'dialog' | 'directory' | 'evaluation'> => {
  const { settings, door, version, compute, bounded, homeDirectory } = context
  return {
    'app.info': () => ({
      version,
      acknowledged: settings.content.acknowledged,
      reader: settings.content.reader,
      isBlind: isBlinded(settings, settings.content.reader),
      nativeDialogs: door.choose !== null,
      tiles: door.tiles,
      homeDirectory: homedir(),
    }),
    'app.acknowledge': () => {
      settings.change({ acknowledged: true })
      return {}
    },
    'app.policy': () => policyView(settings.policy.rules, settings.policy.source),
    'app.doctor': ({ measure }) => examine(compute, homeDirectory, version, measure, settings.policy),
    'app.supportBundle': async () => ({ text: await supportText(context) }),
    'app.writeSupportBundle': (request) => writeSupportBundle(context, request),
    'dialog.choose': async ({ kind }) => ({ paths: (await door.choose?.(kind)) ?? [] }),
    'directory.list': ({ path }) => listDirectory(path),
    'directory.create': ({ path }) => createDirectory(path),
    'evaluation.table': (input) =>
      bounded.run('evaluateTable', input, {
        refuse: (reason) => new AppError('evaluation.invalid-table', { reason }),
      }),
  }
}
