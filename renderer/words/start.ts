import type { Theme } from '../state/theme.svelte.ts'
import { images } from './counts.ts'

export const startStrings = {
  start: {
    recent: 'Recent workspaces',
    noRecent: 'Workspaces that you open will be listed here.',
    openTitle: 'Open a workspace',
    openText: 'Choose the folder of an existing workspace.',
    openFolder: 'Open a folder…',
    createTitle: 'New workspace',
    createText:
      'A workspace is a folder with your labels, models and suggestions. Images stay in their current location.',
    name: 'Name',
    location: 'Parent folder',
    classes: 'Classes',
    classesHint: 'Separate classes with commas, in display order. Mark each carcinoma class with a star.',
    classesPreview: 'Classes and their keys',
    noDrop: 'Open or create a workspace before you drop files.',
    carcinoma: 'carcinoma',
    create: 'Create workspace',
    willBe: (path: string) => `Will be created at ${path}`,
  },
  workspace: {
    menu: 'Workspace',
    openOther: 'Open another…',
    close: 'Close workspace',
    recent: 'Recent',
  },
  empty: {
    title: 'This workspace has no images yet',
    text: 'Try Lobule with synthetic tissue, or import your own images.',
    syntheticTitle: 'Try with synthetic tissue',
    syntheticText: (count: number) =>
      `Lobule generates ${count} images that look like stained tissue, with labels and cases. They are artificial: useful for learning the program, but not evidence of any kind.`,
    syntheticClasses:
      'The synthetic classes are Normal, Benign, InSitu and Invasive. This workspace has different classes, so some images will have no label.',
    perClass: 'Images per class',
    syntheticStart: 'Generate and import',
    ownTitle: 'Import your own images',
    ownText:
      'TIFF, SVS, PNG, JPEG or WebP files, or whole folders. Labels can come from folder names or a table, cases from file names.',
    ownStart: 'Import images…',
    dropHint: 'You can also drop files or folders on this window.',
    encodersTitle: 'Encoders',
    encodersText: 'Training needs an encoder: a pretrained network that turns an image into numbers.',
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
    worstFirst: 'Uncertain first',
    worstFirstTip:
      'Shows images first that are near the operating point, have a large spread, are unlike the training images, or have flags',
    search: 'Search file, case, label',
    clearFilters: 'Clear filters',
    jobs: 'Jobs',
    encoders: 'Encoders',
    more: 'More',
    keys: 'Keyboard shortcuts',
    doctor: 'System check',
    about: 'About Lobule',
    reader: (name: string) => `Reading as ${name}`,
    readerTip: 'Change who is reading',
    theme: 'Appearance',
    themes: {
      system: 'System default',
      light: 'Light',
      dark: 'Dark',
      contrast: 'High contrast',
    } satisfies Record<Theme, string>,
  },
  next: {
    label: 'Next step',
    encoder: 'Training needs an encoder, and none is installed.',
    encoderAction: 'Install an encoder',
    label2: 'Label images of at least two classes (keys 1 to 9), then train a model.',
    train: (labelled: number) => `${images(labelled)} labelled. You can train a model now.`,
    trainAction: 'Train a model',
    classify: (count: number) => `${images(count)} without a suggested class.`,
    classifyAction: 'Classify them',
  },
} as const
