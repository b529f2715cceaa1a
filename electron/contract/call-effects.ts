import type { AuditKind } from './audit.ts'
import type { CallName } from './calls.ts'

/**
 * What a call changes. `reads`: nothing. `outside`: files that the user named, work that can be made again, or
 * settings of this machine; nothing that the audit trail tells of. Otherwise the kinds of event that it leaves,
 * in the transaction of the change: one for each thing that it changes, and of a job one when it begins and one
 * when it stops (docs/audit.md).
 */
type CallEffect = 'reads' | 'outside' | readonly AuditKind[]

/** Every call of the contract; a call without an entry does not compile. */
export const callEffects = {
  'app.info': 'reads',
  'app.acknowledge': 'outside',
  'app.doctor': 'reads',

  'audit.list': 'reads',
  'audit.verify': 'reads',
  'audit.state': 'reads',
  'audit.export': ['export'],
  'audit.accept': ['chain'],

  'case.report': ['report'],

  'classes.set': ['classes'],

  'crops.plan': 'reads',
  'crops.cut': 'outside',

  // Makes files; they become images by an import.
  'demo.create': 'outside',

  'descriptors.encode': 'outside',
  'descriptors.describe': 'outside',
  'descriptors.import': ['import'],
  'descriptors.sets': 'reads',

  'dialog.choose': 'reads',
  'directory.list': 'reads',

  // What is sent over becomes images by an import.
  'drop.begin': 'outside',
  'drop.discard': 'outside',

  'encoder.list': 'reads',
  'encoder.demo': ['encoder'],
  'encoder.fetch': ['encoder'],
  'encoder.import': ['encoder'],

  'evaluation.table': 'reads',

  // A map can be made again.
  'explanation.create': 'outside',
  'explanation.get': 'reads',
  'explanation.write': 'outside',

  'image.import': ['import', 'label'],
  'image.preview': 'reads',
  'image.list': 'reads',
  'image.get': 'reads',
  'image.verdicts': 'reads',
  'image.label': ['label', 'override'],

  'job.list': 'reads',
  'job.get': 'reads',
  'job.images': 'reads',
  // The job's own event says that it was cancelled.
  'job.cancel': 'outside',
  'job.pause': 'outside',
  // The job goes on under the events of its own.
  'job.resume': ['import', 'relink', 'classification'],
  'job.retry': ['import', 'classification'],

  'label.list': 'reads',
  'label.export': ['export'],
  'label.undo': ['undo'],

  'model.list': 'reads',
  'model.train': ['training'],
  'model.report': 'reads',
  'model.export': ['export'],
  'model.import': ['model', 'operating-point'],
  'model.verdicts': 'reads',
  'model.promotions': 'reads',
  'model.estimate': 'reads',
  'model.writeReport': ['report'],
  'model.writeVerdicts': ['export'],
  'model.compare': 'reads',
  'model.promote': ['promotion'],
  'model.rollback': ['rollback'],
  'model.setOperatingPoint': ['operating-point'],
  'model.classify': ['classification'],

  'picture.resample': 'outside',
  'quality.assess': 'reads',

  'reader.list': 'reads',
  'reader.add': ['reader'],
  'reader.set': ['reader'],
  'reader.setBlind': ['reading'],

  'reading.agreement': 'reads',
  'reading.adjudicate': ['adjudication'],

  'recipe.list': 'reads',

  'region.list': 'reads',
  'region.history': 'reads',
  'region.add': ['region'],
  'region.change': ['region'],
  'region.delete': ['region'],
  'region.undo': ['region'],
  'region.export': ['export'],
  'region.import': ['region'],

  'stain.normalize': 'outside',
  'stain.augment': 'outside',

  // Only what can be made again or belongs to nothing.
  'storage.clean': 'outside',

  'worklist.export': ['export'],

  'view.stains': 'reads',

  'workspace.current': 'reads',
  'workspace.recent': 'reads',
  'workspace.create': ['chain'],
  'workspace.open': 'reads',
  'workspace.close': 'reads',
  'workspace.info': 'reads',
  'workspace.check': 'reads',
  'workspace.relink': ['relink'],
} as const satisfies Record<CallName, CallEffect>
