import type { Theme } from '../../state/theme.svelte.ts'
import { images } from './counts.ts'

export const startStrings = {
  start: {
    recent: 'Recent workspaces',
    noRecent: 'Workspaces that you open will be listed here.',
    openTitle: 'Open a workspace',
    openText: 'Choose the folder of a workspace that was made before.',
    openFolder: 'Open a folder…',
    createTitle: 'New workspace',
    createText:
      'A workspace is a folder that keeps your labels, models and verdicts. Images stay where they are.',
    name: 'Name',
    location: 'Inside the folder',
    classes: 'Classes',
    classesHint:
      'Separated by commas, in the order in which they are shown. A star marks a class that counts as carcinoma.',
    classesPreview: 'Classes and their keys',
    noDrop: 'Open or create a workspace first; then drop files on it.',
    carcinoma: 'carcinoma',
    create: 'Create workspace',
    willBe: (path: string) => `Will be made at ${path}`,
  },
  workspace: {
    menu: 'Workspace',
    openOther: 'Open another…',
    close: 'Close workspace',
    recent: 'Recent',
  },
  empty: {
    title: 'This workspace has no images yet',
    text: 'Start with tissue that Lobule draws itself, or bring your own images.',
    syntheticTitle: 'Try with synthetic tissue',
    syntheticText: (count: number) =>
      `Lobule draws ${count} fields that look like stained tissue, labelled and sorted into cases. They are made up: good for learning the program, worthless as evidence.`,
    syntheticClasses:
      'The synthetic classes are Normal, Benign, InSitu and Invasive. This workspace has other classes, so some images will come without a label.',
    perClass: 'Images for each class',
    syntheticStart: 'Draw and import',
    ownTitle: 'Import own images',
    ownText:
      'TIFF, SVS, PNG, JPEG or WebP files, or whole folders. Labels can be taken from folder names or a table, cases from file names.',
    ownStart: 'Import images…',
    dropHint: 'You can also drop files or folders on this window.',
    encodersTitle: 'Encoders',
    encodersText: 'Training needs a pretrained network that describes what an image looks like.',
  },
  toolbar: {
    import: 'Import',
    train: 'Train',
    classify: 'Classify',
    importTip: 'Add images to this workspace',
    trainTip: 'Train a model on the labelled images',
    classifyTip: (count: number | null) =>
      count === null ? 'Suggest a class for every image' : `Suggest a class for ${images(count)}`,
    classifyNoModel: 'Train a model first',
    worstFirst: 'Worst first',
    worstFirstTip: 'Near the operating point, large spread, unlike the training images or flags come first',
    search: 'Search file, case, label',
    clearFilters: 'Clear filters',
    jobs: 'Jobs',
    encoders: 'Encoders',
    more: 'More',
    keys: 'Keys',
    doctor: 'System check',
    about: 'About Lobule',
    reader: (name: string) => `Reading as ${name}`,
    readerTip: 'Change who is reading',
    theme: 'Colours',
    themes: {
      system: 'As the system',
      light: 'Light',
      dark: 'Dark',
      contrast: 'High contrast',
    } satisfies Record<Theme, string>,
  },
  next: {
    label: 'Next step',
    encoder: 'Training needs an encoder, and none is installed.',
    encoderAction: 'Install an encoder',
    label2: 'Give images labels (keys 1 to 9) in at least two classes, then train a model.',
    train: (labelled: number) => `${images(labelled)} labelled. A model can be trained.`,
    trainAction: 'Train a model',
    classify: (count: number) => `${images(count)} without a suggested class.`,
    classifyAction: 'Classify them',
  },
} as const
