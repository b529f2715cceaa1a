import { exportContent } from '../../base/export-file.ts'
import { researchUseSentence, type DescribeReport, type Recipe } from '../../contract/index.ts'
import type { OpenEncoders } from '../encoders/index.ts'
import { contentHash, inspectFirstImage, sha256OfImage } from '../image/index.ts'
import { describeImage } from './describe-image.ts'
import { noteOf } from './ensure-descriptors.ts'
import { encodeNpy } from './npy.ts'

export interface DescribeFileRequest {
  readonly path: string
  /** The `.npy` file to write. */
  readonly out: string
  /** Whether `out` is replaced if it exists; default false. */
  readonly replace?: boolean | undefined
  /** With one encoder and one crop set. */
  readonly recipe: Recipe
  readonly encoders: OpenEncoders
  /** As in `describeImage`. */
  readonly raw: boolean
  readonly identity: boolean
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/**
 * Computes the descriptors of the first image of a file for one encoder and one crop set, and writes the matrix atomically.
 * @throws AppError with the codes of inspectImage, OpenEncoders.get and describeImage; `path.exists`, `path.not-writable`;
 *   RangeError if the recipe has several encoders or crop sets
 */
export async function describeFile(
  request: DescribeFileRequest,
): Promise<Omit<DescribeReport, 'durationMs'>> {
  const { path, out, recipe, raw, identity, signal, onProgress } = request
  const [name, ...others] = recipe.encoders
  if (name === undefined || others.length > 0) throw new RangeError('one encoder is described at a time')
  const encoder = await request.encoders.get(name)
  const { page, info } = await inspectFirstImage(path)
  const sha256 = contentHash(await sha256OfImage(path), page)
  const options = { raw, identity, signal, onProgress }
  const { descriptors, flags, backends } = await describeImage({
    image: { path, page, sha256, pixelSizeUm: info.pixelSizeUm },
    recipe,
    encoders: [encoder],
    ...options,
  })
  const [described, ...more] = descriptors
  if (described === undefined || more.length > 0) throw new RangeError('one crop set is described at a time')
  const { matrix, inHalf } = described
  const { source, fingerprint } = encoder.model
  await exportContent(out, encodeNpy(matrix, noteOf(encoder.model, inHalf)), { replace: request.replace })
  return {
    image: path,
    sha256,
    path: out,
    rows: matrix.rows,
    columns: matrix.columns,
    encoder: name,
    weights: source,
    fingerprint,
    backends: [...backends],
    flags: [...flags],
    researchUse: researchUseSentence,
  }
}
