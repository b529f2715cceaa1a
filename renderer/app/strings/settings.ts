import type { CheckReport } from '../../../electron/contract/index.ts'
import type { ColourName } from '../../state/class-draft.ts'
import { formatCount } from '../format.ts'
import { images } from './counts.ts'

type ProblemKind = CheckReport['problems'][number]['kind']

export const settingsStrings = {
  settings: {
    title: 'Settings',
    classes: 'Classes',
    classesText:
      'What an image can be labelled. Two to twenty, each with a name, a key and a colour; those that count as positive (carcinoma) stand against the others in the two-class score. They can be changed until the first label is given.',
    classesLocked: (labels: number) =>
      `The classes stay as they are: ${labels === 1 ? '1 label was' : `${formatCount(labels)} labels were`} given with them, and a label must keep its meaning, also where it was taken back. Make a new workspace for other classes; labels can be carried over as a table.`,
    className: 'Name',
    classKey: 'Key',
    classColour: 'Colour',
    positive: 'Counts as positive',
    positiveShort: 'positive',
    order: 'Order and removal',
    nameOf: (index: number) => `Name of class ${index}`,
    keyOf: (name: string) => `Key of ${name}`,
    colourOf: (name: string) => `Colour of ${name}`,
    positiveOf: (name: string) => `${name} counts as positive`,
    moveUp: (name: string) => `Move ${name} up`,
    moveDown: (name: string) => `Move ${name} down`,
    removeClass: (name: string) => `Remove ${name}`,
    addClass: 'Add a class',
    classCount: (count: number) => `${count} of at most 20`,
    revert: 'Take back',
    save: 'Save classes',
    saved: 'The classes are changed.',
    nameProblems: {
      empty: 'A class needs a name.',
      same: 'Another class has this name.',
      letters: 'No comma, star or slash.',
      long: 'At most 60 letters.',
    },
    keyProblem: (problem: 'empty' | 'same' | 'taken', keys: string) =>
      problem === 'same' ? 'Another class has this key.' : `One of ${keys}`,
    sameColour: 'used twice',
    coloursFrom: 'Okabe and Ito; Paul Tol, muted. Told apart by colour-blind readers within each.',
    colours: {
      blue: 'Blue',
      green: 'Bluish green',
      orange: 'Orange',
      vermilion: 'Vermilion',
      skyBlue: 'Sky blue',
      pink: 'Reddish purple',
      yellow: 'Yellow',
      grey: 'Grey',
      indigo: 'Indigo',
      cyan: 'Cyan',
      teal: 'Teal',
      forest: 'Green',
      olive: 'Olive',
      sand: 'Sand',
      rose: 'Rose',
      wine: 'Wine',
      purple: 'Purple',
    } satisfies Record<ColourName, string>,
    storage: 'Storage',
    storageText: (path: string) => `What the workspace at ${path} takes up.`,
    part: 'Part',
    room: 'Room',
    whatItIs: 'What it is',
    clean: 'Clean',
    cleanOf: (part: string) => `Clean ${part}`,
    together: 'Together',
    free: (free: string) => `${free} free on this disk`,
    cleaned: (bytes: string) => `${bytes} freed.`,
    parts: {
      database: 'Database',
      copies: 'Copied images',
      descriptors: 'Descriptors',
      boosters: 'Models',
      explanations: 'Heat maps',
      synthetic: 'Synthetic tissue',
      leftovers: 'Leftovers',
    },
    partNotes: {
      database: 'Images, labels, verdicts, the audit trail. Never cleaned.',
      copies: (count: number) => `${images(count)} copied at import. Never cleaned.`,
      descriptors:
        'What encoders said of the images. Made again by the next training or classification, which then takes longer.',
      boosters: 'The trained models. Never cleaned.',
      explanations: 'Those that were looked at last. Made again when they are looked at again.',
      synthetic: 'Images that Lobule drew. Never cleaned.',
      leftovers: 'Dropped files that were not imported, halves of a copy, copies of no image.',
    },
    check: 'Check',
    checkText:
      'Reads the database and every file that belongs to the workspace, and says what is missing, changed or damaged. It changes nothing.',
    checkStart: 'Check the workspace',
    checkedAt: (when: string, imageCount: number, descriptors: number, boosters: number) =>
      `${when}: looked at the database, ${images(imageCount)}, ${formatCount(descriptors)} descriptor files and ${formatCount(boosters)} boosters.`,
    allWell: 'All is well.',
    problems: {
      database: {
        title: 'Damage in the database',
        advice: 'Restore the workspace from a backup. Labels given since then can be exported before.',
      },
      'image-missing': {
        title: 'Image files that are gone',
        advice: 'If they were moved or renamed, find them below by their content.',
      },
      'image-changed': {
        title: 'Image files that are not what was imported',
        advice: 'Put the old ones back or find them below; import the new ones to have both.',
      },
      'image-unreadable': {
        title: 'Image files that cannot be read',
        advice: 'See to the rights of the file, the disk or the network.',
      },
      'descriptors-damaged': {
        title: 'Damaged descriptor files',
        advice: 'Nothing is lost: the next training or classification makes them again.',
      },
      'booster-missing': {
        title: 'Files of models that are gone',
        advice: 'Restore them from a backup, or train a new model.',
      },
      'booster-damaged': {
        title: 'Damaged files of models',
        advice: 'Restore them from a backup, or train a new model.',
      },
    } satisfies Record<ProblemKind, { title: string; advice: string }>,
    relink: 'Find moved files',
    relinkText:
      'Looks in a folder, to the bottom, for files of images that are gone or changed. They are known by their content, whatever their names.',
    relinkStart: 'Choose a folder to search…',
    relinkedAt: (when: string, found: number, missing: number) =>
      `${when}: ${formatCount(found)} found again, ${formatCount(missing)} still missing.`,
    foundAgain: 'Found again',
    stillMissing: 'Still missing',
    unreadableThere: 'Could not be read',
    fromTo: (from: string, to: string) => `${from} is now ${to}`,
    busy: 'A job is running; wait for its end.',
  },
} as const
