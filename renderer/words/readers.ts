import type { HandoverReport, ReadingsImport } from '../../electron/contract/index.ts'
import { reportWords } from '../../electron/report/words.ts'
import { formatCount } from './format.ts'
import { cases, images } from './counts.ts'

const entryCount = (count: number): string => (count === 1 ? '1 entry' : `${formatCount(count)} entries`)

export const readersStrings = {
  labelledUnsure: (count: number) => `${images(count)} marked as unsure.`,
  adjudicated: (count: number, className: string | null) =>
    className === null
      ? `Adjudication of ${images(count)} removed.`
      : `${images(count)} adjudicated as ${className}.`,
  commented: (name: string, isRemoved: boolean) =>
    isRemoved ? `Comment removed from ${name}.` : `Comment saved on ${name}.`,
  withdrawBlind: {
    title: (count: number) =>
      count === 1 ? 'Withdraw a blind label?' : `Withdraw ${formatCount(count)} blind labels?`,
    text: (count: number, name: string | null) =>
      count === 1
        ? `Your label of ${name ?? 'an image'} was given blind. The image has been revealed to you since, so you cannot give it a blind label again.`
        : `Your labels of ${images(count)} were given blind. The images have been revealed to you since, so you cannot give them a blind label again.`,
    hint: 'Right afterwards, Undo or Redo can still bring back what you withdraw. If you only changed your mind, choose the other class instead: the blind label then stays on record.',
    withdraw: 'Withdraw',
  },
  reader: {
    title: 'Who is reading?',
    changedElsewhere: (name: string, isBlind: boolean) =>
      `Reading as ${name} now${isBlind ? ', blind' : ''}: this was changed in another tab or window. All of them have the same reader.`,
    text: 'Each label is saved with the name of its reader. There are no passwords: anyone at this computer can choose any name.',
    known: 'Readers of this workspace',
    none: 'This workspace has no readers yet.',
    reads: 'reading now',
    read: (count: number, unsure: number) =>
      unsure === 0 ? `${images(count)} read` : `${images(count)} read, ${formatCount(unsure)} unsure`,
    name: 'Name',
    another: 'New reader',
    save: 'Use this name',
    switchTo: (name: string) => `Read as ${name}`,
    blind: (name: string) => `Blind reading for ${name}`,
    blindShort: 'Blind',
    blindText:
      'Other readers’ labels, suggested classes, scores, flags, heat maps and file names of an image are hidden until you have labelled it or marked it as unsure. Blind reading stays on until you end it.',
    done: 'Done',
  },
  blind: {
    title: 'Blind reading',
    text: (name: string) =>
      `${name} is reading blind: other readers’ labels, suggestions and file names are hidden until you have labelled the image.`,
    end: 'End blind reading',
    hiddenTitle: 'Hidden until you label this image',
    hiddenText:
      'Choose a class or mark the image as unsure. The suggested class and other readers’ labels then appear here.',
    withheld: 'Hidden',
    unavailable: 'You are reading blind.',
    noReport:
      'Reports and comparisons of models contain the labels of images, and are shown when blind reading ends.',
    noPackage: 'The opened package is offered for import when blind reading ends.',
    noTraining: 'A training tells how many labels there are, and can start when blind reading ends.',
    noImport: 'An import reads folders and file names, and can start when blind reading ends.',
  },
  reading: {
    unsure: 'Unsure',
    unsureTip: 'You have looked and cannot decide. Never used for training.',
    accept: 'Accept the suggestion',
    acceptOf: (className: string) => `Accept ${className}`,
    nothingToAccept: 'There is no suggestion to accept.',
    undecided: 'The suggestion is undecided: choose a class yourself.',
    nothingShown: 'The suggestion is hidden until you have labelled the image.',
    note: 'Comment',
    addNote: 'Comment…',
    noteHint: 'Enter to save, Shift+Enter for a new line, Esc to cancel.',
    noteKept: 'Not saved yet: it will be saved with your next label.',
    noteAlone: 'comment without a label',
    saveNote: 'Save comment',
    saving: 'Saving…',
    last: 'That was the last image in the list.',
    yours: 'Your label',
    nothingYet: 'You have not labelled this image yet',
    you: 'you',
    others: 'Readers',
    blind: 'blind',
    blindTip: 'Chosen before other readers’ labels or a suggestion were shown',
    adjudicated: 'Adjudicated',
    importedBy: (reader: string) => `No reader’s label; imported by ${reader}`,
    fromTable: (table: string) => `Read from the table ${table}`,
    adjudicatedBy: (reader: string, when: string) => `by ${reader}, ${when}`,
    disputed: 'The labels differ: the image has no label until it is adjudicated.',
    agreed: (className: string) => `Label: ${className}`,
    adjudicate: 'Adjudicate…',
    withdraw: 'Withdraw',
    withdrawTip: 'Remove your label; other readers’ labels stay',
  },
  adjudication: {
    title: 'Adjudicate',
    text: 'The adjudicated class becomes the label of the image, also for training, whatever the readers chose. The readers’ labels are kept.',
    verdict: 'The image shows',
    comment: 'Reason',
    commentHint: 'Saved with the adjudication. Enter to adjudicate, Shift+Enter for a new line.',
    save: 'Adjudicate',
    saveTip: 'Saves the class for all readers',
    endTip: 'Ends the adjudication without saving',
    ended: 'The adjudication has ended. The keys of the classes give your own label again.',
    none: {
      previous: 'No earlier image of the list can be adjudicated. Escape ends the adjudication.',
      next: 'No later image of the list can be adjudicated. Escape ends the adjudication.',
    },
    noClass: 'Choose a class.',
    last: 'No later image of the list awaits adjudication. The keys of the classes give your own label again.',
    involved:
      'You are one of the readers who disagree about this image. If possible, let a reader adjudicate who has not labelled it.',
  },
  exchange: {
    title: 'Readings on other computers',
    text: 'A file carries labels, comments and regions to another workspace with the same images. An import only adds what is new; importing a file twice changes nothing.',
    blindText:
      'Export your own readings for the workspace that your images came from. The file has nothing else.',
    exportReadings: 'Export readings…',
    importReadings: 'Import readings…',
    saveTitle: 'Export readings',
    saveText:
      'The file has the readers’ names and comments, and no images, file names, cases or suggestions.',
    exported: (path: string) => `Readings exported to ${path}.`,
    ahead: (ahead: number) =>
      `${entryCount(ahead)} more than a day ahead of this computer’s clock: other computers refuse the file. Check the clocks.`,
    imported: ({ header, added, known, leftOut, missingImages }: ReadingsImport) => {
      const entries = added.labels + added.comments + added.regionChanges
      const lacks =
        missingImages === 0
          ? ''
          : ` Not in this workspace: ${images(missingImages)} of the file; ${entryCount(leftOut)} on them left out.`
      return `${entryCount(entries)} added from “${header.workspace.name}”, ${formatCount(known)} were here already.${lacks}`
    },
    handOver: {
      open: 'Hand over cases…',
      title: 'Hand over cases to a reader',
      description:
        'Makes a workspace in a new folder. Copy it to a disk of the other computer and open it there; the reader’s labels come back by Export readings there and Import readings here.',
      action: 'Hand over',
      reader: 'Reader',
      ownHint: 'That is you.',
      cases: 'Cases, one on each line',
      casesHint: (count: number, cases: number) =>
        cases === 0 ? `Empty: all ${images(count)}.` : `${images(count)} of these cases.`,
      folderHint: 'The new folder is made in it.',
      folderOf: (reader: string) => `for-${reader.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '-')}`,
      blind: 'Blind',
      blindHint:
        'Without labels, comments, regions, suggestions and file names; blind reading begins with the reader.',
      copy: 'Copy the images',
      copyHint: 'Otherwise it names the files where they are now, and the other computer searches for them.',
      done: ({ to, images: count, cases: caseCount, labels, isBlind, copied, path }: HandoverReport) =>
        `Handed over to ${to}${isBlind ? ', blind' : ''}: ${images(count)}${caseCount === 0 ? '' : ` of ${cases(caseCount)}`}, ${formatCount(labels)} ${labels === 1 ? 'label' : 'labels'}${copied ? ', with copies of the images' : ''}. The workspace is ${path}.`,
    },
    digest: 'Digest',
    digestHint: 'Two workspaces with the same images and readings show the same digest.',
  },
  agreement: {
    title: 'Agreement',
    intro:
      'Kappa is 1 for perfect agreement and 0 for agreement by chance. Only images with a class from both readers count. Intervals are 95 % intervals: kappa ± 1.96 large-sample standard errors.',
    basis: 'Which labels',
    bases: {
      current: 'Current labels',
      independent: 'Independent labels only',
    },
    baseHints: {
      current: 'The current label of each reader, including changes made after seeing other readers’ labels.',
      independent:
        'The first label of each image, and labels given blind. Later changes, and labels given when others were visible, do not count.',
    },
    keyFigures: 'Key figures',
    kappaOf: (pair: string) => `Kappa (Cohen), ${pair}`,
    kappaOfAll: 'Kappa (Fleiss), all readers',
    interval95: (range: string) => `95 %: ${range}`,
    onImages: images,
    leftDisputed: 'Disagreements to settle',
    leftUnsure: 'Unsure, to settle',
    readers: 'Readers',
    pairs: 'By pair (Cohen)',
    overall: 'All readers (Fleiss)',
    overallOf: (readers: number) => `${formatCount(readers)} readers`,
    columns: {
      pair: 'Readers',
      images: 'Images',
      unsure: 'Unsure',
      agreed: 'Agreed',
      kappa: 'Kappa',
      interval: '95 % interval',
      plot: 'From -1 to 1',
    },
    pair: (first: string, second: string) => `${first} and ${second}`,
    showTable: (first: string, second: string) => `Table of ${first} and ${second}`,
    interval: (low: string, high: string) => `${low} to ${high}`,
    noKappa: 'none',
    noKappaTip: 'Kappa is undefined: only one class was used, or no image counts.',
    noPairs: 'No image has labels from two readers yet.',
    noPairsHint:
      'Choose another reader at the top right, turn on blind reading, and label images that already have a label from another reader.',
    table: (first: string, second: string) => `${first} against ${second}`,
    tableText: (first: string, second: string) =>
      `Rows: labels by ${first}. Columns: labels by ${second}. Select a number to open its images.`,
    corner: (first: string, second: string) => `${first} \\ ${second}`,
    unsure: 'Unsure',
    cell: (count: number, first: string, row: string, second: string, column: string) =>
      `${images(count)}: ${first} ${row}, ${second} ${column}`,
    readerCounts: (count: number, unsure: number, blind: number) =>
      `${images(count)}, ${formatCount(unsure)} unsure, ${formatCount(blind)} blind`,
    removed: (count: number) => reportWords.removedFromAgreement(count, formatCount(count)),
    toAdjudicate: 'To adjudicate',
    disputed: (count: number) => `Disagreements (${formatCount(count)})`,
    unsureList: (count: number) => `Unsure (${formatCount(count)})`,
    settled: (count: number) => `Adjudicated (${formatCount(count)})`,
    nothingDisputed: 'No disagreements.',
    nothingUnsure: 'No image is marked as unsure.',
    nothingAdjudicated: 'No adjudications.',
    trainingNote:
      'Images on which readers disagree have no label and are not used for training until they are adjudicated.',
    open: 'Open',
    openAll: 'Adjudicate one by one',
    openImage: (name: string) => `Open ${name}`,
    adjudicate: (name: string) => `Adjudicate ${name}`,
    takeAway: 'Remove',
    takeAwayOf: (name: string) => `Remove the adjudication of ${name}`,
    blindText:
      'Export your own readings for the workspace that your images came from. The file has nothing else.',
    more: (count: number) => `${images(count)} more. Use “Adjudicate one by one” to see all.`,
    study: {
      title: 'Reader study',
      intro:
        'How long readers took, how often they chose another class than the suggested one, and what they changed after seeing a suggestion. Imported labels and adjudications are not counted.',
    },
  },
  pin: {
    title: 'Pinned image',
    canvas: (name: string) => `Pinned image ${name}. It is shown at the same scale.`,
    pinned: 'This image is pinned. Go to another image to compare them.',
    unpinned: 'The image is no longer pinned.',
    unpin: 'Unpin the image',
  },
  stain: {
    toggle: 'Original or normalised stain',
    normalised: 'Normalised stain',
    fit: (share: string) => `as encoders see it; the fit explains ${share} of the colour`,
    degenerate: {
      'too-little-tissue': 'Too little tissue for stain normalisation: the image keeps its own colours.',
      'one-stain': 'Only one stain was found: the image keeps its own colours.',
    },
  },
  keys: {
    title: 'Keyboard shortcuts',
    taken: 'use its button',
  },
  palette: {
    title: 'Find an action',
    search: 'Type what you want to do',
    found: (count: number) => (count === 1 ? '1 action' : `${formatCount(count)} actions`),
    nothing: 'No action matches.',
  },
} as const
