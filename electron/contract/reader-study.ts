import { z } from 'zod'
import { count, fraction } from './atoms.ts'

/** A longer time between two labels of a reader is a pause, and not counted as reading. */
export const readingPauseSeconds = 300

/** A shorter time is none in which an image was read: a program labelled, or the clock was set back. */
export const minReadingSeconds = 0.5

/**
 * What a reader could see when they first decided on an image. `blind`: neither a suggestion nor labels of other readers.
 * `unaided`: there was no suggestion. `aided`: there was one, and it was not hidden.
 */
export type ReadingCondition = 'blind' | 'unaided' | 'aided'

const seconds = z.number().min(0)

/** Seconds for an image. The interval is 95 %, by case; null where there are too few cases. */
const readingTimeSchema = z.object({
  images: count,
  cases: count,
  /** null: no image was timed. */
  median: seconds.nullable(),
  /** Half of the times lie between them. */
  quartiles: z.object({ low: seconds, high: seconds }).nullable(),
  interval: z.object({ low: seconds, high: seconds }).nullable(),
})
export type ReadingTime = z.infer<typeof readingTimeSchema>

/** A share of images; its 95 % interval is by case, null where there are too few cases. */
const studyShareSchema = z.object({
  images: count,
  cases: count,
  hits: count,
  share: fraction.nullable(),
  interval: z.object({ low: fraction, high: fraction }).nullable(),
})
export type StudyShare = z.infer<typeof studyShareSchema>

/** Images of a reader; for all readers together, an image counts once for each of them. */
const studyFiguresSchema = {
  /** Images on which the reader decided, later undone or not. */
  readings: count,
  /** From the reader's label of another image to the first label of this one. */
  times: z.object({
    all: readingTimeSchema,
    blind: readingTimeSchema,
    unaided: readingTimeSchema,
    aided: readingTimeSchema,
  }),
  untimed: z.object({
    /** The first image of a session: when it began is not known. */
    first: count,
    /** Longer than `readingPauseSeconds`. */
    pauses: count,
    /** Labelled together with other images, in one step. */
    together: count,
    /** Shorter than `minReadingSeconds`. */
    short: count,
  }),
  /** Classes chosen with a suggestion in view; `hits` differ from it. Images first read blind are in `secondLook`. */
  overrides: studyShareSchema,
  /** The reader's first blind label, and their label of today, of images with a suggestion that they saw in between. */
  secondLook: z.object({
    /** How often the blind label was the suggested class. */
    before: studyShareSchema,
    /** How often the label of today is. */
    after: studyShareSchema,
    /** `after` minus `before`; the interval is 95 %, by case. null without images. */
    difference: z
      .object({
        value: z.number(),
        interval: z.object({ low: z.number(), high: z.number() }).nullable(),
      })
      .nullable(),
    /** How often both are the same class. */
    kept: studyShareSchema,
    /** Changed to the suggested class. */
    towards: count,
    /** Changed from the suggested class to another one. */
    away: count,
    /** Changed, with neither label the suggested class. */
    between: count,
    /** Images left out: the reader was unsure before or after. */
    unsure: count,
  }),
}

/** How readers worked, from their entries in the trail (docs/readers.md, Reader study). */
export const readerStudySchema = z.object({
  all: z.object(studyFiguresSchema),
  readers: z.array(z.object({ name: z.string(), ...studyFiguresSchema })),
})
export type ReaderStudy = z.infer<typeof readerStudySchema>
export type StudyFigures = ReaderStudy['all']
