import { z } from 'zod'
import { anyCaseName, filePath, imageIdsUpTo, replace } from './atoms.ts'
import { call } from './call.ts'

/** Maximum number of images that a report shows; further images are only listed. */
export const maxReportImages = 400

export const caseReportCalls = {
  /**
   * Everything that is known about a case on one page: .html, or .pdf if the entry point can print (the window). `case`:
   * its name; or `imageIds`, for images without a case. Errors `case.not-found`, `report.no-pdf`.
   */
  'case.report': call({
    input: z
      .strictObject({
        caseName: anyCaseName.nullable().default(null),
        imageIds: imageIdsUpTo(10_000).nullable().default(null),
        path: filePath,
        replace,
      })
      .refine(
        ({ caseName, imageIds }) => (caseName === null) !== (imageIds === null),
        'either a case or images must be named',
      ),
    output: z.object({ path: z.string(), images: z.int() }),
    audit: ['report'],
    blinded: 'refused',
    role: 'technician',
  }),
  /** A table of these images in this order, as the worklist shows them, as CSV. */
  'worklist.export': call({
    /** null: all images in the order of import. */
    input: z.strictObject({
      imageIds: imageIdsUpTo(1_000_000).nullable().default(null),
      path: filePath,
      replace,
    }),
    output: z.object({ path: z.string(), images: z.int() }),
    audit: ['export'],
    blinded: 'refused',
    role: 'technician',
  }),
}
