import type { RegionGeometry, SlideTissue, TissueSource } from '../../contract/index.ts'
import { encodePng, type ImageFile } from '../image/index.ts'
import { partsOf } from '../regions/parts-of.ts'
import { findTissue } from './find-tissue.ts'
import { maskAreas, whyNoTissue } from './mask-facts.ts'
import { maskOfAreas, outlinesOf, type MaskedImage } from './outlines.ts'
import { maskClasses, type MaskClass, type TissueMask } from './tissue-mask.ts'

/** An image whose tissue is wanted, and the areas that readers drew; none: the tissue is found. */
export interface TissueRequest {
  readonly image: ImageFile & MaskedImage
  readonly drawn: readonly RegionGeometry[]
}

/** The masks that were found last, oldest first: a reader looks at the tissue of a slide several times. */
const found = new Map<string, TissueMask>()
const maxFound = 4

export const tissueSource = ({ drawn }: Pick<TissueRequest, 'drawn'>): TissueSource =>
  drawn.length > 0 ? 'drawn' : 'found'

/**
 * The mask in effect.
 * @throws AppError the codes of findTissue
 */
export async function maskInEffect(
  { image, drawn }: TissueRequest,
  signal?: AbortSignal,
): Promise<TissueMask> {
  if (drawn.length > 0) return maskOfAreas(drawn, image)
  const key = `${image.sha256} ${image.pixelSizeUm} ${image.cameraBits ?? ''}`
  const mask = found.get(key) ?? (await findTissue(image, signal))
  found.set(key, mask)
  for (const oldest of found.keys()) {
    if (found.size <= maxFound) break
    found.delete(oldest)
  }
  return mask
}

/** The tissue of an image as outlines and figures. The codes of findTissue. */
export async function describeTissue(
  request: TissueRequest,
  signal?: AbortSignal,
): Promise<Omit<SlideTissue, 'imageId'>> {
  const { image, drawn } = request
  const mask = await maskInEffect(request, signal)
  return {
    source: tissueSource(request),
    outlines: drawn.length > 0 ? { kind: 'polygon', parts: drawn.flatMap(partsOf) } : outlinesOf(mask, image),
    areasMm2: maskAreas(mask),
    reason: whyNoTissue(mask),
  }
}

/** Colours of a mask as a picture. */
const colours: Readonly<Record<MaskClass, readonly [number, number, number]>> = {
  background: [255, 255, 255],
  tissue: [204, 121, 167],
  pen: [0, 158, 115],
  border: [0, 0, 0],
  blur: [86, 180, 233],
}

/** The mask as PNG, a pixel for each cell. The codes of findTissue. */
export async function drawTissue(request: TissueRequest, signal?: AbortSignal): Promise<Uint8Array> {
  const { rows, columns, cells } = await maskInEffect(request, signal)
  const data = new Uint8Array(3 * cells.length)
  for (const [at, code] of cells.entries()) data.set(colours[maskClasses[code] ?? 'background'], 3 * at)
  return encodePng({ widthPx: columns, heightPx: rows, data })
}
