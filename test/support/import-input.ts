import type { ImportInput } from '../../electron/features/images/import-images.ts'

/**
 * The input of an import: labels from folders, cases from names such as "b-1.png"; a test can override each part.
 */
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
