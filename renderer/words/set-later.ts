import { images } from './counts.ts'

export const setLaterStrings = {
  setLater: {
    menu: 'More for the selected images',
    setCase: 'Set the case…',
    setPixelSize: 'Set the pixel size…',
    save: 'Save',
    caseTitle: (count: number) => `Case of ${images(count)}`,
    caseText:
      'Images of one case are kept together when a model is tested. Models that were trained before keep their folds. Undo brings the old cases back.',
    caseName: 'Case',
    caseHint: 'One patient’s specimen. Empty: no case.',
    caseDone: (changed: number, models: readonly string[]) =>
      changed === 0
        ? 'No image changed its case.'
        : `${images(changed)} changed. ${models.length === 0 ? '' : `Trained with the old cases: ${models.join(', ')}. Train again to test with the new ones.`}`.trim(),
    similar: (names: string) => `These cases may be one patient: ${names}.`,
    pixelSizeTitle: (count: number) => `Pixel size of ${images(count)}`,
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
