/** The decisions of an import, one after the other. */
export const importSteps = ['images', 'labels', 'cases', 'files'] as const
export type ImportStep = (typeof importSteps)[number]
