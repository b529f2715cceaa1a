import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { findAbove } from '../../base/find-above.ts'

/**
 * A weight file that comes with Lobule; null if this copy does not have it. It is beside the packaged application's resources;
 * else where the set-up put it (electron/setup/starter-encoder.mjs). LOBULE_BUNDLED_ENCODERS names another folder; empty, it
 * means none.
 */
export function bundledFile(name: string): string | null {
  const named = process.env['LOBULE_BUNDLED_ENCODERS']
  if (named !== undefined) return named === '' ? null : existing(join(resolve(named), name))
  const resources = 'resourcesPath' in process ? String(process.resourcesPath) : null
  const packaged = resources === null ? null : existing(join(resources, 'bundled-encoders', name))
  return packaged ?? findAbove(import.meta.dirname, join('resources', 'bundled-encoders', name))
}

const existing = (path: string): string | null => (existsSync(path) ? path : null)
