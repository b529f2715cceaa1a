import { images } from './counts.ts'

export const setLaterStrings = {
  setLater: {
    menu: 'More for the selected images',
    setCase: 'Set the case…',
    setPixelSize: 'Set the pixel size…',
    save: 'Save',
    /** @param which a file name or a number of images, here and in the other titles */
    caseTitle: (which: string) => `Case of ${which}`,
    caseText:
      'Images of one case are kept together when a model is tested. Models that were trained before keep their folds. Undo brings the old cases back.',
    caseName: 'Case',
    caseHint: 'One patient’s specimen. Empty: no case.',
    caseDone: (changed: number, models: readonly string[]) =>
      changed === 0
        ? 'No image changed its case.'
        : `${images(changed)} changed. ${models.length === 0 ? '' : `Trained with the old cases: ${models.join(', ')}. Train again to test with the new ones.`}`.trim(),
    similar: (names: string) => `These cases may be one patient: ${names}.`,
    remove: 'Remove from the workspace…',
    removeTitle: (which: string) => `Remove ${which}`,
    removeText: (count: number, labelled: number) =>
      `${count === 1 ? 'It leaves' : 'They leave'} the worklist, trainings, figures and exports${labelled === 0 ? '' : `, ${labelled} of them with a label`}. The ${count === 1 ? 'file stays' : 'files stay'} on the disk. Labels, suggestions and regions are kept, also in the audit trail; models stay as they are.`,
    removeUndo:
      'Undo brings them back, and so does Settings, “Removed images”. An import of the same files leaves them out, unless it is to restore removed images.',
    removeAction: 'Remove',
    removed: (count: number, models: readonly string[]) =>
      `${images(count)} removed.${models.length === 0 ? '' : ` Trained on them: ${models.join(', ')}. These models stay as they are.`}`,
    removedTitle: 'Removed images',
    removedText: (count: number) =>
      count === 0
        ? 'None. Images that you remove from the worklist are listed here and can be restored.'
        : `${images(count)}, with all labels and suggestions. Restored, they are as before.`,
    removedFile: 'File',
    removedAt: 'Removed',
    restore: 'Restore',
    restoreAll: (count: number) => `Restore all ${count}`,
    restored: (count: number) => `${images(count)} restored.`,
    pixelSizeNotice: (count: number, used: number) =>
      `The pixel size of ${images(count)} is unknown and will be taken as 0.42 µm, that of the images that the published method was made with.${used === 0 ? '' : ` A model has already used ${images(used)} with it.`}`,
    setPixelSizeOf: (count: number) => `Set the pixel size of ${images(count)}…`,
    putAway: 'Not now',
    pixelSizeTitle: (which: string) => `Pixel size of ${which}`,
    pixelSizeText:
      'Only for images whose files do not state it. Images that were already encoded or used by a model keep their value.',
    pixelSizeDone: (changed: number, fromFile: number, used: number) =>
      [
        changed === 0 ? 'No image changed.' : `${images(changed)} changed.`,
        ...(fromFile > 0 ? [`${images(fromFile)} with a value in the file.`] : []),
        ...(used > 0 ? [`${images(used)} already used, left as they are.`] : []),
      ].join(' '),
  },
} as const
