import type { ErrorCode, ErrorDetails, SentencesOf } from './error-details.ts'
import { encoderSentences } from './encoder-errors.ts'
import { leftOutSlides } from './slide-threshold.ts'
import { testSetSentences } from './test-set-errors.ts'
import { userSentences } from './user-errors.ts'

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(bytes < 1e9 ? 3 : 1)} GB`

/** The first five of a list, and how many follow. */
const listed = (parts: readonly string[]): string =>
  parts.slice(0, 5).join(', ') + (parts.length > 5 ? ` and ${parts.length - 5} more` : '')

/** What happened, then what to do: one or two sentences for each code. The type makes a missing one an error. */
const sentences: SentencesOf<string> = {
  'internal.unexpected': (d) =>
    `Unexpected error (${d.message}). Please report it with the reference ${d.reference}.`,
  'call.unknown': (d) => `This version of Lobule has no call "${d.name}".`,
  'call.invalid-input': (d) => `Invalid arguments for "${d.name}": ${d.issues.join('; ')}.`,
  'call.superseded': () => 'A newer request of the same kind has replaced this one. Nothing was changed.',
  'call.foreign-sender': (d) => `A call from ${d.sender} was refused: only Lobule's own page may call.`,
  'call.unauthorised': () =>
    'This page has no valid access token. Open the address that Lobule printed when it started.',
  'connection.lost': () => 'There is no connection to Lobule. Try again when it is back.',

  'policy.invalid': (d) =>
    `Lobule does not start, because the policy of this computer (${d.path}) is not valid: ${d.reason}. An administrator has to correct or remove it.`,
  'policy.forbids': (d) =>
    `${d.what} is not allowed by the policy of this computer. Nothing was changed. "lobule policy show" lists what it sets; an administrator can change it.`,

  'update.refused': (d) => `The file is not accepted: ${d.reason}. Do not install it.`,
  'path.not-found': (d) => `${d.path} does not exist. Check the path.`,
  'path.unreadable': (d) => `${d.path} cannot be read: ${d.reason}.`,
  'path.not-writable': (d) => `${d.path} cannot be written: ${d.reason}.`,
  'path.exists': (d) =>
    `${d.path} already exists, so nothing was written. Choose another name, or replace the file (--replace).`,
  'path.protected': (d) => `${d.path} was not written: ${d.reason}. Choose another folder or name.`,
  'path.not-utf8': (d) =>
    d.path.includes('\uFFFD')
      ? `${d.path} cannot be found. If it exists, its name is not valid UTF-8: the sign \uFFFD replaces what cannot be read. Rename the file or folder.`
      : `${d.path} cannot be opened, because its name is not valid UTF-8; signs such as <E9> show the bytes that are not. Rename the file or folder.`,

  'shard.invalid': (d) =>
    `${d.shard === '' ? 'No shard was given, and no scheduler has set one' : `"${d.shard}" is no shard`}. Name it as NUMBER/COUNT, from 0: --shard 0/16 to --shard 15/16.`,
  'shard.invalid-plan': (d) => `${d.path} is not part of a whole plan: ${d.reason}. Write the plan again.`,
  'shard.folder-in-use': (d) => `${d.path} is not empty. Choose a folder for the plan that is new or empty.`,
  'shard.several-files': (d) =>
    `${d.path} is a slide of several files, which a plan cannot copy. Use --images paths, with the slides where all machines can read them.`,
  'shard.other-plan': (d) =>
    `${d.path} has the results of another plan. Use another folder for the results of this one.`,
  'shard.mixed': (d) =>
    `The parts were made in different ways, so results may differ in their last digits: ${listed(d.makers)}. Nothing was collected. Encode again on machines of one kind, or accept the mixture (--allow-mixed).`,
  'disk.full': (d) =>
    `Not enough disk space at ${d.path}: about ${gigabytes(d.neededBytes)} needed, ${gigabytes(d.freeBytes)} free. Free some space or choose another disk. Nothing was started.`,

  'workspace.none-open': () => 'No workspace is open. Open or create one first.',
  'workspace.not-found': (d) => `${d.path} is not a Lobule workspace. Create one there with "lobule init".`,
  'workspace.exists': (d) => `${d.path} already contains a workspace. Open it, or choose another folder.`,
  'workspace.newer': (d) =>
    `The workspace ${d.path} was written by a newer version of Lobule (format ${d.found}; this version reads up to ${d.known}). It was not changed. Update Lobule to open it.`,
  'workspace.locked': (d) => `The workspace ${d.path} is in use by ${d.holder}. Close it there first.`,
  'workspace.network-share': (d) =>
    `${d.path} is on another computer's disk (${d.fileSystem}). A workspace must be on a disk of this computer: over a network, two programs can damage its database without noticing. Nothing was changed. Create it here, or copy the whole folder here while no other computer has it open; images may stay on the network. To read on several computers, hand cases over: lobule readings handover.`,
  'workspace.corrupt': (d) =>
    `The workspace ${d.path} is damaged: ${d.reason}. Nothing was changed. Keep a copy of the whole folder, then restore a backup into a new folder: lobule workspace restore FILE --workspace NEW-FOLDER.`,
  'workspace.disk-full': (d) =>
    `The disk that holds ${d.path} is full. The last change was not saved, and nothing is half written. Free some space on that disk, then try again.`,
  'workspace.read-only': (d) =>
    `The workspace ${d.path} is open for reading only, because its folder or its database cannot be written. Nothing was changed. To work in it, get the right to write there, or copy the whole folder to a place where you may.`,
  'workspace.disk-error': (d) =>
    `The disk that holds ${d.path} reports an error (${d.reason}). The last change was not saved. Check the disk or the network connection, make a backup, then try again.`,
  'workspace.replaced': (d) =>
    `The database of ${d.path} was deleted or replaced by another program while Lobule had it open. Lobule has stopped writing, and what it has in memory would be lost when it closes. Save a rescue copy now (Settings, Backup).`,
  'workspace.foreign-schema': (d) =>
    `The workspace ${d.path} was not opened, because its database is not as Lobule made it: ${listed(d.differences)}. That could change labels or results. Nothing was changed. Restore the workspace from a backup, or mend it, which keeps a copy: Lobule offers it when you open the workspace, on the command line it is "lobule workspace mend". Then verify the audit trail.`,
  'workspace.nothing-to-mend': (d) =>
    `There is nothing to mend in ${d.path}: its database is as Lobule made it.`,
  'workspace.handed-over': (d) =>
    `The workspace ${d.path} was handed over to ${d.to}${d.isBlind ? ', who reads it blind' : ''}, and was not opened. Open it on the start page, which asks whether ${d.to} begins to read.`,
  'backup.folder-exists': (d) =>
    `${d.path} already exists, and nothing is restored over it. Choose a folder that does not exist yet.`,
  'backup.invalid': (d) =>
    `${d.path} is not a whole backup: ${d.reason}. Nothing was restored from it. Use another backup.`,
  'backup.nothing-to-rescue': (d) =>
    `No running program that can be asked here has a lost database of ${d.path} open. If a window or a page of Lobule still has the workspace open, save the rescue copy there. If the workspace is still there, open it, or back it up.`,
  'backup.newer': (d) =>
    `${d.path} was written by a newer version of Lobule (format ${d.found}; this version reads up to ${d.known}). Update Lobule to read it.`,
  'readings.invalid': (d) =>
    `${d.path} is not a file of readings that can be imported: ${d.reason}. Nothing was changed. Export the readings again where they were made.`,
  'readings.newer': (d) =>
    `The file ${d.path} was written by a newer version of Lobule (format ${d.found}; this version reads up to ${d.known}). Nothing was changed. Update Lobule to import it.`,
  'classes.invalid': (d) => `The classes are not valid: ${d.reason}.`,

  'classes.in-use': (d) =>
    `Only names, keys and colours of the classes can still be changed: the workspace already has ${d.labels} ${d.labels === 1 ? 'label' : 'labels'}. Create a new workspace to use other classes.`,
  'classes.name-taken': (d) =>
    d.owner === null
      ? `A model of this workspace has a class "${d.name}", so no other class can get this name. Choose another one.`
      : d.owner === d.name
        ? `There is a class "${d.name}" already. Choose another name.`
        : `"${d.name}" is or was a name of the class "${d.owner}", and labels, models and the audit trail may call it so. Choose another name.`,
  'classes.unknown': (d) =>
    `Unknown class "${d.className}"${d.why === undefined ? '' : `: ${d.why}`}. Known classes: ${d.known.join(', ')}.`,

  'image.empty-file': (d) => `${d.path} is empty (0 bytes).`,
  'image.unsupported-format': (d) => `${d.path} is not an image that Lobule can read: ${d.reason}.`,
  'image.truncated': (d) => `${d.path} is damaged or cut off: ${d.reason}.`,
  'image.too-large': (d) =>
    `${d.path} has ${d.pixels} pixels, more than the maximum of ${d.limit}. A larger image must be a tiled TIFF.`,
  'image.implausible': (d) =>
    `${d.path} claims to have ${d.pixels} pixels in only ${d.bytes} bytes. Such a file could exhaust the memory, so it is not read. If it is a real image, save it as a tiled TIFF with less compression.`,
  'image.no-page': (d) => `${d.path} has no page ${d.page}. Available pages: ${d.pages.join(', ')}.`,
  'image.several-pages': (d) =>
    `${d.path} contains ${d.pages.length} images (pages ${d.pages.join(', ')}). Choose which to use: the first page, all pages, or one page by number (--page).`,
  'image.several-files': (d) =>
    `${d.path} is a slide of several files, which Lobule does not copy. Import it without copying, from the folder where it stays.`,
  'image.not-found': (d) => `This workspace has no image ${d.image}.`,
  'image.removed': (d) =>
    `Image ${d.image} was removed from this workspace. Restore it first (on the command line: restore-images).`,
  'image.file-missing': (d) =>
    `The file ${d.path} is missing. Put it back at this location, or import it again.`,
  'image.file-changed': (d) => `The file ${d.path} has changed since it was imported. Import it again.`,
  'image.invalid-raster': (d) => `The image cannot be used: ${d.reason}.`,
  'image.no-stains': (d) => `${d.path} cannot be used as a stain reference: ${d.reason}.`,
  'crops.other-image': (d) =>
    `The crop plan was made for a different image than ${d.path}. Make a new plan for this image.`,
  'image.ambiguous': (d) =>
    `"${d.image}" matches ${d.count} images. Use the image number or the full path instead.`,
  'label.nothing-to-undo': (d) => `${d.reader} has no label on image ${d.image} to undo.`,
  'label.nothing-to-withdraw': (d) =>
    `${d.reader} has no label on these images to withdraw. Other readers' labels cannot be changed here.`,
  'label.nothing-to-comment': (d) => `${d.reader} has no comment on image ${d.image} to remove.`,
  'label.blind-withdrawal': (d) =>
    `This would withdraw ${d.images === 1 ? 'a label that was' : `${d.images} labels that were`} given blind. The ${d.images === 1 ? 'image has' : 'images have'} been revealed since, so no blind label can be given again. Nothing was changed. Confirm it to go on (on the command line: --confirm-blind).`,
  'undo.nothing': (d) => `${d.reader} has nothing to ${d.direction}.`,
  'undo.not-next': (d) =>
    `There is something else to ${d.direction} now, so nothing was changed. Look at what it is, then try again.`,
  'undo.changed-since': (d) =>
    `This cannot be ${d.direction === 'undo' ? 'undone' : 'redone'}, because ${d.reader ?? (d.what === 'case' || d.what === 'pixel size' || d.what === 'removal' ? 'an import' : 'another reader')} has changed the ${d.what} since. Nothing was changed.`,
  'undo.fixed-since': (d) =>
    `This cannot be ${d.direction === 'undo' ? 'undone' : 'redone'}, because ${
      d.because === 'locked'
        ? 'an image belongs to a locked test set now, and keeps its case, and stays or stays removed until that is released'
        : 'descriptors, folds, predictions or slide maps depend on the pixel size now'
    }. Nothing was changed.`,
  'reading.nothing-to-adjudicate': (d) =>
    `Image ${d.image} has nothing to adjudicate: it has no label yet, or no adjudication to remove.`,
  'reading.blind': (d) =>
    `Not available while ${d.reader} is reading blind: it could show or change what is hidden. End blind reading first.`,
  'reading.other-reader': (d) =>
    `${d.reader} is reading blind, so nothing can be done here for ${d.other}. End blind reading first.`,
  'reader.exists': (d) => `A reader named "${d.name}" already exists. Choose another name.`,
  'reader.looks-alike': (d) =>
    `The name "${d.name}" looks like that of the reader "${d.known}". Use that name, or one that differs clearly.`,
  'drop.refused': (d) => `The dropped file was not accepted: ${d.reason}.`,
  'region.not-found': (d) => `Region ${d.region} does not exist or was deleted.`,
  'region.invalid': (d) => `The region is not valid: ${d.reason}.`,
  'region.nothing-to-undo': (d) => `${d.reader} has no change to regions of image ${d.image} to undo.`,
  'region.unknown-classes': (d) =>
    `The file uses classes that this workspace does not have: ${d.classes.join(', ')}. Known classes: ${d.known.join(', ')}. Nothing was imported.`,
  'region.invalid-file': (d) => `${d.file} is not a valid file of regions: ${d.reason}.`,
  'checklist.invalid-answers': (d) => `${d.path} is not a valid file of answers: ${d.reason}.`,
  'checklist.unknown-item': (d) =>
    `${d.checklist} has no item "${d.item}". Its items are ${d.known.join(', ')}.`,
  ...userSentences,
  'labels.invalid-table': (d) => `${d.path} is not a valid table of labels: ${d.reason}.`,
  'cases.invalid-pattern': (d) => `"${d.pattern}" is not a valid regular expression: ${d.reason}.`,

  ...encoderSentences,

  'descriptors.invalid-file': (d) => `The descriptor file ${d.path} cannot be used: ${d.reason}.`,
  'descriptors.no-layout': (d) =>
    `${d.path} does not have the folder layout of the published descriptors: ${d.reason}. Choose the folder that contains ResNet-0.5-400 and the others.`,
  'descriptors.other-layout': (d) =>
    `The set "${d.set}" has different encoders or crop sizes than this folder. Import the folder under another name.`,
  'descriptors.other-values': (d) =>
    `The set "${d.set}" already has different values for this image (${d.path}). Import the folder under another name.`,
  'descriptors.nothing-usable': (d) => `No file in ${d.path} could be used. First reason: ${d.first}`,
  'descriptors.no-image': (d) =>
    `This workspace has no image named "${d.name}". Import the images before their descriptors.`,
  'descriptors.ambiguous-name': (d) =>
    `${d.count} images in this workspace are named "${d.name}", so it is not clear which of them these descriptors belong to.`,
  'descriptors.incomplete': (d) => `"${d.name}" is missing from ${d.missing.join(', ')}.`,
  'descriptors.set-missing': (d) =>
    `This workspace does not have the external descriptors "${d.set}", or has different ones under this name. Import them with "lobule descriptors import".`,
  'descriptors.none': (d) =>
    `The external descriptors "${d.set}" do not include ${d.image}, and Lobule cannot compute them. Import the descriptors of this image too.`,
  'descriptors.not-in-set': (d) =>
    `The external descriptors "${d.set}" do not include ${d.missing.join(', ')}. They include ${d.known.join(', ')}.`,
  'descriptors.external-model': (d) =>
    `Heat maps need descriptors of parts of the image. Model "${d.model}" uses imported descriptors ("${d.set}"), which cover whole images only. Choose a model trained on Lobule's own descriptors.`,
  'recipe.unknown': (d) => `Unknown recipe "${d.name}". Known recipes: ${d.known.join(', ')}.`,
  'recipe.unknown-setting': (d) =>
    `Unknown recipe setting "${d.setting}". Known settings: ${d.known.join(', ')}.`,
  'recipe.invalid': (d) => `The recipe is not valid: ${d.reason}.`,

  'training.too-few-classes': (d) =>
    `Training needs labelled images of at least ${d.needed} classes; this workspace has ${d.found}. Label images of more classes.`,
  'training.images-missing': (d) =>
    `${d.images} labelled ${d.images === 1 ? 'image' : 'images'} of ${d.className} cannot be read, so that too few are left to train on: find moved files again ("lobule workspace relink FOLDER", or Settings), or import them from where they are now.`,
  'training.too-few-cases': (d) =>
    `${d.folds} folds need at least ${d.folds} cases per class; class ${d.className} has ${d.cases}. ${d.folds > 2 ? 'Label more cases, or choose fewer folds.' : 'A model needs a case to train on and one to test on: label images of another case of this class.'}`,
  'training.too-few-images': (d) =>
    `Training needs at least ${d.needed} labelled images; this workspace has ${d.images}. Label more images.`,
  'training.no-cases': () =>
    'Folds by case need cases, but no labelled image has one. Set the cases at import, or choose folds by image.',

  'training.regions-external': (d) =>
    `Training fields of regions cannot be used with imported descriptors ("${d.set}"), which cover whole images only. Leave out one of the two.`,

  'boosting.failed': (d) => `LightGBM failed: ${d.reason}.`,
  'boosting.closed': (d) => `This ${d.handle} is already closed.`,
  'boosting.invalid-input': (d) => `Invalid data for LightGBM: ${d.reason}.`,
  'boosting.addon-missing': (d) =>
    `The LightGBM addon ${d.path} cannot be loaded: ${d.reason}. Run "npm run setup".`,

  'model.none': () => 'This workspace has no model yet. Train one first.',
  'model.none-in-use': () =>
    'No model is in use: each model of this workspace is a candidate. Name one, or put one in use first (Models, Use this model; lobule models promote NAME).',
  'model.not-found': (d) => `This workspace has no model "${d.model}".`,
  'model.exists': (d) =>
    `A model named "${d.model}" already exists, or was removed and keeps its name. Choose another name.`,
  'model.in-use': (d) =>
    `The model "${d.model}" is in use and cannot be removed. Put another model in use first.`,
  'model.nothing-promoted': () => 'No model has been promoted, so there is no promotion to roll back.',
  'model.no-report': (d) =>
    `The model "${d.model}" has no report, because an early version of Lobule trained it. Train it again to get one.`,
  'model.corrupt': (d) => `The model "${d.model}" is damaged: ${d.reason}. Train it again.`,
  'package.invalid': (d) =>
    `${d.path} is not a valid model package: ${d.entry === null ? '' : `${d.entry}: `}${d.reason}. Nothing was imported.`,
  'package.newer': (d) =>
    `${d.path} was written by a newer version of Lobule (format ${d.found}; this version reads up to ${d.known}). Nothing was imported. Update Lobule to import it.`,
  'package.too-large': (d) =>
    `The model is too large for a package: ${d.path} would need at least ${gigabytes(d.bytes)}; the maximum is ${gigabytes(d.limit)}.`,
  'package.other-classes': (d) =>
    `The model "${d.model}" has the classes ${d.own}; this workspace has ${d.workspace} (a star marks carcinoma). Nothing was imported. Create a workspace with the model's classes: lobule init --classes "${d.own}".`,

  'slide.pixel-size-unknown': (d) =>
    `The pixel size of ${d.path} is unknown, and a slide is analysed in micrometres. Set it first: choose "Set pixel size" for the image in the worklist, or import the file again with --pixel-size.`,
  'slide.too-many-places': (d) =>
    `The slide would have ${d.places} places; at most ${d.limit} are analysed. Choose a larger stride. If the pixel size of the slide is wrong, correct it.`,
  'slide.no-analysis': (d) =>
    `This slide has no analysis ${d.analysis}. Analyse it first, or choose one of its analyses.`,
  'slide.threshold-two-classes': (d) =>
    `The model "${d.model}" has no carcinoma class, or no other class, so no share of carcinoma separates its slides. Choose another model.`,
  'slide.threshold-too-few': ({ model, needed, positive, negative, leftOut }) =>
    `A threshold for slides needs at least ${needed} cases with carcinoma and ${needed} without; usable slides, analysed by the model "${model}", are of ${positive.cases} and ${negative.cases} cases. Label more slides and analyse them. ${leftOutSlides(leftOut)}`.trimEnd(),
  'slide.threshold-inseparable': (d) =>
    `No threshold of the share of carcinoma separates the ${d.slides} labelled slides better than guessing by the model "${d.model}". Nothing was learned. Check the labels and the maps of the slides, or use a model with other training images.`,
  'slide.map-damaged': (d) =>
    `The map of the slide, ${d.path}, cannot be used: ${d.reason}. Restore it from a backup, or analyse the slide again.`,
  'explanation.none': (d) => `This model has no heat map of ${d.image} yet. Create it first.`,

  'learning-curve.too-few-cases': (d) =>
    `A learning curve needs more cases than the ${d.cases} of this workspace: at least two sizes with two cases of each class. Label more cases, or use a recipe with fewer folds.`,

  ...testSetSentences,

  'evaluation.invalid-table': (d) => `The table of predictions is not valid: ${d.reason}.`,

  'audit.nothing-to-accept': () =>
    'There is nothing to accept: this audit trail is at least as new as the one this computer saw last.',
  'case.not-found': (d) => `This workspace has no case "${d.case}".`,
  'report.no-pdf': (d) =>
    `${d.path} was not written: only the desktop window can write PDF files. Write an .html file instead, and print it to PDF in a browser.`,

  'job.not-found': (d) => `There is no job ${d.job}.`,
  'job.busy': (d) => `"${d.running}" is still running. Wait until it finishes, or cancel it.`,
  'job.cancelled': () => 'Cancelled.',
  'job.wrong-state': (d) => `"${d.job}" is ${d.state} and cannot be ${d.wanted}.`,
  'job.not-resumable': (d) => `"${d.job}" cannot be paused and resumed. Start it again from the beginning.`,
  'job.nothing-failed': (d) => `"${d.job}" has no failures to retry.`,
  'compute.crashed': (d) =>
    `The compute process stopped unexpectedly (${d.reason}). Finished work is kept. Start the job again.`,
}

/** An expected failure. `details` fit `code`; the sentence for the user is `message`. */
export class AppError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'AppError'
  readonly code: C
  readonly details: ErrorDetails<C>

  constructor(code: C, details: ErrorDetails<C>, options?: { cause?: unknown }) {
    super(sentences[code](details), options)
    this.code = code
    this.details = details
  }
}

/** Whether a thrown value is an AppError of one of these codes. */
export const hasCode = (error: unknown, ...codes: readonly ErrorCode[]): error is AppError =>
  error instanceof AppError && codes.includes((error as AppError).code)
