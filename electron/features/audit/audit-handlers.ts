import { resolve } from 'node:path'
import { listEventReaders, listEvents } from '../../store/index.ts'
import type { AuditWatch } from './audit-watch.ts'
import { exportTrail } from './export-trail.ts'
import { recordFile } from './record-file.ts'
import type { HandlersOf, ServiceContext } from '../../session/context.ts'

export const auditHandlers = ({ session }: ServiceContext, watch: AuditWatch): HandlersOf<'audit'> => ({
  'audit.list': ({ filter, ...page }) => {
    const { database } = session.workspace
    return { ...listEvents(database, filter, page), readers: listEventReaders(database) }
  },
  'audit.verify': ({ head }) => watch.verify(head),
  'audit.accept': ({ reason }) => watch.accept(reason),
  'audit.state': () => watch.state,
  'audit.export': async ({ path: named }) => {
    const { database } = session.workspace
    const written = await exportTrail(database, resolve(named))
    const { path, events, head } = written
    await recordFile(database, 'export', path, { what: 'audit trail', events, head })
    return written
  },
})
