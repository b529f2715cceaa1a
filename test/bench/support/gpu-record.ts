/** What a measurement on a GPU is given, and what it tells while it runs. */
import { z } from 'zod'
import { backendNameSchema, builtInEncoders } from '../../../electron/contract/index.ts'

const backend = backendNameSchema
const encoder = z.enum(builtInEncoders)

/** One measurement, in a process of its own. */
export const gpuStepSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('network'), backend, encoder }),
  z.object({ kind: z.literal('protocol'), backend, mode: z.enum(['crops', 'dense']) }),
  z.object({ kind: z.literal('slide'), backend, recipe: z.enum(['starter', 'quick']) }),
])
export type GpuStep = z.infer<typeof gpuStepSchema>

/** Edges of the crops that are timed after the probe of the self-test, which has 96 px. */
export const probePx = 96
export const sizesPx = [400, 650] as const
/** Edge of the synthetic slide, at 0.5 um per pixel. */
export const slidePx = 4096

export interface OpenedNetwork {
  backend: string
  encoder: string
  /** Making the network, compiling it, and the self-test: two probes of 96 px. */
  secondsToOpen: number
  /** Of the self-test, against the stored reference. */
  cosine: number
  /** The second probe. */
  secondsPerProbe: number
}
export interface TimedCrop {
  backend: string
  encoder: string
  sizePx: number
  /** Median, after one crop that is not counted. */
  secondsPerCrop: number
  cropsPerSecond: number
  repeats: number
  /** Whether all repeats gave the same bits. */
  isSame: boolean
}
export interface TimedImage {
  backend: string
  mode: 'crops' | 'dense'
  /** Measured; the time is scaled to all of the recipe. */
  augmentations: number
  secondsPerImage: number
  /** Decoding, resampling and the stain, once. */
  preparedS: number
}
export interface TimedSlide {
  backend: string
  recipe: string
  widthPx: number
  heightPx: number
  places: number
  seconds: number
  placesPerSecond: number
}

/** The latest of each kind counts: a measurement that is cut off leaves what it had found. */
export type GpuMessage =
  | { kind: 'at'; where: string }
  | { kind: 'opened'; opened: OpenedNetwork }
  | { kind: 'crop'; crop: TimedCrop }
  | { kind: 'image'; image: TimedImage }
  | { kind: 'slide'; slide: TimedSlide }
  | { kind: 'left out'; what: string; why: string }
  /** The machine does not have the back-end, and why. */
  | { kind: 'unavailable'; why: string }
  /** The back-end has no such network. */
  | { kind: 'not run' }
  /** An expected failure: the code of its error, and its sentence. */
  | { kind: 'failed'; code: string; message: string }

/** To four digits. */
export const rounded = (value: number): number => Number(value.toPrecision(4))
