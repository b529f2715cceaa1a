// @ts-check
/**
 * Which room may import which (docs/architecture.md): each room's folder, with the folders that its files may import
 * beside their own. Everything else is forbidden. ESLint reports imports that the table does not allow (eslint.config.js),
 * and `node electron/setup/imports.mjs` lists them for the whole project, with files that import each other in a circle.
 */

/** @type {Readonly<Record<string, readonly string[]>>} */
const electron = {
  contract: [],
  base: ['contract'],
  report: ['contract'],
  engine: ['contract', 'base'],
  store: ['contract', 'base'],
  compute: ['contract', 'base', 'engine', 'store'],
  queue: ['contract', 'base', 'store'],
  session: ['contract', 'base', 'store', 'compute', 'queue'],
  features: ['contract', 'base', 'report', 'engine', 'store', 'compute', 'queue', 'session'],
  application: ['contract', 'base', 'store', 'compute', 'queue', 'session', 'features'],
  server: ['contract', 'base', 'application'],
  cli: ['contract', 'base', 'report', 'queue', 'compute', 'session', 'features', 'application', 'server'],
  main: ['contract', 'base', 'compute', 'session', 'application', 'cli'],
  preload: ['contract'],
}

const contract = 'electron/contract'
/** What runs in Node and in the page. */
const shared = [contract, 'electron/report']

/** The page's features, each with the other features that it may use. @type {Readonly<Record<string, readonly string[]>>} */
const pageFeatures = {
  audit: [],
  classes: [],
  slide: [],
  plans: [],
  'slide-map': ['classes', 'plans', 'slide'],
  import: ['classes'],
  leaks: [],
  models: ['classes', 'leaks', 'plans', 'review'],
  review: ['classes'],
  regions: ['classes', 'slide'],
  predictions: ['classes', 'review'],
  agreement: ['classes', 'models', 'review'],
  jobs: ['import', 'models'],
  encoders: ['jobs'],
  settings: ['classes', 'encoders'],
  start: ['classes', 'encoders'],
  viewer: ['classes', 'predictions', 'regions', 'review', 'slide', 'slide-map'],
  worklist: ['classes', 'predictions'],
}
const belowFeatures = [
  ...shared,
  'renderer/words',
  'renderer/ui',
  'renderer/api',
  'renderer/state',
  'renderer/actions',
]
const featureRooms = Object.keys(pageFeatures).map((name) => `renderer/features/${name}`)

/** @type {Readonly<Record<string, readonly string[]>>} */
export const mayImport = {
  ...Object.fromEntries(
    Object.entries(electron).map(([room, others]) => [
      `electron/${room}`,
      others.map((other) => `electron/${other}`),
    ]),
  ),
  'renderer/words': shared,
  'renderer/ui': ['renderer/words'],
  'renderer/api': [contract],
  'renderer/state': [...shared, 'renderer/api', 'renderer/words'],
  'renderer/actions': [contract, 'renderer/words', 'renderer/state'],
  ...Object.fromEntries(
    Object.entries(pageFeatures).map(([name, others]) => [
      `renderer/features/${name}`,
      [...belowFeatures, ...others.map((other) => `renderer/features/${other}`)],
    ]),
  ),
  'renderer/app': [...belowFeatures, ...featureRooms],
}
