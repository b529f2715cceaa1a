import { dirname, join } from 'node:path'
import type { CallName } from '../../../electron/contract/index.ts'
import { seededJobs } from './blind-jobs.ts'
import { regionOf, withheld } from './blind-plans.ts'
import { sha256Of } from './blind-workspace.ts'

/** The id of an image for a blind reader. */
export const blindId = async (n: number): Promise<number> =>
  2 ** 52 + Number.parseInt((await sha256Of(n)).slice(0, 12), 16) * 16

type Inputs = { [N in CallName]: readonly object[] }

/** At least one input for each call of the contract; a new call does not compile without one. */
export async function inputsOf(root: string): Promise<Inputs> {
  const file = (name: string): string => join(root, 'out', name)
  const picture = join(root, 'pictures', 'Lobular', 'secret-lobular-5.png')
  const folder = join(root, 'pictures', 'Lobular')
  const [own, hidden] = [await blindId(0), await blindId(5)]
  const ids = await Promise.all(withheld.map(blindId))
  const everyImage = [own, ...ids].map((imageId) => ({ imageId }))
  const asOthers = ['Anna', 'Zed'].map((reader) => ({ reader }))
  const plan = {
    imageSha256: await sha256Of(5),
    widthPx: 24,
    heightPx: 20,
    sizePx: 8,
    seed: 1,
    augmentation: 0,
  }
  const crop = { top: 0, left: 0, sizePx: 8, quarterTurns: 0, flipVertical: false, flipHorizontal: false }
  const square = { kind: 'rectangle', left: 1, top: 1, right: 9, bottom: 9 }
  const tissueText =
    '{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[1,1],[9,1],[5,9],[1,1]]]}}'
  const labels = { labels: 'folder', casesPattern: null }
  /** Of the jobs that the session ran. */
  const job = (n: number): object => ({ jobId: seededJobs + n })
  const describe = {
    encoder: 'resnet50',
    cropPx: 64,
    augmentations: 1,
    mode: 'crops',
    seed: 1,
    backend: 'auto',
    raw: false,
    identity: false,
  }
  return {
    'app.info': [{}],
    'app.acknowledge': [{}],
    'app.policy': [{}],
    'app.supportBundle': [{}],
    'app.writeSupportBundle': [{ path: file('bundle.txt') }],
    'app.doctor': [{}],
    'dialog.choose': [{ kind: 'files' }],
    'directory.list': [{ path: root }, { path: folder }, { path: dirname(folder) }],
    'directory.create': [{ path: file('new') }, { path: folder }],
    'workspace.recent': [{}],
    'workspace.current': [{}],
    'workspace.info': [{}],
    'workspace.check': [{}],
    'workspace.relink': [{ directory: folder }],
    'storage.clean': [{ descriptors: true, explanations: true, leftovers: true }],
    'classes.set': [
      {
        classes: [
          { name: 'A', isPositive: false, key: '1', colour: '#0072b2' },
          { name: 'B', isPositive: true, key: '2', colour: '#d55e00' },
        ],
      },
    ],
    'demo.slide': [{ directory: file('demo'), fileName: 'a.tif', seed: 1, widthPx: 2048, heightPx: 1536 }],
    'demo.create': [{ directory: file('demo'), perClass: 1, seed: 1, widthPx: 64, heightPx: 64 }],
    'image.import': [
      { paths: [folder], ...labels },
      { paths: [picture], ...labels, pixelSizeUm: 0.7 },
    ],
    'image.setCase': [{ imageIds: [hidden], caseName: 'x' }],
    'image.setPixelSize': [{ imageIds: [hidden], pixelSizeUm: 0.5 }],
    'image.setRemoved': [
      { imageIds: [hidden], isRemoved: true },
      { imageIds: [own], isRemoved: true },
      { imageIds: [own], isRemoved: false },
    ],
    'image.listRemoved': [{}],
    'image.proposeCases': [{ paths: [folder] }],
    'image.preview': [{ paths: [folder], ...labels }],
    'image.list': [{}],
    'image.get': [...everyImage, ...Array.from({ length: 16 }, (_, index) => ({ imageId: index + 1 }))],
    'image.verdicts': everyImage,
    'image.label': [
      { imageIds: [own], className: 'Normal' },
      ...asOthers.map((other) => ({ imageIds: [hidden], className: 'Normal', ...other })),
      { imageIds: [hidden], className: null },
      { imageIds: [hidden, 5], className: 'Normal' },
      { imageIds: [hidden], className: 'Nothing' },
    ],
    'label.list': [{}, ...everyImage],
    'image.writeAccount': [{ jobId: 1, path: file('account.csv') }],
    'label.export': [{ path: file('labels.csv') }],
    'exchange.export': [
      { path: file('readings.jsonl') },
      { path: file('own-readings.jsonl'), isOwn: true },
      ...asOthers.map((other, index) => ({ path: file(`readings-${index}.jsonl`), ...other })),
    ],
    'exchange.handOver': [{ path: file('handed-over'), to: 'eva', isBlind: true }],
    'exchange.import': [{ path: file('readings.jsonl') }],
    'label.comment': [
      { imageId: own, comment: 'mine' },
      { imageId: hidden, comment: 'x' },
      ...asOthers.map((other) => ({ imageId: hidden, ...other })),
    ],
    // Without users, all of them fail or change nothing.
    'assignment.list': [{}],
    'assignment.add': [{ imageIds: [own, hidden], to: 'Anna' }],
    'assignment.remove': [{ imageIds: [hidden], to: 'Anna' }],
    'user.state': [{}],
    'user.signIn': [{ name: 'Anna', pin: null }],
    'user.signOut': [{}],
    'user.lock': [{}],
    'user.active': [{}],
    'user.add': ['Anna', 'Zed'].map((name) => ({ name, role: 'technician', pin: 'a long walk' })),
    'user.setRole': [{ name: 'Anna', role: 'administrator' }],
    'user.setSignIn': [{ name: 'Anna', pin: 'a long walk' }],
    'user.changePin': [{ pin: 'a long walk', newPin: 'a longer walk' }],
    'user.remove': [{ name: 'Anna' }],
    'user.confirmCode': [{ name: 'Anna' }],
    'user.setLock': [{ minutes: 10 }],
    'user.turnOff': [{ reason: 'x' }],
    'undo.state': [{}, ...asOthers],
    'undo.undo': [{}, { confirmBlind: true }, ...asOthers],
    'undo.redo': [{}, { confirmBlind: true }, ...asOthers],
    'label.undo': [
      { imageIds: [own] },
      { imageIds: [hidden] },
      ...asOthers.map((other) => ({ imageIds: [hidden], ...other })),
    ],
    'drop.begin': [{ files: 1, bytes: 10 }],
    'drop.discard': [{ dropId: '0123456789abcdef' }],
    'reader.list': [{}],
    'reader.add': [{ name: 'Dora' }, { name: 'Anna' }, { name: 'bea' }, { name: 'Beа' }],
    'reader.set': [{ name: 'Bea' }, { name: 'BEA\u0301' }],
    'reader.setBlind': [{ isBlind: true }],
    'reading.agreement': [{}, { basis: 'independent' }],
    'reading.study': [{}],
    'reading.adjudicate': [{ imageIds: [hidden], className: 'Normal' }],
    'region.list': [...everyImage, { imageId: hidden, ...asOthers[0] }],
    'region.history': everyImage,
    'region.add': [{ imageId: await blindId(regionOf), geometry: square, comment: 'mine' }],
    'region.change': [
      { regionId: 1, comment: 'x' },
      { regionId: 2, comment: 'y' },
      { regionId: 9, comment: 'z' },
    ],
    'region.delete': [{ regionId: 1 }],
    'region.undo': [{ imageId: await blindId(regionOf) }, { imageId: hidden }],
    'region.export': [
      { imageId: hidden, path: null },
      { imageId: hidden, path: file('nowhere/regions.geojson') },
    ],
    'region.import': [
      { imageId: hidden, source: { path: file('none.geojson') } },
      { imageId: hidden, source: { text: '{' } },
    ],
    'encoder.list': [{}],
    'encoder.demo': [{ names: ['resnet50'] }],
    'encoder.fetch': [{ names: ['resnet50'] }],
    'encoder.import': [{ paths: [file('x.h5')] }],
    'encoder.inspect': [{ path: file('own') }],
    'encoder.install': [{ path: file('own'), fingerprint: 'a'.repeat(64) }],
    'encoder.remove': [{ name: 'own' }],
    'backend.list': [{}],
    'backend.install': [{ name: 'tensorflow', device: 'processor', folder: file('wheels') }],
    'backend.remove': [{ name: 'tensorflow' }],
    'checklist.fill': [{ checklist: 'claim', model: 'first' }],
    'checklist.answer': [{ checklist: 'claim', model: 'first', answers: [{ item: '44', answer: 'None.' }] }],
    'checklist.answered': [{ checklist: 'claim' }],
    'checklist.write': [{ form: 'card', model: 'first', path: file('card.md') }],
    'leak.compare': [{}],
    'leak.report': [{}],
    'descriptors.encode': [{ recipe: 'quick', backend: 'auto' }],
    'descriptors.describe': [{ image: picture, out: file('x.npy'), ...describe }],
    'descriptors.import': [{ directory: folder, name: 'set' }],
    'shard.estimate': [{ recipe: 'quick' }],
    'shard.estimateSlides': [{ imageIds: [1], model: 'first' }],
    'shard.plan': [
      { recipe: 'quick', directory: join(folder, 'plan'), images: 'copy', backend: 'cpu', allowsHalf: false },
    ],
    'shard.planTraining': [{ recipe: 'quick', directory: join(folder, 'training') }],
    'shard.planSlides': [
      {
        imageIds: [1],
        model: 'first',
        directory: join(folder, 'slides'),
        images: 'copy',
        backend: 'cpu',
        allowsHalf: false,
      },
    ],
    'shard.collect': [{ plan: folder, parts: folder, kind: 'encode', allowsMixed: true }],
    'descriptors.sets': [{}],
    'recipe.list': [{}],
    'model.list': [{}],
    'model.train': [
      { name: 'new', recipe: 'quick' },
      { name: 'new', recipe: 'quick', changes: { folds: 10 } },
      { name: 'new', recipe: 'quick', regions: true },
    ],
    'model.estimate': [{ recipe: 'quick' }, { recipe: 'quick', regions: true }],
    'model.trainingFields': [{ recipe: 'quick' }],
    'model.report': [{ model: null }, { model: 'first' }],
    'model.accuracyInUse': [{ model: null }, { model: 'second' }],
    'model.writeReport': [{ model: 'first', path: file('m.html') }],
    'model.compare': [{ first: 'first', second: 'second' }],
    'model.rename': [{ model: 'first', name: 'other' }],
    'model.setRemoved': [
      { model: 'first', isRemoved: true },
      { model: 'first', isRemoved: false },
    ],
    'model.listRemoved': [{}],
    'model.promote': [{ model: 'first', reason: 'better' }, { model: 'none' }],
    'model.rollback': [{ reason: 'worse' }, {}],
    'model.promotions': [{}],
    'model.setOperatingPoint': [{ model: 'second', threshold: 0.4 }],
    'model.subgroups': [{ model: 'first', column: 'folder' }],
    'model.learningCurve': [{ model: 'first' }, { model: null, repeats: 1 }],
    'model.compareEncoders': [{}, { encoders: ['resnet50'], classifiers: ['logistic'] }],
    'model.encoderComparison': [{}],
    'model.writeEncoderComparison': [{ path: file('c.html') }],
    'testSet.list': [{}],
    'testSet.lock': [
      { name: 'locked', rule: { kind: 'later' }, reason: 'why' },
      { name: 'locked', rule: { kind: 'images', imageIds: [hidden] }, reason: 'why' },
    ],
    'testSet.close': [{ testSet: 'locked' }],
    'testSet.release': [{ testSet: 'locked', reason: 'why' }],
    'testSet.open': [{ testSet: 'locked', model: 'first', reason: 'why' }],
    'testSet.opening': [{ openingId: 1 }],
    'model.export': [{ model: 'first', path: file('m.zip') }],
    'model.import': [{ path: picture }],
    'model.preview': [{ path: picture }],
    'model.verdicts': [{ model: 'first' }, { model: 'second' }],
    'model.classify': [
      { imageIds: null, model: 'second' },
      { imageIds: ids, model: 'second' },
      { imageIds: [own], model: null },
    ],
    'model.writeVerdicts': [
      { model: null, path: file('v.csv'), images: [{ imageId: hidden, file: 'x.png' }] },
    ],
    'explanation.create': [
      { imageId: own, model: null },
      { imageId: hidden, model: null },
    ],
    'explanation.get': [
      { imageId: own, model: null },
      { imageId: hidden, model: null },
    ],
    'explanation.write': [
      { imageId: own, model: null, path: file('e.png') },
      { imageId: hidden, model: null, path: file('e.png') },
    ],
    'slide.analyse': [
      { imageIds: [own], model: null },
      { imageIds: ids, model: 'second' },
    ],
    'slide.analyses': everyImage,
    'slide.draft': everyImage,
    'slide.threshold': [{ model: 'm' }, {}],
    'slide.calibrate': [{ model: 'm' }],
    'slide.write': everyImage.map((image) => ({ ...image, analysisId: 1, directory: file('slides') })),
    'slide.tissue': everyImage,
    'slide.setTissue': everyImage.flatMap((image) => [
      { ...image, source: { text: tissueText } },
      { ...image, source: null },
    ]),
    'slide.writeTissue': everyImage.map((image, at) => ({ ...image, path: file(`tissue-${at}.geojson`) })),
    'slide.map': everyImage.map((image) => ({ ...image, analysisId: 1 })),
    'evaluation.table': [{ path: file('none.csv'), positive: null, thresholds: [] }],
    'view.stains': everyImage,
    'crops.plan': [{ path: picture, sizePx: 8, count: 1, seed: 1, augmentation: 0 }],
    'crops.cut': [{ path: picture, plan: { ...plan, crops: [crop] }, directory: file('crops') }],
    'quality.assess': [{ paths: [folder], recipe: 'quick' }],
    'picture.resample': [{ input: picture, output: file('a.png'), scale: 0.5 }],
    'stain.normalize': [{ input: picture, output: file('a.png'), reference: null }],
    'stain.augment': [{ input: picture, output: file('a.png'), hematoxylin: 1, eosin: 1 }],
    'case.report': [{ caseName: 'case 5', path: file('c.html') }],
    'worklist.export': [{ path: file('w.csv') }],
    'audit.list': [{}],
    'audit.verify': [{}, { head: 'a'.repeat(64) }],
    'audit.accept': [{ reason: 'a backup' }],
    'audit.state': [{}],
    'audit.export': [{ path: file('a.csv') }],
    'backup.create': [{ path: file('b.tar') }],
    'backup.verify': [{ path: file('b.tar') }, { path: file('none.tar') }],
    'backup.restore': [{ path: file('b.tar'), directory: file('restored') }],
    'backup.rescue': [{ directory: file('rescued') }, { directory: file('other'), workspace: folder }],
    'backup.state': [{}],
    'backup.schedule': [
      {
        every: 'never',
        folder: null,
        withDerived: false,
        keep: { daily: 7, weekly: 4, monthly: 12 },
        remindAfterDays: 0,
      },
    ],
    'workspace.mend': [{ path: join(root, 'w'), reason: 'why' }],
    'job.list': [{}],
    'job.get': Array.from({ length: seededJobs + 22 }, (_, index) => ({ jobId: index + 1 })),
    'job.images': Array.from({ length: seededJobs + 16 }, (_, index) => ({ jobId: index + 1 })),
    'job.cancel': [job(1), job(99)],
    'job.pause': [job(1), job(3)],
    'job.resume': [job(1), job(3)],
    'job.retry': [job(1), job(2), job(3), job(4)],
    'workspace.close': [{}],
    'workspace.create': [{ path: file('other'), classes: 'A,B' }],
    'workspace.open': [{ path: join(root, 'w') }],
  }
}
