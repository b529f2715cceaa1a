import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openSlideState } from '../../../../electron/engine/image/openslide.ts'
import { readMutants } from '../../../fuzz/slide-mutants.ts'
import { sharedPath } from '../../../shared-data.ts'

const slides = sharedPath('data/wsi')
const canRead = slides !== null && 'version' in openSlideState()
if (!canRead) console.warn('SKIPPED: needs OpenSlide (npm run setup) and the slides of ../shared/data/wsi.')
/** LOBULE_MUTATIONS=5000 for the long run, whose results are in docs/slides.md. */
const count = Number(process.env['LOBULE_MUTATIONS'] ?? 6)

test.skipIf(!canRead).each([
  ['svs-jp2k-33005.svs', undefined],
  ['hamamatsu.ndpi', undefined],
  ['leica.scn', undefined],
  ['philips.tiff', undefined],
  ['ventana.bif', undefined],
  ['sparse-jpeg.tiff', undefined],
  ['pyramid-zstd.tiff', undefined],
  ['mirax.mrxs', join('mirax', 'Slidedat.ini')],
  ['mirax.mrxs', join('mirax', 'Index.dat')],
])(
  'mutants of %s (%s) are read or refused, and end no process',
  async (name, part) => {
    const { counts, ended } = await readMutants(join(slides ?? '', name), count, part)
    expect(ended).toEqual([])
    expect(Object.keys(counts).filter((result) => result.startsWith('unexpected'))).toEqual([])
    // Of many, some must be refused: a mutant that is not looked at is read.
    if (count >= 60) expect(counts['read'] ?? 0).toBeLessThan(count)
    expect(Object.values(counts).reduce((sum, number) => sum + number, 0)).toBe(count)
  },
  14_400_000,
)
