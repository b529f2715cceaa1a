import { listEventReaders, listEvents } from '../../store/index.ts'
import type { AuditWatch } from './audit-watch.ts'
import { auditTrail, exportTrail } from './export-trail.ts'
import { recordFile } from './record-file.ts'
import { exportPath } from '../workspace/export-path.ts'
import type { HandlersOf, ServiceContext } from '../../session/context.ts'

export const auditHandlers = (context: ServiceContext, watch: AuditWatch): HandlersOf<'audit'> => {
  const { session } = context
  return {
    'audit.list': ({ filter, ...page }) => {
      const { database } = session.workspace
      return { ...listEvents(database, filter, page), readers: listEventReaders(database) }
    },
    'audit.verify': ({ head }) => watch.verify(head),
    'audit.accept': ({ reason }) => watch.accept(reason),
    'audit.state': () => watch.state,
    'audit.export': async ({ replace, ...wanted }) => {
      const { database } = session.workspace
      const path = await exportPath(context, { ...wanted, replace }, auditTrail)
      const written = await exportTrail(database, { path, replace })
      const { events, head } = written
      await recordFile(database, 'export', path, { what: 'audit trail', events, head })
      return written
    },
  }
}
