import { z } from 'zod'
import { anyClassName, done, filePath, isoTime, nothing, reason, started } from './atoms.ts'
import { call } from './call.ts'
import { signInToMend } from './users.ts'
import { classSchemeSchema, newClassName, newClassSchemeSchema } from './classes.ts'
import { readerViewSchema } from './readings.ts'

export const workspaceViewSchema = z.object({
  path: z.string(),
  name: z.string(),
  classes: classSchemeSchema,
  /** Each name that a class had and has no more, with its present one. What was stored or shared before may have it. */
  formerClassNames: z.array(z.object({ name: z.string(), className: z.string() })),
  imageCount: z.int(),
  labelledCount: z.int(),
  modelCount: z.int(),
  /** Whether it is open for reading only, since its folder or database cannot be written. */
  isReadOnly: z.boolean(),
  /** Whether its database is still the file that was opened; false once it was deleted or replaced. */
  isInPlace: z.boolean(),
  /** Names of files that were set aside at opening: a log that does not belong to the database. Usually none. */
  setAside: z.array(z.string()),
})
export type WorkspaceView = z.infer<typeof workspaceViewSchema>

/**
 * The present name of the class that has or had this name; null: none has.
 * @param isSame exactly this name by default; `isSameName`: as a person may spell it
 */
export const presentClassName = (
  { classes, formerClassNames }: Pick<WorkspaceView, 'classes' | 'formerClassNames'>,
  name: string,
  isSame: (one: string, other: string) => boolean = (one, other) => one === other,
): string | null =>
  classes.find((one) => isSame(one.name, name))?.name ??
  formerClassNames.find((former) => isSame(former.name, name))?.className ??
  null

/** The names that a class had and has no more, the first one first. */
export const formerNamesOf = (
  { formerClassNames }: Pick<WorkspaceView, 'formerClassNames'>,
  className: string,
): string[] => formerClassNames.filter((former) => former.className === className).map(({ name }) => name)

/** What a person must know of a workspace that was just opened, one sentence each; usually nothing. */
export function openingNotices({ path, isReadOnly, setAside }: WorkspaceView): string[] {
  const log = isReadOnly
    ? 'The log was left out and stays where it is'
    : `The log was set aside as ${setAside.join(' and ')}`
  return [
    ...(isReadOnly
      ? [`The workspace ${path} is open for reading only: its folder or its database cannot be written.`]
      : []),
    ...(setAside.length > 0
      ? [
          `The database of ${path} did not belong to the log beside it: only the database of a backup had been put back there. ${log}; it may hold changes that are newer than the backup. A backup is the whole folder, or a file of "lobule workspace backup".`,
        ]
      : []),
  ]
}

export const workspaceInfoSchema = z.object({
  path: z.string(),
  name: z.string(),
  /** Number of the newest migration. */
  format: z.int(),
  createdAt: isoTime,
  images: z.int(),
  /** Of them, copied into the workspace. */
  copied: z.int(),
  cases: z.int(),
  labelled: z.int(),
  /** Images whose readers disagree, without an adjudication: they have no label. */
  disputed: z.int(),
  /** Images without a label, with an unsure reader. */
  unsure: z.int(),
  labelEntries: z.int(),
  /** Entries of labels and regions that name a class: with any, each class keeps its meaning (`classes.set`). */
  classEntries: z.int(),
  models: z.int(),
  verdicts: z.int(),
  classes: z.array(z.object({ name: z.string(), isPositive: z.boolean(), images: z.int() })),
  readers: z.array(readerViewSchema),
  /** Size of each part of the folder. */
  bytes: z.object({
    database: z.int(),
    copies: z.int(),
    descriptors: z.int(),
    boosters: z.int(),
    /** Heat maps. */
    explanations: z.int(),
    /** Synthetic images that Lobule drew into the folder. */
    synthetic: z.int(),
    /** Places of analysed slides. */
    slideMaps: z.int(),
    /** Remains of interrupted copies and drops, and copies that no image uses; blocks of unfinished slide maps. */
    leftovers: z.int(),
  }),
  freeBytes: z.int(),
})
export type WorkspaceInfo = z.infer<typeof workspaceInfoSchema>

/** The workspace, its class scheme and its storage. */
export const workspaceCalls = {
  'workspace.current': call({
    input: nothing,
    output: workspaceViewSchema.nullable(),
    audit: 'reads',
    blinded: 'redacted',
    role: 'anyone',
  }),
  'workspace.recent': call({
    input: nothing,
    output: z.array(z.object({ path: z.string(), name: z.string() })),
    audit: 'reads',
    blinded: 'open',
    role: 'anyone',
  }),
  'workspace.create': call({
    input: z.strictObject({
      path: filePath,
      classes: z.string().max(4000),
    }),
    output: workspaceViewSchema,
    audit: ['chain'],
    // It has no image yet.
    blinded: 'open',
    role: 'technician',
  }),
  /**
   * Opens a workspace. In the window and the browser, one that was handed over is refused with `workspace.handed-over` until
   * its reader begins.
   */
  'workspace.open': call({
    input: z.strictObject({
      path: filePath,
      /**
       * Of one that was handed over: `begin` makes its reader the one of this computer, blind if it was handed over so, which
       * leaves an event; `look` opens one that is not blind and changes nothing.
       */
      handover: z.enum(['begin', 'look']).nullable().default(null),
    }),
    output: workspaceViewSchema,
    // Only with `begin`: who reads, and that they began.
    audit: ['reader', 'reading'],
    blinded: 'redacted',
    role: 'read-only',
  }),
  /**
   * Makes the tables, indexes, triggers and views of a workspace that is not open as Lobule made them, keeps a copy of
   * the database, and leaves an event with the reason. Where it has users, an administrator signs in with it; where the
   * users are not those of its audit trail, the event says so instead. The users of the open workspace need the role, too.
   * Errors `workspace.nothing-to-mend`; `workspace.corrupt` if a table of Lobule was changed; `user.signed-out` without
   * a user or a PIN that is needed; `user.not-allowed`, `user.unknown`, `user.wrong-pin`, `user.wait`, `user.other-account`.
   */
  'workspace.mend': call({
    input: z.strictObject({ path: filePath, reason: z.string().trim().min(1).max(2000), ...signInToMend }),
    /** `mended`: a sentence for each difference; `copy`: the database as it was. */
    output: z.object({ path: z.string(), mended: z.array(z.string()), copy: z.string() }),
    audit: ['chain', 'sign-in'],
    blinded: 'open',
    role: 'administrator',
  }),
  'workspace.close': call({ input: nothing, output: done, audit: 'reads', blinded: 'open', role: 'anyone' }),
  'workspace.info': call({
    input: nothing,
    output: workspaceInfoSchema,
    audit: 'reads',
    blinded: 'redacted',
    role: 'read-only',
  }),
  /** Checks every file that belongs to the workspace; its job reports a CheckReport. */
  'workspace.check': call({
    input: nothing,
    output: started,
    audit: 'reads',
    blinded: 'open',
    role: 'read-only',
  }),
  /** Searches a folder, by content, for missing or changed files of images; its job reports a RelinkReport. */
  'workspace.relink': call({
    input: z.strictObject({ directory: filePath }),
    output: started,
    audit: ['relink'],
    blinded: 'refused',
    role: 'technician',
  }),

  /**
   * Replaces the class scheme, as long as no label or region names a class; after that, only keys and colours (`classes.rename` changes a
   * name). Error `classes.in-use`.
   */
  'classes.set': call({
    input: z.strictObject({ classes: newClassSchemeSchema }),
    output: workspaceViewSchema,
    audit: ['classes'],
    blinded: 'refused',
    role: 'pathologist',
  }),

  /**
   * Gives a class another name. Labels, suggestions and results keep their class; its former names stay its own. Errors
   * `classes.unknown`, `classes.name-taken`, `job.busy`: jobs read the names when they begin.
   */
  'classes.rename': call({
    input: z.strictObject({
      /** Its present name, or a former one. */
      name: anyClassName,
      newName: newClassName,
      reason,
    }),
    output: workspaceViewSchema,
    audit: ['classes'],
    blinded: 'refused',
    role: 'pathologist',
  }),

  /** Writes synthetic images to files. An import makes them images of the workspace. */
  'demo.create': call({
    input: z.strictObject({
      /** null: a folder `synthetic` inside the workspace. */
      directory: filePath.nullable(),
      perClass: z.int().min(1).max(1000),
      seed: z.int().nonnegative(),
      widthPx: z.int().min(64).max(8192),
      heightPx: z.int().min(64).max(8192),
    }),
    output: started,
    audit: 'untracked',
    blinded: 'refused',
    role: 'technician',
  }),

  /** Writes a synthetic slide, a pyramid of a known pixel size, with what is where on it as `NAME.geojson` and `NAME.json`. */
  'demo.slide': call({
    input: z
      .strictObject({
        /** null: a folder `synthetic` inside the workspace. */
        directory: filePath.nullable(),
        /** Name of the file; files that are there are not replaced. */
        fileName: z
          .string()
          .max(200)
          .regex(/^[^/\\\0]+\.tiff?$/i, 'the name of a slide must end in .tif or .tiff'),
        seed: z.int().nonnegative(),
        widthPx: z.int().min(2048).max(65_536),
        heightPx: z.int().min(1536).max(65_536),
      })
      .refine(({ widthPx, heightPx }) => widthPx * heightPx <= 2 ** 30, {
        message: 'a synthetic slide has at most 2^30 pixels',
      }),
    output: started,
    audit: 'untracked',
    blinded: 'refused',
    role: 'technician',
  }),

  /** Removes data that can be computed again (descriptors, heat maps), and leftovers of copies and drops. */
  'storage.clean': call({
    input: z.strictObject({
      descriptors: z.boolean().default(false),
      explanations: z.boolean().default(false),
      leftovers: z.boolean().default(false),
    }),
    output: z.object({ removedFiles: z.int(), removedBytes: z.int() }),
    audit: 'untracked',
    blinded: 'open',
    role: 'technician',
  }),
}

export type CleanablePart = keyof z.output<(typeof workspaceCalls)['storage.clean']['input']>
