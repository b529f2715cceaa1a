import { resolve } from 'node:path'
import { recordFile } from '../audit/record-file.ts'
import type { HandlersOf, ServiceContext } from '../../session/context.ts'
import { writeCaseReport } from './case-report.ts'
import { writeWorklist } from './worklist-csv.ts'

export const caseReportHandlers = ({
  session,
  compute,
  door,
  version,
}: ServiceContext): HandlersOf<'case' | 'worklist'> => ({
  'case.report': async ({ caseName, imageIds, path: requestedPath }) => {
    const { database } = session.workspace
    const path = resolve(requestedPath)
    const request = { caseName, imageIds, path, writtenBy: `Lobule ${version}` }
    const images = await writeCaseReport(database, compute, door.printPdf, request)
    await recordFile(database, 'report', path, { what: 'case', case: caseName, images })
    return { path, images }
  },
  'worklist.export': async ({ imageIds, path: requestedPath }) => {
    const { database } = session.workspace
    const path = resolve(requestedPath)
    const images = await writeWorklist(database, { imageIds, path })
    await recordFile(database, 'export', path, { what: 'worklist', images })
    return { path, images }
  },
})
