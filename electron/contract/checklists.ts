import { z } from 'zod'
import { anyModelName, count, filePath, id, isoTime, replace } from './atoms.ts'
import { call } from './call.ts'

/** Reporting guidelines that a study with a model may have to follow (docs/checklists.md). */
export const checklistNames = ['tripod-ai', 'claim'] as const
export type ChecklistName = (typeof checklistNames)[number]

/** `program`: Lobule knows it all. `open`: a person has to add something. */
export const itemStates = ['program', 'person', 'open', 'not-applicable'] as const
export type ItemState = (typeof itemStates)[number]

/** What a person says to an item. */
export const checklistAnswerSchema = z.strictObject({
  answer: z.string().trim().min(1).max(10_000),
  /** Who says so, and when; absent: not stated. */
  reader: z.string().trim().min(1).max(200).optional(),
  at: z.string().trim().min(1).max(40).optional(),
  /** The item does not apply to the study; `answer` says why. */
  isNotApplicable: z.boolean().optional(),
})
export type ChecklistAnswer = z.infer<typeof checklistAnswerSchema>

/** `item` is its number, such as `6a`. Of several answers to an item the last one counts. */
const answersSchema = z
  .array(z.strictObject({ item: z.string().max(20), ...checklistAnswerSchema.shape }))
  .max(200)
export type ChecklistAnswers = z.infer<typeof answersSchema>

const checklistItemSchema = z.object({
  /** As in the published checklist. */
  number: z.string(),
  section: z.string(),
  /** What the item is about, in Lobule's own words. */
  topic: z.string(),
  state: z.enum(itemStates),
  /** What Lobule knows, one sentence each. */
  facts: z.array(z.string()),
  /** What only a person can add; null: nothing. */
  needs: z.string().nullable(),
  answer: checklistAnswerSchema.nullable(),
})
export type ChecklistItem = z.infer<typeof checklistItemSchema>

export const checklistSchema = z.object({
  checklist: z.enum(checklistNames),
  title: z.string(),
  /** Where the checklist is published. */
  source: z.string(),
  model: z.string(),
  madeAt: isoTime,
  items: z.array(checklistItemSchema),
  counts: z.record(z.enum(itemStates), count),
})
export type Checklist = z.infer<typeof checklistSchema>

const ofModel = { model: anyModelName.nullable(), answers: answersSchema.default([]) }

/** What to save: `answer` null removes what was saved. */
const changesSchema = z
  .array(
    z.strictObject({
      item: z.string().max(20),
      ...checklistAnswerSchema.shape,
      answer: checklistAnswerSchema.shape.answer.nullable(),
    }),
  )
  .min(1)
  .max(200)
export type ChecklistChanges = z.infer<typeof changesSchema>

export const checklistCalls = {
  /**
   * A checklist for a model, filled as far as it can be, with the answers that the workspace has and those that are
   * given; null: the model in use. Errors `model.*`, `checklist.unknown-item`.
   */
  'checklist.fill': call({
    input: z.strictObject({ checklist: z.enum(checklistNames), ...ofModel }),
    output: checklistSchema,
    audit: 'reads',
    blinded: 'refused',
    role: 'read-only',
  }),
  /**
   * Saves answers in the workspace, all or none. Who says so and when is the active reader and now, unless it is stated.
   * Returns the checklist. Errors as above.
   */
  'checklist.answer': call({
    input: z.strictObject({
      checklist: z.enum(checklistNames),
      model: anyModelName.nullable(),
      answers: changesSchema,
    }),
    output: checklistSchema,
    audit: ['checklist'],
    blinded: 'refused',
    role: 'pathologist',
  }),
  /** How many answers to a checklist each model has; models without answers are left out. */
  'checklist.answered': call({
    input: z.strictObject({ checklist: z.enum(checklistNames) }),
    output: z.array(z.object({ modelId: id, model: z.string(), answers: count })),
    audit: 'reads',
    blinded: 'refused',
    role: 'read-only',
  }),
  /**
   * The same as .txt, .json or .html, by the extension of the path; with the form `card` a model card as .md. With
   * `onlyAnswers` only what persons said, as .json that can be read again.
   */
  'checklist.write': call({
    input: z.strictObject({
      form: z.enum([...checklistNames, 'card']),
      ...ofModel,
      onlyAnswers: z.boolean().default(false),
      path: filePath,
      replace,
    }),
    output: z.object({ path: z.string() }),
    audit: ['report'],
    blinded: 'refused',
    role: 'technician',
  }),
}
