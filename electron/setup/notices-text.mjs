// @ts-check
/** The text of THIRD-PARTY-NOTICES.txt. It is the same on every platform. */
import { readFileSync } from 'node:fs'
import { inRoot } from './shared.mjs'
import {
  identifiers,
  importedPackages,
  noticeOf,
  parts,
  readLock,
  shippedPackages,
  standardText,
  tidy,
} from './third-party.mjs'

/** @typedef {import('./third-party.mjs').Notice} Notice */

export const noticesFile = inRoot('resources', 'licences', 'THIRD-PARTY-NOTICES.txt')

const rule = '='.repeat(80)

const opening = `Third-party software in Lobule

Lobule itself is under the Apache License 2.0. An installer also holds the software below, each under its own
licence. Electron's licence and those of Chromium's parts are in LICENSE.electron.txt and
LICENSES.chromium.html beside the program.

libvips and some of its parts are under the GNU Lesser General Public License. They are shared libraries in the
folder node_modules/@img of the installed program and can be replaced by a changed version. Their source is at
https://github.com/lovell/sharp-libvips. So are OpenSlide and two of its parts, in the folder openslide of the installed
program; their source is at https://github.com/openslide/openslide-bin.

Not edited by hand: npm run notices writes this file.`

/** @returns {string} */
export function noticesText() {
  const lock = readLock()
  const notices = shippedPackages(lock, importedPackages()).map((key) => noticeOf(key, lock[key] ?? {}))
  const inside = parts.flatMap(({ name, inside, version = '', licence, file }) =>
    file === null
      ? []
      : [
          {
            name: `${name} (inside ${inside})`,
            version,
            licence,
            texts: [tidy(readFileSync(inRoot('resources', 'licences', file), 'utf8'))],
          },
        ],
  )
  // A package's own text says all; only the platform packages, libvips and Eigen refer to a standard one.
  const standard = [...notices.filter(({ texts }) => texts.length === 0), ...inside]
    .flatMap(({ licence }) => identifiers(licence))
    .filter((name, index, all) => all.indexOf(name) === index)
    .sort()
  return `${[
    opening,
    ...inside.map((notice) => section([notice])),
    ...groups(notices).map(section),
    ...standard.map((name) => `${rule}\nStandard text of ${name}\n\n${standardText(name)}`),
  ].join('\n\n')}\n`
}

/**
 * Packages with the same texts stand together, so that a text is there once.
 * @param {readonly Notice[]} notices
 * @returns {Notice[][]}
 */
function groups(notices) {
  /** @type {Map<string, Notice[]>} */
  const byText = new Map()
  for (const notice of notices) {
    const key = notice.texts.length > 0 ? notice.texts.join('\n') : `standard ${notice.licence}`
    byText.set(key, [...(byText.get(key) ?? []), notice])
  }
  return [...byText.values()]
}

/** @param {readonly Notice[]} group */
function section(group) {
  const [{ texts, licence }] = /** @type {[Notice]} */ (group)
  const lines = group.map((notice) => `${notice.name} ${notice.version}`.trim() + ` - ${notice.licence}`)
  // A set: the same package can be in the lock in several folders.
  const head = `${rule}\n${[...new Set(lines)].join('\n')}`
  const standard = `Under the standard text of ${identifiers(licence).join(', ')}, which is below.`
  return `${head}\n\n${texts.length > 0 ? texts.join('\n\n') : standard}`
}
