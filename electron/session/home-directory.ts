import envPaths from 'env-paths'

/** The user's data folder, the same for every entry point: settings and encoders. LOBULE_HOME sets another one. */
export const homeDirectory = (): string =>
  process.env['LOBULE_HOME'] ?? envPaths('Lobule', { suffix: '' }).data
