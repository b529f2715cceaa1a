// @ts-check
/**
 * Lists the imports that `mayImport` forbids and the files that import each other in a circle; exit code 1 if there are
 * any. Types count, too: a circle of types is a circle for the reader.
 *
 *   node electron/setup/imports.mjs
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { mayImport } from './layers.mjs'

/** Imports by file: paths from the project's root, with `/`. @typedef {ReadonlyMap<string, readonly string[]>} Imports */

/**
 * The project's files and what they import of each other.
 * @param {string} root
 * @param {readonly string[]} folders
 * @returns {Imports}
 */
export function readImports(root, folders = ['electron', 'renderer']) {
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(?:ts|mjs|svelte)$/.test(name))
      .map((name) => join(folder, name).replaceAll(sep, '/')),
  )
  const known = new Set(files)
  return new Map(
    files.map((file) => {
      const { importedFiles } = ts.preProcessFile(scriptOf(file, readFileSync(join(root, file), 'utf8')))
      const targets = importedFiles
        .filter(({ fileName }) => fileName.startsWith('.'))
        .map(({ fileName }) => relative(root, join(root, dirname(file), fileName)).replaceAll(sep, '/'))
      return [file, targets.filter((target) => known.has(target))]
    }),
  )
}

/**
 * The parts of a file that can hold imports.
 * @param {string} file
 * @param {string} text
 */
const scriptOf = (file, text) =>
  file.endsWith('.svelte')
    ? [...text.matchAll(/<script[^>]*>(.*?)<\/script>/gs)].map((match) => match[1]).join('\n')
    : text

/**
 * Imports that the table does not allow, as `importer -> imported`.
 * @param {Imports} imports
 * @param {Readonly<Record<string, readonly string[]>>} [table]
 */
export function forbiddenImports(imports, table = mayImport) {
  const rooms = Object.keys(table)
  /** @param {string} file */
  const roomOf = (file) => rooms.find((room) => file.startsWith(`${room}/`)) ?? dirname(file)
  return [...imports].flatMap(([file, targets]) => {
    const room = roomOf(file)
    const allowed = [room, ...(table[room] ?? [])]
    return targets
      .filter((target) => !allowed.includes(roomOf(target)))
      .map((target) => `${file} -> ${target}`)
  })
}

/**
 * Groups of files that import each other in a circle (strongly connected components, Tarjan 1972), each sorted. A file
 * that imports itself, such as a recursive component, is no circle.
 * @param {Imports} imports
 */
export function circlesOf(imports) {
  /** @type {Map<string, number>} */
  const numbers = new Map()
  /** @type {string[]} */
  const stack = []
  /** @type {string[][]} */
  const circles = []
  /** @param {string} file */
  const visit = (file) => {
    const number = numbers.size
    numbers.set(file, number)
    stack.push(file)
    let low = number
    for (const target of imports.get(file) ?? []) {
      if (!numbers.has(target)) low = Math.min(low, visit(target))
      else if (stack.includes(target)) low = Math.min(low, numbers.get(target) ?? low)
    }
    if (low === number) {
      const circle = stack.splice(stack.indexOf(file))
      if (circle.length > 1) circles.push(circle.sort())
    }
    return low
  }
  for (const file of imports.keys()) if (!numbers.has(file)) visit(file)
  return circles
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const imports = readImports(fileURLToPath(new URL('../..', import.meta.url)))
  const faults = [
    ...forbiddenImports(imports).map((line) => `Not allowed: ${line}`),
    ...circlesOf(imports).map((circle) => `Circle: ${circle.join(', ')}`),
  ]
  for (const fault of faults) console.error(fault)
  if (faults.length === 0) console.log('No import goes upward, and no files import each other in a circle.')
  process.exitCode = Math.min(1, faults.length)
}
