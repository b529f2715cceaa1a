import { z } from 'zod'
import { actingReader, count, id, isoTime } from './atoms.ts'
import { call } from './call.ts'
import { imageViewSchema } from './images.ts'

/**
 * What a reader does in one step, however many images it concerns. `entry-undo`: the newest entry of an image was
 * undone by itself (`label.undo`, `region.undo`), although the reader had done something else since.
 */
export const actionKinds = [
  'label',
  'adjudication',
  'comment',
  'region',
  'case',
  'pixel-size',
  'removal',
  'entry-undo',
] as const
export type ActionKind = (typeof actionKinds)[number]

/** A step of a reader that can be undone or redone. */
export const actionViewSchema = z.object({
  id,
  at: isoTime,
  kind: z.enum(actionKinds),
  /** Of a label or adjudication: the class, unless it was removed; `null` also if it is hidden from the reader. */
  className: z.string().nullable(),
  isUnsure: z.boolean(),
  /** The case that was set, the pixel size in micrometres, or `removed`; null: none, restored, or something else was done. */
  setting: z.string().nullable(),
  /** Of a change to regions. */
  regions: z.object({ change: z.enum(['add', 'change', 'delete', 'several']), count }).nullable(),
  /** How many images it concerns. */
  images: count,
  /** If it is one, that image. */
  image: z.object({ imageId: id, name: z.string() }).nullable(),
  /** Whether the class is hidden from the blind reader. */
  isWithheld: z.boolean(),
})
export type ActionView = z.infer<typeof actionViewSchema>

/** A step of the reader's, in words: "Benign on field-003.png". */
export function actionText({
  kind,
  className,
  isUnsure,
  setting,
  regions,
  images,
  image,
  isWithheld,
}: ActionView): string {
  const where = image?.name ?? (images === 1 ? '1 image' : `${images} images`)
  const what = (): string => {
    switch (kind) {
      case 'label':
        return isUnsure ? 'unsure' : (className ?? 'withdrawal')
      case 'adjudication':
        if (isWithheld) return 'adjudication'
        return className === null ? 'removal of the adjudication' : `adjudication ${className}`
      case 'comment':
        return 'comment'
      case 'region':
        return regionText(regions ?? { change: 'several', count: 0 })
      case 'case':
        return setting === null ? 'removal of the case' : `case ${setting}`
      case 'pixel-size':
        return setting === null ? 'removal of the pixel size' : `pixel size ${setting} µm`
      case 'removal':
        return setting === null ? 'restoring' : 'removal'
      case 'entry-undo':
        return 'undo'
    }
  }
  return `${what()} ${kind === 'removal' ? 'of' : 'on'} ${where}`
}

function regionText({ change, count: regions }: NonNullable<ActionView['regions']>): string {
  const [one, many] = {
    add: ['new region', 'new regions'],
    change: ['changed region', 'changed regions'],
    delete: ['deleted region', 'deleted regions'],
    several: ['change of regions', 'changes of regions'],
  }[change]
  return regions === 1 ? (one ?? '') : `${regions} ${many ?? ''}`
}

const step = {
  input: z.strictObject({
    reader: actingReader,
    /** The step that is meant; refused if it is not the next one. null: the next one, whatever it is. */
    action: id.nullable().default(null),
    /** A label that was given blind may be withdrawn: its image was revealed, so it cannot be given blind again. */
    confirmBlind: z.boolean().default(false),
  }),
  output: z.object({
    action: actionViewSchema,
    /** The new state of its images. */
    images: z.array(imageViewSchema),
  }),
}

/** One stack for each reader, over labels, adjudications, comments, regions, cases, pixel sizes and removals (docs/readers.md). */
export const undoCalls = {
  /** What the next undo and the next redo of a reader would do; null: nothing. */
  'undo.state': call({
    input: z.strictObject({ reader: actingReader }),
    output: z.object({ undo: actionViewSchema.nullable(), redo: actionViewSchema.nullable() }),
    audit: 'reads',
    blinded: 'redacted',
    role: 'read-only',
  }),
  /**
   * Undoes the reader's newest step by new entries, on all of its images or none. Errors `undo.nothing`,
   * `undo.not-next`, `undo.changed-since`, `undo.fixed-since`, `label.blind-withdrawal`.
   */
  'undo.undo': call({ ...step, audit: ['undo', 'region', 'image'], blinded: 'redacted', role: 'technician' }),
  /** Redoes the step that the reader undid last. The next step of another kind ends this possibility. Errors as above. */
  'undo.redo': call({ ...step, audit: ['redo', 'region', 'image'], blinded: 'redacted', role: 'technician' }),
}
