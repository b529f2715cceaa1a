import { images } from './counts.ts'

export const reportsStrings = {
  reports: {
    menu: 'Tables and reports',
    csv: 'Save this list as a table…',
    csvNote: (count: number) => `${images(count)}, as filtered and sorted, as CSV`,
    csvTitle: 'Save the list as a table',
    csvHint: 'CSV for a spreadsheet: labels, suggested classes with their uncertainty, flags and files.',
    caseReport: (caseName: string) => `Report of case ${caseName}…`,
    caseNote: 'Images, labels, suggestions and provenance in one file',
    selection: (count: number) => `Report of ${images(count)}…`,
    reportTitle: (what: string) => `Report of ${what}`,
    selected: images,
    case: (caseName: string) => `case ${caseName}`,
    windowHint: 'A name that ends in .pdf gives a PDF, .html a page for any browser.',
    browserHint:
      'One HTML file that any browser shows. For a PDF, open it in a browser and print it to a PDF file (Ctrl+P).',
    written: (count: number, path: string) => `${images(count)} written to ${path}.`,
  },
} as const
