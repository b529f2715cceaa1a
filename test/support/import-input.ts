import type { ImportInput } from '../../electron/features/images/import-images.ts'

/** What an import is asked for: labels from folders, cases from names as "b-1.png", but for what a test says. */
export const importInput = (paths: string[], said: Partial<ImportInput> = {}): ImportInput => ({
  paths,
  labels: 'folder',
  labelsFile: null,
  casesPattern: '^([a-z]+)-',
  pixelSizeUm: null,
  pages: 'ask',
  copy: false,
  reader: 'ada',
  ...said,
})
