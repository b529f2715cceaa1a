import { knownReaderName } from '../../store/index.ts'
import { isBlinded } from './blinded-reading.ts'
import { imagesChanged } from '../../session/job-services.ts'
import type { HandlersOf, ServiceContext } from '../../session/context.ts'
import { adjudicate, announcedImages } from './labels.ts'
import { readReaderStudy } from './reader-study.ts'
import { addReader, knownReaders, readAgreement, switchBlind, switchReader } from './readings.ts'

export function readingHandlers(context: ServiceContext): HandlersOf<'reader' | 'reading'> {
  const { session, settings, emit } = context
  const openDatabase = () => (!session.isOpen ? null : session.workspace.database)
  /** Other images may be hidden from the reader now. */
  const announceReader = (): void => {
    const { reader } = settings.content
    emit({ name: 'reader.changed', payload: { reader, isBlind: isBlinded(settings, reader) } })
    if (openDatabase() !== null) emit(imagesChanged)
  }
  return {
    'reader.list': () => knownReaders(session.workspace.database, settings),
    'reader.add': ({ name }) => {
      addReader(session.workspace.database, name)
      return {}
    },
    'reader.set': ({ name }) => {
      const change = (): Record<string, never> => {
        switchReader(openDatabase(), settings, name)
        announceReader()
        return {}
      }
      return session.isOpen ? session.changeAtOnce(change) : change()
    },
    'reader.setBlind': ({ isBlind }) =>
      session.changeAtOnce((database) => {
        const reader = knownReaderName(database, settings.content.reader)
        switchBlind(database, settings, reader, isBlind)
        announceReader()
        return {}
      }),
    'reading.agreement': ({ basis }) => session.read((database) => readAgreement(database, basis)),
    'reading.study': () => session.read(readReaderStudy),
    'reading.adjudicate': ({ imageIds, className, reader: named, comment }) => {
      const reader = named ?? settings.content.reader
      return session.change(function* (database) {
        yield* adjudicate(database, imageIds, className, { reader, comment })
        return yield* announcedImages(context, database, imageIds)
      })
    },
  }
}
