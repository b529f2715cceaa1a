import { z } from 'zod'
import { filePath, id, replace } from './atoms.ts'
import { call } from './call.ts'

/** What an analysis of a slide is written as; the order in which files appear. */
export const slideFileFormats = ['csv', 'tiles', 'outlines', 'grid', 'overlay', 'run'] as const
export type SlideFileFormat = (typeof slideFileFormats)[number]

/** The endings of the files of each format, after the name of the slide. */
export const slideFileEndings: Readonly<Record<SlideFileFormat, readonly string[]>> = {
  /** The places with WSInfer's columns. */
  csv: ['.csv'],
  /** Each place as a tile of QuPath. */
  tiles: ['.tiles.geojson'],
  /** Neighbouring places of a class, merged, as annotations of QuPath. */
  outlines: ['.outlines.geojson'],
  /** The probabilities as a NumPy array, class x row x column, and where its values are. */
  grid: ['.npy', '.affine.json'],
  /** The slide with its map over it. */
  overlay: ['.png'],
  /** The analysis, its model and recipe, the grid and the summary. */
  run: ['.run.json'],
}

export const slideOutputCalls = {
  /**
   * Writes an analysis of a slide as files, named after the slide; the description of the run is always among them.
   * Errors `slide.no-analysis`, `slide.map-damaged`, `path.exists`, `path.not-writable`, `path.protected`.
   */
  'slide.write': call({
    input: z.strictObject({
      imageId: id,
      analysisId: id,
      /** Made if it does not exist. */
      directory: filePath,
      formats: z
        .array(z.enum(slideFileFormats))
        .min(1)
        .max(slideFileFormats.length)
        .default([...slideFileFormats]),
      replace,
    }),
    output: z.object({ files: z.array(z.string()) }),
    audit: ['export'],
    blinded: 'own-image',
    role: 'technician',
  }),
}
