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
    classesHint:
      'Separate classes with commas, in display order. Mark each carcinoma class with a star. If folders have the names of classes, use the same names.',
    classesPreview: 'Classes and their keys',
    opened: {
      package: (file: string) => `Open or create a workspace: ${file} is opened in it.`,
      backup: (file: string) =>
        `Open or create a workspace first. Then Lobule asks for a folder, and makes a new workspace from ${file}.`,
    },
    noDrop: 'Open or create a workspace before you drop files.',
    carcinoma: 'carcinoma',
    create: 'Create workspace',
    willBe: (path: string) => `Will be created at ${path}`,
    mend: {
      title: 'Mend this workspace?',
      text: (path: string) =>
        `${path} was not opened, because its database is not as Lobule made it. That could change labels or results:`,
      hint: 'Mending removes what is foreign and puts back what is missing. It changes no label and no other row. The database as it is now is kept beside it, and the audit trail, with your reason, is verified when the workspace opens. If you have a backup, you can restore that instead.',
      reason: 'Reason',
      reasonHint: 'Recorded in the audit trail.',
      signIn: 'This workspace has users. An administrator of it must sign in to mend it.',
      pinHint: 'Leave it empty if you sign in with an account of the operating system.',
      action: 'Mend and open',
      done: (copy: string) => `Mended. The database as it was is kept: ${copy}`,
    },
    handedOver: {
      title: (to: string) => `Does ${to} begin to read?`,
      text: (path: string, to: string, isBlind: boolean) =>
        `${path} was handed over to ${to}${isBlind ? ', to be read blind' : ''}. It is not open yet.`,
      begins: (to: string, isBlind: boolean) =>
        `If you are ${to}, begin: labels are then saved under this name${isBlind ? ', as blind ones' : ''}. This is recorded in the audit trail, once.`,
      look: 'Only look',
      onlyLook: (reader: string) =>
        `If you only want to check it, look at it as ${reader}: nothing is recorded, and the next opening asks again.`,
      noLook: (to: string) =>
        `If you only want to check it, cancel: the images in its folder and “lobule images” on the command line show what ${to} gets.`,
      begin: (to: string, isBlind: boolean) => `Read as ${to}${isBlind ? ', blind' : ''}`,
    },
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
    withSlide: 'And a slide',
    withSlideHint:
      'Tissue of all four classes, 4 × 3 mm, to see the map of a slide. It takes about half a minute.',
    syntheticStart: 'Generate and import',
    ownTitle: 'Import your own images',
    ownText:
      'TIFF, SVS, PNG, JPEG or WebP files, or whole folders. Labels can come from folder names or a table, cases from file names.',
    ownStart: 'Import images…',
    dropHint: 'You can also drop files or folders on this window.',
    encodersTitle: 'Encoders',
    encodersText: 'Training needs an encoder: a pretrained network that turns an image into numbers.',
    encodersReady: (titles: readonly string[]) =>
      `Training needs one encoder, a pretrained network that turns an image into numbers, and it is installed: ${titles.join(', ')}. The others are optional.`,
  },
  toolbar: {
    import: 'Import',
    train: 'Train',
    classify: 'Classify',
    importTip: 'Add images to this workspace',
    trainTip: 'Train a model on the labelled images',
    classifyTip: (count: number | null) =>
      count === null ? 'Suggest a class for every image' : `Suggest a class for ${images(count)}`,
    classifyNoModel: 'No model is in use. Train a model first, or choose one in Models.',
    worstFirst: 'Worst first',
    worstFirstTip:
      'Shows images first whose label is contradicted with confidence, then those near the operating point, with a large spread, unlike the training images, or with flags',
    labelNext: 'Label next',
    labelNextTip:
      'Shows unlabelled images first, one of each case in turn, the most uncertain before the others: their labels help the next training most',
    search: 'Search file, case, label',
    clearFilters: 'Clear filters',
    jobs: 'Jobs',
    encoders: 'Encoders',
    more: 'More',
    guide: 'Guide',
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
    },
  },
  next: {
    label: 'Next step',
    encoder: 'Training needs an encoder, and none is installed.',
    encoderAction: 'Install an encoder',
    label2: 'Label images of at least two classes (keys 1 to 9), then train a model.',
    train: (labelled: number) => `${images(labelled)} labelled. You can train a model now.`,
    trainAction: 'Train a model',
    candidate: (model: string) => `${model} is a candidate: decide whether to use it.`,
    candidateAction: 'Open its report',
    classify: (count: number, areUnread: boolean) =>
      areUnread
        ? `${images(count)} without a label and without a suggested class.`
        : `${images(count)} without a suggested class, all labelled or unsure.`,
    classifyAction: 'Classify them',
  },
} as const
