import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { plainTiffHead } from '../../electron/engine/image/plain-tiff.ts'
import type { Raster } from '../../electron/engine/image/raster.ts'

/** `test/references/colour/make_golden.py` made it: each profile with 512 colours, and what they are in sRGB. */
const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, '../references/colour/golden.json'), 'utf8'),
) as { cases: { name: string; profile: string; colours: string; srgb: string }[] }

const raster = (bytes: string): Raster => ({
  widthPx: 32,
  heightPx: 16,
  data: new Uint8Array(Buffer.from(bytes, 'base64')),
})

export interface ProfileCase {
  readonly icc: Buffer
  readonly colours: Raster
  readonly srgb: Raster
}

/** A profile of the golden file: `wide`, `linear` or `table`. */
export function profileCase(name: string): ProfileCase {
  const found = golden.cases.find((one) => one.name === name)
  if (found === undefined) throw new RangeError(`no profile ${name}`)
  const { profile, colours, srgb } = found
  return { icc: Buffer.from(profile, 'base64'), colours: raster(colours), srgb: raster(srgb) }
}

/** A TIFF file with a profile, or with bytes in place of one. */
export const tiffWithProfile = ({ data, ...size }: Raster, profile: Uint8Array): Buffer =>
  Buffer.concat([plainTiffHead({ ...size, profile }), data])
