import { images } from './counts.ts'

export const reportsStrings = {
  reports: {
    menu: 'Tables and reports',
    short: 'Reports',
    csv: 'Export list as table…',
    csvNote: (count: number) => `CSV with ${images(count)}, filtered and sorted as shown`,
    csvTitle: 'Export list as table',
    csvHint:
      'A CSV file for a spreadsheet: labels, suggested classes with their uncertainty, flags and files.',
    caseReport: (caseName: string) => `Report of case ${caseName}…`,
    caseNote: 'Images, labels, suggestions and provenance in one file',
    selection: (count: number) => `Report of ${images(count)}…`,
    reportTitle: (what: string) => `Report of ${what}`,
    selected: images,
    case: (caseName: string) => `case ${caseName}`,
    windowHint: 'Use .pdf for a PDF file, or .html for a web page that any browser can open.',
    browserHint:
      'One HTML file that any browser can open. For a PDF file, open it in a browser and print it to PDF (Ctrl+P).',
    written: (count: number, path: string) => `${images(count)} written to ${path}.`,
  },
} as const
