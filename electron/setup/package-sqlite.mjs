// @ts-check
/** Tests the binding of better-sqlite3 that a package takes in place of its authors' own. */
import { execFileSync } from 'node:child_process'
import { pathToFileURL } from 'node:url'
import { inRoot, projectNode, step, toolEnvironment } from './shared.mjs'
import { sqliteOf } from './sqlite-binding.mjs'

/** Which SQLite a process has, with which options, and from which file. */
const question = `
const database = new (require('better-sqlite3'))(':memory:')
const [source] = database.prepare('SELECT sqlite_source_id()').pluck().all()
const options = database.prepare('PRAGMA compile_options').pluck().all()
const files = process.report.getReport().sharedObjects.filter((file) => file.endsWith('.node'))
console.log(JSON.stringify({ source, options, files }))
`

/** @param {string | undefined} target as in `sqliteOf` */
const environmentOf = (target) =>
  target === undefined
    ? toolEnvironment()
    : toolEnvironment({
        LOBULE_TEST_SQLITE: sqliteOf(target),
        NODE_OPTIONS: `--import=${pathToFileURL(inRoot('test', 'support', 'other-sqlite.mjs')).href}`,
      })

/** @param {string | undefined} target @returns {{ source: string, options: string[] }} */
function ask(target) {
  const options = { cwd: inRoot(), env: environmentOf(target), encoding: /** @type {const} */ ('utf8') }
  const answer = JSON.parse(execFileSync(projectNode(), ['-e', question], options))
  if (String(answer.files) !== sqliteOf(target))
    throw new Error(`SQLite is of ${answer.files}, not of ${sqliteOf(target)}`)
  // The compiler, whose name and version it ends with, is another one.
  const isOfSqlite = (/** @type {string} */ option) => !option.startsWith('COMPILER=')
  return { source: answer.source, options: answer.options.filter(isOfSqlite) }
}

/**
 * It must have the same SQLite with the same options, and pass the tests of the store.
 * @param {string} target a toolchain of Zig
 * @returns {Promise<string>} for the line of the check
 */
export async function testSqlite(target) {
  const [own, authors] = [ask(target), ask(undefined)]
  if (JSON.stringify(own) !== JSON.stringify(authors))
    throw new Error(`${JSON.stringify(own)}, but as its authors build it ${JSON.stringify(authors)}`)
  const suite = [inRoot('node_modules/vitest/vitest.mjs'), 'run', '--project', 'store']
  await step('the tests of the store', projectNode(), suite, { env: environmentOf(target) })
  return `${own.options.length} options as its authors have them`
}
