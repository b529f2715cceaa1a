import { z } from 'zod'
import { actingReader as reader, filePath, id, replace } from './atoms.ts'
import { call } from './call.ts'
import { maxFileCharacters, regionGeometrySchema } from './regions.ts'
import { tissueSourceSchema } from './slide-analysis.ts'

/** Areas of this name are the tissue of an image, in place of what the program finds (docs/slides.md). */
export const tissueRegionName = 'Tissue'

const mm2 = z.number().nonnegative()

export const slideTissueSchema = z.object({
  imageId: id,
  source: tissueSourceSchema,
  /** A polygon, in pixels of the full-resolution image; null: there is no tissue. */
  outlines: regionGeometrySchema.nullable(),
  areasMm2: z.object({ tissue: mm2, background: mm2, pen: mm2, border: mm2, blur: mm2 }),
  /** Why there is no tissue. */
  reason: z.string().nullable(),
})
export type SlideTissue = z.infer<typeof slideTissueSchema>

export const slideTissueCalls = {
  /** Where an image has tissue. A blind reader gets what is found, or what they drew. Error `slide.pixel-size-unknown`. */
  'slide.tissue': call({
    input: z.strictObject({ imageId: id, reader }),
    output: slideTissueSchema,
    audit: 'reads',
    blinded: 'open',
    role: 'read-only',
  }),
  /**
   * Replaces the areas named "Tissue" by those of a GeoJSON file, as one change; null: removes them, so that the tissue that is
   * found counts again. Errors `region.invalid-file`, also if the file has no area; `region.invalid`.
   */
  'slide.setTissue': call({
    input: z.strictObject({
      imageId: id,
      source: z
        .union([
          z.strictObject({ path: filePath }),
          z.strictObject({ text: z.string().max(maxFileCharacters) }),
        ])
        .nullable(),
      reader,
    }),
    output: slideTissueSchema,
    audit: ['region'],
    blinded: 'open',
    role: 'technician',
  }),
  /** Writes the tissue as outlines for QuPath (.geojson) or as a picture with a pixel of 8 um (.png). */
  'slide.writeTissue': call({
    input: z.strictObject({ imageId: id, path: filePath, replace, reader }),
    output: slideTissueSchema,
    audit: ['export'],
    blinded: 'open',
    role: 'technician',
  }),
}
