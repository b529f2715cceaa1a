import type { Workspace } from '../../store/index.ts'
import { recordFile } from '../audit/record-file.ts'
import { exportPath } from '../workspace/export-path.ts'
import type { HandlersOf, ServiceContext } from '../../session/context.ts'
import { caseReportFile, writeCaseReport } from './case-report.ts'
import { worklistTable, writeWorklist } from './worklist-csv.ts'

export const caseReportHandlers = (context: ServiceContext): HandlersOf<'case' | 'worklist'> => {
  const { session, compute, door, version } = context
  const read: Workspace['read'] = (work) => session.read(work)
  return {
    'case.report': async ({ caseName, imageIds, ...wanted }) => {
      const { database } = session.workspace
      const path = await exportPath(context, wanted, caseReportFile)
      const request = { ...wanted, caseName, imageIds, path, writtenBy: `Lobule ${version}` }
      const images = await writeCaseReport(read, compute, door.printPdf, request)
      await recordFile(database, 'report', path, { what: 'case', case: caseName, images })
      return { path, images }
    },
    'worklist.export': async ({ imageIds, ...wanted }) => {
      const { database } = session.workspace
      const path = await exportPath(context, wanted, worklistTable)
      const images = await writeWorklist(read, { ...wanted, imageIds, path })
      await recordFile(database, 'export', path, { what: 'worklist', images })
      return { path, images }
    },
  }
}
