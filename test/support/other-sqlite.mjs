// Loaded into every process of a run of tests (NODE_OPTIONS): better-sqlite3 takes the binding that LOBULE_TEST_SQLITE names in place
// of its own (electron/setup/package-sqlite.mjs).
import Module from 'node:module'

const resolve = Module._resolveFilename
Module._resolveFilename = function (...request) {
  const file = resolve.apply(this, request)
  return /[\\/]better-sqlite3[\\/]prebuilds[\\/][^\\/]+\.node$/.test(file)
    ? process.env.LOBULE_TEST_SQLITE
    : file
}
