import type { HandlersOf, ServiceContext } from '../../session/context.ts'
import { assignImages, endAssignment, readAssignments } from './assignments.ts'

export function assignmentHandlers({ session, emit }: ServiceContext): HandlersOf<'assignment'> {
  /** Every list: an event to a blind reader names no hidden image. */
  const answer = (changed: number): { changed: number } => {
    if (changed > 0) emit({ name: 'images.changed', payload: { imageIds: null } })
    return { changed }
  }
  return {
    'assignment.list': () => session.read(readAssignments),
    'assignment.add': (input) => session.changeAtOnce((database) => answer(assignImages(database, input))),
    'assignment.remove': (input) =>
      session.changeAtOnce((database) => answer(endAssignment(database, input))),
  }
}
