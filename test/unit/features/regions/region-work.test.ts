import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { parseClassScheme } from '../../../../electron/contract/index.ts'
import { readRegionText } from '../../../../electron/engine/regions/read-region-file.ts'
import { createWorkspace, insertImage, type Writable } from '../../../../electron/store/index.ts'
import { newImage } from '../../../support/rows.ts'
import { importRegions, makeStep, undoRegions } from '../../../support/at-once.ts'

/**
 * The main process stores a file of regions as one transaction, and undoes it as one. What this costs is kept by what it
 * does for each region, not by a time.
 */
const size = { widthPx: 1000, heightPx: 1000 }
const reader = { name: 'ben', isHidden: () => false }

/** The database, and how many statements were executed. */
function counting(database: Writable): { database: Writable; executed: () => number } {
  let count = 0
  const counted = new Proxy(database, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target)
      if (name === 'transaction') return (value as Writable['transaction']).bind(target)
      if (name !== 'prepare') return value
      return (sql: string) =>
        new Proxy(target.prepare(sql), {
          get: (statement, method) => {
            const member: unknown = Reflect.get(statement, method, statement)
            if (typeof member !== 'function') return member
            return (...values: unknown[]): unknown => {
              if (['run', 'get', 'all', 'iterate'].includes(String(method))) count++
              return (member as (...given: unknown[]) => unknown).apply(statement, values)
            }
          },
        })
    },
  })
  return { database: counted, executed: () => count }
}

/** So many triangles, moved by `shift` px. */
function file(regions: number, shift: number): Parameters<typeof importRegions>[2] {
  const features = Array.from({ length: regions }, (_, n) => {
    const [x, y] = [(n % 90) * 10 + 5 + shift, Math.floor(n / 90) * 10 + 5]
    const ring = [
      [x, y],
      [x + 4, y],
      [x, y + 4],
      [x, y],
    ]
    const id = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
    return { type: 'Feature', id, geometry: { type: 'Polygon', coordinates: [ring] }, properties: {} }
  })
  const text = JSON.stringify({ type: 'FeatureCollection', features })
  return { name: 'cells.geojson', ...readRegionText({ name: 'cells.geojson', text, size }) }
}

/** How often statements were executed and JSON was parsed, in each step of the life of an import. */
function workOf(regions: number): Record<string, { executed: number; parsed: number }> {
  const root = mkdtempSync(join(tmpdir(), 'lobule-region-work-'))
  const store = createWorkspace(join(root, 'w'), parseClassScheme('Benign,Malignant*'), 'test')
  const imageId = insertImage(store.database, newImage('a'.repeat(64), size))
  const { database, executed } = counting(store.database)
  const options = { unknownClasses: 'drop' as const, reader }
  const step = (direction: 'undo' | 'redo'): void => {
    makeStep(database, { direction, reader: 'ben', isBlinded: false }, { action: null, confirmBlind: false })
  }
  const first = file(regions, 0)
  const moved = file(regions, 1)
  const parse = vi.spyOn(JSON, 'parse')
  const work = (does: () => unknown): { executed: number; parsed: number } => {
    const [before, parsed] = [executed(), parse.mock.calls.length]
    does()
    return { executed: executed() - before, parsed: parse.mock.calls.length - parsed }
  }
  const result = {
    import: work(() => importRegions(database, imageId, first, options)),
    again: work(() => importRegions(database, imageId, first, options)),
    moved: work(() => importRegions(database, imageId, moved, options)),
    undo: work(() => undoRegions(database, imageId, reader)),
    redo: work(() => {
      step('redo')
    }),
    undoBoth: work(() => {
      step('undo')
      step('undo')
    }),
  }
  parse.mockRestore()
  store.close()
  rmSync(root, { recursive: true })
  return result
}

it('executes at most three statements for each region, and parses no geometry', () => {
  const small = workOf(100)
  const large = workOf(300)
  const more = Object.entries(large).map(([name, { executed, parsed }]) => [
    name,
    (executed - (small[name]?.executed ?? 0)) / 200,
    parsed - (small[name]?.parsed ?? 0),
  ])
  expect(more).toEqual([
    // Whether its uuid is taken, the region, and its entry.
    ['import', 3, 0],
    ['again', 0, 0],
    ['moved', 1, 0],
    ['undo', 1, 0],
    ['redo', 1, 0],
    ['undoBoth', 2, 0],
  ])
})
