// @ts-check
/** Sizes of a packaged layout, and their budgets. */
import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'

/** Bytes without Electron, the encoder and OpenSlide, unpacked. */
export const budgets = { linux: 150e6, windows: 150e6 }

/**
 * Bytes of the resources of a layout: all of it, the two parts that come from others, and the rest.
 * @param {string} resources
 */
export function sizesOf(resources) {
  const of = (/** @type {string} */ folder) =>
    readdirSync(resources, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.startsWith(folder))
      .map((name) => statSync(path.join(resources, name)))
      .reduce((sum, stats) => sum + (stats.isFile() ? stats.size : 0), 0)
  const [all, encoder, openSlide] = [of(''), of(`bundled-encoders${path.sep}`), of(`openslide${path.sep}`)]
  return { all, encoder, openSlide, program: all - encoder - openSlide }
}
