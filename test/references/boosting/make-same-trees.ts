/**
 * Writes same-trees.json: for each training of test/native/same-trees-cases.ts the SHA-256 of its model text, by
 * LightGBM as its authors wrote it, without Lobule's search for splits (native/lightgbm):
 *
 *     node electron/setup/native.mjs --unpatched
 *     LOBULE_NATIVE_ADDON=native/build/unpatched/lobule-native.node \
 *       node test/references/boosting/make-same-trees.ts
 */
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { cases, fingerprintOf } from '../../native/same-trees-cases.ts'

if (!process.env['LOBULE_NATIVE_ADDON']?.includes('unpatched')) {
  throw new Error('LOBULE_NATIVE_ADDON does not name the addon that --unpatched builds.')
}
const fingerprints: Record<string, string> = {}
for (const name of Object.keys(cases)) fingerprints[name] = await fingerprintOf(name)
const file = path.join(import.meta.dirname, 'same-trees.json')
writeFileSync(file, `${JSON.stringify(fingerprints, null, 2)}\n`)
console.log(`${Object.keys(fingerprints).length} trainings in ${file}`)
