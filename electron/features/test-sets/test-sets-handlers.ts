import type { Sliced } from '../../base/slices.ts'
import { AppError, type TestSetView } from '../../contract/index.ts'
import { imagesChanged, modelsChanged } from '../../session/job-services.ts'
import { startJob, type HandlersOf, type ServiceContext } from '../../session/context.ts'
import {
  closeTestSet,
  currentImages,
  findModelKeyInUse,
  findTestSet,
  insertTestSet,
  listClasses,
  listTestSets,
  releaseTestSet,
  type Readable,
} from '../../store/index.ts'
import { chooseImages } from './choose-images.ts'
import { openTestSetJob } from './open-test-set.ts'
import { readOpening, viewTestSets } from './test-set-views.ts'

export function testSetHandlers(context: ServiceContext): HandlersOf<'testSet'> {
  const { session, settings, emit } = context
  /** What a test set has become, after it was changed in a slice of its own. */
  function* changed(database: Readable, name: string): Sliced<TestSetView> {
    yield
    emit(imagesChanged)
    emit(modelsChanged)
    const { id } = findTestSet(database, name)
    const view = (yield* viewTestSets(database)).find((set) => set.id === id)
    if (view === undefined) throw new AppError('test-set.not-found', { testSet: name })
    return view
  }
  return {
    'testSet.list': () => session.read(viewTestSets),
    'testSet.lock': ({ name, rule, reason }) => {
      const { reader } = settings.content
      return session.change(function* (database) {
        const taken = listTestSets(database).find((set) => set.name.toLowerCase() === name.toLowerCase())
        if (taken !== undefined) throw new AppError('test-set.exists', { testSet: taken.name })
        const chosen = chooseImages(yield* currentImages(database, null), listClasses(database), rule)
        yield
        // What was found by a table is stored, not the table.
        const stored = rule.kind === 'column' ? { ...rule, values: null } : rule
        insertTestSet(database, { name, rule: stored, reader, reason, ...chosen })
        return yield* changed(database, name)
      })
    },
    'testSet.close': ({ testSet }) => {
      const { reader } = settings.content
      return session.change(function* (database) {
        const set = findTestSet(database, testSet)
        if (!set.isCollecting) throw new AppError('test-set.not-collecting', { testSet: set.name })
        closeTestSet(database, set, reader)
        return yield* changed(database, testSet)
      })
    },
    'testSet.release': ({ testSet, reason }) => {
      const { reader } = settings.content
      return session.change(function* (database) {
        const set = findTestSet(database, testSet)
        if (set.released !== null) throw new AppError('test-set.released', { testSet: set.name })
        releaseTestSet(database, set, { reader, reason })
        return yield* changed(database, testSet)
      })
    },
    'testSet.open': ({ testSet, model, reason, again }) => {
      const { name } = findModelKeyInUse(session.workspace.database, model)
      const { reader } = settings.content
      return startJob(context, openTestSetJob, { testSet, model: name, reader, reason, again })
    },
    'testSet.opening': ({ openingId }) => readOpening(session.workspace.database, openingId),
  }
}
