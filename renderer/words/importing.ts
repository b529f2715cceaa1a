import type { CameraBits, CaseFormId, CaseProposal, ImportPreview } from '../../electron/contract/index.ts'
import { formatBytes, formatCount, formatWholePercent } from './format.ts'
import { cases, images } from './counts.ts'

/** "12 cases, 4 to 5 images each". */
const caseCounts = (count: number, min: number, max: number): string =>
  count === 1
    ? `1 case, ${images(max)}`
    : `${cases(count)}, ${min === max ? images(max) : `${formatCount(min)} to ${images(max)}`} each`

const files = (count: number): string => (count === 1 ? '1 file' : `${formatCount(count)} files`)

export const importingStrings = {
  importing: {
    title: 'Import images',
    stepsLabel: 'Steps of the import',
    steps: { images: 'Images', labels: 'Labels', cases: 'Cases', files: 'Files' },
    next: 'Next',
    back: 'Back',
    chosenFiles: (count: number | null) => (count === null ? 'None chosen' : files(count)),
    chosenLabels: (source: 'folder' | 'table' | 'none', labelled: number | null) =>
      `${{ folder: 'From folder names', table: 'From a table', none: 'None' }[source]}${labelled === null ? '' : `: ${formatCount(labelled)}`}`,
    chosenCases: (form: string, count: number | null, isGuessed: boolean) =>
      `${form}${count === null ? '' : `: ${formatCount(count)}`}${isGuessed ? ', guessed' : ''}`,
    casesGuessed:
      'Guessed from the names of the files. Compare with the preview, and change it if it is wrong.',
    chosenOptions: (copies: boolean, statesPixelSize: boolean) =>
      `${copies ? 'Copied' : 'Left where they are'}${statesPixelSize ? ', pixel size entered' : ''}`,
    sources: 'What to import',
    drop: 'Drop files or folders here',
    or: 'or',
    chooseFiles: 'Choose files…',
    chooseFolder: 'Choose a folder…',
    noDrop: 'None of the dropped files can be imported.',
    paste: 'Path of a file or folder',
    add: 'Add',
    remove: (path: string) => `Remove ${path}`,
    chosen: 'Chosen files and folders',
    dropped: (count: number, bytes: number) => `${files(count)} dropped, ${formatBytes(bytes)}`,
    dropSending: (sent: number, count: number, fraction: number) =>
      `Copying into the workspace: ${formatCount(sent)} of ${files(count)}, ${formatWholePercent(fraction)}`,
    dropProgress: 'Progress of copying',
    dropDone: 'Copied into the workspace',
    dropWhy:
      'A browser does not reveal where a dropped file is stored, so the file is copied into the workspace. To use files at their current location, choose them or paste their path.',
    removeDrop: 'Remove the dropped files',
    labels: 'Labels',
    labelsFolder: 'From folder names',
    labelsFolderHint: (classes: string) => `The nearest folder with the name of a class: ${classes}.`,
    labelsTable: 'From a table (CSV)',
    labelsTableHint: 'Columns: file, and label or case; optionally reader. Other columns are ignored.',
    labelsNone: 'None',
    labelsNoneHint: 'Images are imported without labels.',
    table: 'Table of labels',
    tableUse: (name: string) => `Use ${name} from the dropped files`,
    tableWindows: 'The table is Windows-1252',
    tableWindowsHint: 'Only for a table that an older program saved and that is refused as not UTF-8.',
    tableReaders: 'New readers with similar names are other readers',
    tableReadersHint:
      'A name that looks like that of a known reader, as Béa like Bea, is added only if you confirm it. Otherwise its rows are not used, and are listed.',
    tableNeeded: 'Choose the table of labels.',
    cases: 'Cases',
    casesNone: 'None',
    casesNoneHint: 'Each image counts as a separate case.',
    casesPatternHint:
      'A regular expression finds the case: its first group, or all that it matches. slide-(\\d+) finds 12 in slide-12_3.png.',
    caseForms: {
      breakhis: 'As in BreaKHis',
      tcga: 'As in TCGA',
      'lab-number': 'Laboratory number',
      'case-number': 'Number after “case” or “patient”',
      folder: 'Folder of the file',
      'before-last-underscore': 'Name before the last _',
      'before-first-underscore': 'Name before the first _',
      'before-last-hyphen': 'Name before the last -',
      'before-first-hyphen': 'Name before the first -',
      'before-first-dot': 'Name before the first dot',
      'first-number': 'First number in the name',
    } satisfies Record<CaseFormId, string>,
    lastPattern: 'Expression of the last import',
    proposal: ({ cases: count, withoutCase, minImages, maxImages, example }: CaseProposal) =>
      `${caseCounts(count, minImages, maxImages)}${withoutCase === 0 ? '' : `, ${files(withoutCase)} without a case`}. ${example.file} → ${example.caseName}`,
    noForm:
      'No known form of names fits these files, so no image gets a case. Enter an expression, use a table, or set the cases later. Without cases, accuracy is overestimated.',
    similar: 'These cases may be one patient:',
    similarMore: (count: number) => `and ${formatCount(count)} more`,
    casesTable: 'A case in the table takes precedence.',
    pattern: 'Regular expression',
    ownPattern: 'Another part of the name',
    preview: 'Preview',
    previewMade: 'Example names. Choose files to see your own.',
    previewSome: (shown: number, all: number) => `${formatCount(shown)} of ${files(all)}`,
    noMatch: 'no match',
    noLabel: 'none',
    patternWrong: (reason: string) => `Not a valid regular expression: ${reason}`,
    casesWhy:
      'Images of one case are kept together when a model is tested. Without cases, accuracy is overestimated.',
    rowProblems: 'Rows of the table with problems',
    row: 'Row',
    problem: 'Problem',
    unreadable: 'Cannot be read',
    pages: 'Files with several images',
    pagesAsk: 'List them without importing',
    pagesAskHint: 'Afterwards you can choose the images for these files.',
    pagesFirst: 'First image only',
    pagesFirstHint: 'For a stack or an animation. The others are not imported.',
    pagesAll: 'All images',
    pagesAllHint: 'Each page becomes a separate image.',
    pagesNumber: 'One page, by number',
    pagesNumberHint: 'The same page of every file, counted from 1.',
    pageNumber: 'Page number',
    pageWrong: 'Enter a whole number from 1 to 4096.',
    pagesNow: 'These files contain several images. Choose which to import.',
    pixelSize: 'Pixel size',
    pixelSizeFile: 'From the files',
    pixelSizeFileHint:
      'If a file does not state it, it stays unknown: there is no scale bar, and 0.42 µm is assumed for crops.',
    pixelSizeStated: 'Enter it for files that do not state it',
    pixelSizeStatedHint:
      'Applies to the whole import and is marked as entered by the user. It never replaces the value in a file.',
    pixelSizeUm: 'Micrometres per pixel (µm)',
    pixelSizeWrong: 'Enter a number from 0.05 to 20, for example 0.42.',
    cameraBits: 'Files of 16 bits',
    cameraBitsHint:
      'A camera of 12 bits has values up to 4095. Read as 16 bits, they look black. Files with larger values are not imported; other files are not affected.',
    cameraBitsNone: 'Values as they are',
    cameraBitsOf: (bits: CameraBits) => `From a camera of ${bits} bits`,
    copy: 'Copy the files into the workspace',
    copyHint: 'Otherwise images are read from their current location and must not be moved.',
    restoreRemoved: 'Restore removed images',
    restoreRemovedHint:
      'Otherwise images that were removed from this workspace earlier are left out, and counted.',
    copyRoom: (bytes: number, free: number) => `${formatBytes(bytes)} needed, ${formatBytes(free)} free.`,
    noRoom: (bytes: number, free: number) =>
      `Not enough disk space: ${formatBytes(bytes)} needed, ${formatBytes(free)} free.`,
    summary: (totals: ImportPreview['totals'], labelled: number | null) =>
      [
        `${files(totals.files)}, ${formatBytes(totals.bytes)}`,
        ...(totals.cases > 0 ? [caseCounts(totals.cases, totals.minImages, totals.maxImages)] : []),
        ...(totals.cases > 0 && totals.withoutCase > 0
          ? [`${formatCount(totals.withoutCase)} without a case`]
          : []),
        ...(labelled === null ? [] : [`${formatCount(labelled)} with a label`]),
      ].join(' · '),
    looking: 'Searching…',
    needSources: 'Choose files or a folder first.',
    needAdd: 'Add the path that you typed first.',
    needDrop: 'Waiting for the dropped files.',
    needPattern: 'Correct the regular expression for the cases.',
    needTable: 'Choose a table of labels that can be used.',
    needPixelSize: 'Enter a pixel size from 0.05 to 20 µm.',
    needPage: 'Enter a page number (a whole number from 1 to 4096).',
    nothingFound: 'No image file was found.',
    start: 'Import',
    check: 'Check without importing',
  },
  importReport: {
    several: (count: number) =>
      `${files(count)} ${count === 1 ? 'contains' : 'contain'} several images. None of them were imported: importing only the first would silently leave out the others.`,
    showNew: 'Show the new ones',
    chooseSeveral: 'Choose images…',
    retry: (count: number) => `Retry ${files(count)}…`,
    withoutPixelSize: (count: number) =>
      `The pixel size of ${images(count)} is unknown. Import the same files again and enter it. Images already used by a model keep their current value.`,
    contradictions: (count: number) =>
      `${formatCount(count)} ${count === 1 ? 'label or case contradicts' : 'labels or cases contradict'} the workspace, which stays as it is`,
    changes: (count: number) =>
      `${formatCount(count)} ${count === 1 ? 'label' : 'labels'} changed by the table`,
    save: 'Save as a table…',
    saveTitle: 'Save what became of each file',
    saveHint:
      'A .csv file with each file, and each row, change and note, with its reason. It opens in a spreadsheet.',
    accountWritten: (path: string) => `Written to ${path}`,
    notes: (count: number) => `Colours or brightness of ${images(count)} to look at`,
    hidden: (count: number) =>
      `${formatCount(count)} hidden ${count === 1 ? 'file or folder was' : 'files or folders were'} not opened.`,
    rows: (count: number) =>
      `${formatCount(count)} ${count === 1 ? 'row of the table was' : 'rows of the table were'} not used`,
    restored: (count: number) =>
      `${images(count)} had been removed and ${count === 1 ? 'is' : 'are'} back, with labels and history.`,
    found: (count: number) => `${images(count)} found at ${count === 1 ? 'its' : 'their'} new location.`,
  },
  paths: {
    titles: {
      files: 'Choose files',
      folder: 'Choose a folder',
      weights: 'Choose weight files',
      table: 'Choose a table of labels',
      package: 'Choose a model package',
      backup: 'Choose a backup',
      readings: 'Choose a file of readings',
    },
    path: 'Path',
    go: 'Go',
    up: 'Parent folder',
    newFolder: 'New folder…',
    newFolderName: 'Name of the new folder',
    createFolder: 'Create',
    badName: 'A name cannot contain / or \\, and cannot be . or ...',
    empty: 'This folder contains nothing to choose.',
    unreadable: (names: readonly string[]) =>
      `Not shown, because their names are not valid UTF-8: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}. Rename them first.`,
    noFolders: 'This folder contains no other folder. You can choose it.',
    choose: 'Choose',
    chooseFolder: 'Choose this folder',
    chooseCount: (count: number) => `Choose ${formatCount(count)}`,
    kinds: { folder: 'Folder', image: 'Image', workspace: 'Workspace', weights: 'Weights', table: 'Table' },
  },
} as const
