// @ts-check
/** Sizes of a packaged layout, and their budgets. */
import { statSync } from 'node:fs'
import path from 'node:path'
import { filesBelow } from './package-files.mjs'

/** Bytes without Electron, the encoder and OpenSlide, unpacked. */
export const budgets = { linux: 150e6, windows: 150e6 }

/**
 * Bytes of the resources of a layout: all of it, the two parts that come from others, and the rest.
 * @param {string} resources
 */
export function sizesOf(resources) {
  const files = filesBelow(resources).map((name) => ({
    name,
    size: statSync(path.join(resources, name)).size,
  }))
  const of = (/** @type {string} */ folder) =>
    files.reduce((sum, { name, size }) => sum + (name.startsWith(folder) ? size : 0), 0)
  const [all, encoder, openSlide] = [of(''), of(`bundled-encoders${path.sep}`), of(`openslide${path.sep}`)]
  return { all, encoder, openSlide, program: all - encoder - openSlide }
}
