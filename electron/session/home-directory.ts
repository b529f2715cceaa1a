import envPaths from 'env-paths'

/** The user's data folder, the same for every door: settings and encoders; LOBULE_HOME moves it. */
export const homeDirectory = (): string =>
  process.env['LOBULE_HOME'] ?? envPaths('Lobule', { suffix: '' }).data
