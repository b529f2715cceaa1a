import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect, it } from 'vitest'
import { findCopies } from '../../../../electron/engine/leaks/find-copies.ts'
import { makePrint } from '../../../../electron/engine/leaks/picture-print.ts'
import { recognisePublicImage } from '../../../../electron/engine/leaks/public-sets.ts'
import { sharedPath } from '../../../shared-data.ts'
import { plantCopy, plantedCopies } from '../../../support/planted-copies.ts'

/** A copy of every so many fields; `npm run bench -- leaks` plants copies of all. */
const every = 24
const fields = sharedPath('data/breakhis100x')

it.skipIf(fields === null)(
  'finds every planted copy among the 167 real fields, and at most 1 false pair in 1 000',
  async () => {
    const paths = readdirSync(fields ?? '', { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.png'))
      .toSorted()
      .map((name) => join(fields ?? '', name))
    expect(paths).toHaveLength(167)
    const patientOf = (index: number): string | null | undefined =>
      recognisePublicImage(basename(paths[index] ?? ''), { widthPx: 700, heightPx: 460 })?.patient
    const folder = mkdtempSync(join(tmpdir(), 'lobule-real-copies-'))
    try {
      const copies: { path: string; of: number }[] = []
      for (let of = 0; of < paths.length; of += every) {
        for (const [at, kind] of Object.keys(plantedCopies).entries()) {
          const path = join(folder, `${of}-${at}.${kind.includes('JPEG') ? 'jpg' : 'png'}`)
          await plantCopy(paths[of] ?? '', kind, path)
          copies.push({ path, of })
        }
      }
      const prints = []
      for (const path of [...paths, ...copies.map((copy) => copy.path)]) prints.push(await makePrint(path, 1))
      const pairs = await findCopies(prints)
      const sourceOf = (index: number): number => copies[index - paths.length]?.of ?? index
      const found = new Set(
        pairs
          .filter(({ first, second }) => first === sourceOf(second))
          .map(({ second }) => second - paths.length),
      )
      expect(copies.filter((_, index) => !found.has(index))).toEqual([])
      // Fields of one patient overlap; pairs of two patients cannot show the same tissue.
      const isFalse = ({ first, second }: { first: number; second: number }): boolean =>
        patientOf(sourceOf(first)) !== patientOf(sourceOf(second))
      const comparable = (prints.length * (prints.length - 1)) / 2
      expect(pairs.filter(isFalse).length).toBeLessThanOrEqual(comparable / 1000)
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
  300_000,
)
