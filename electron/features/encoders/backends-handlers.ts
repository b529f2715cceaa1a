import { AppError, installableKey } from '../../contract/index.ts'
import { freeBytesAt } from '../../base/free-space.ts'
import { listInstallable } from '../../engine/encoders/installable/list-backends.ts'
import { startJob, type HandlersOf, type ServiceContext } from '../../session/context.ts'
import { backendsJob } from './install-backends.ts'

export function backendHandlers(context: ServiceContext): HandlersOf<'backend'> {
  const { homeDirectory } = context
  return {
    'backend.list': async () => ({
      offers: listInstallable(homeDirectory),
      freeBytes: await freeBytesAt(homeDirectory),
    }),
    'backend.install': ({ name, device, folder }) => {
      const offer = listInstallable(homeDirectory).find(
        (one) => installableKey(one) === installableKey({ name, device }),
      )
      const reason = offer === undefined ? `there is none for the ${device}` : offer.problem
      if (reason !== null) throw new AppError('backend.not-here', { title: offer?.title ?? name, reason })
      if (folder === null) context.settings.refuseWhere('allowDownloads', false, 'Downloading back-ends')
      return startJob(context, backendsJob, { action: 'install', name, device, folder })
    },
    'backend.remove': ({ name }) => startJob(context, backendsJob, { action: 'remove', name }),
  }
}
