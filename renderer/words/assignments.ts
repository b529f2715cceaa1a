import { formatCount, formatDate } from './format.ts'
import { images } from './counts.ts'

/** The last day of an assignment, which is a day of the local calendar. */
const day = (due: string): string => formatDate(`${due}T12:00:00`)

export const assignmentStrings = {
  assignments: {
    assign: 'Assign to…',
    /** @param which a file name or a number of images */
    assignTitle: (which: string) => `Assign ${which} to a reader`,
    assignText:
      'The reader finds them in the worklist under “Assigned to me”. Other readers can still label them.',
    reader: 'Reader',
    due: 'Due date',
    dueHint: 'The last day; empty: none.',
    action: 'Assign',
    assigned: (count: number, reader: string) =>
      count === 0 ? `${reader} has these images already.` : `${images(count)} assigned to ${reader}.`,
    title: 'Assignments',
    text: 'Who is to read which images. An image is read once the reader has chosen a class or marked it as unsure.',
    none: 'Nothing is assigned. Select images in the worklist, then “Assign to…”.',
    noneOwn: 'Nothing is assigned to you.',
    read: 'Read',
    readOf: (read: number, all: number) => `${formatCount(read)} of ${formatCount(all)}`,
    progress: (reader: string) => `Progress of ${reader}`,
    noDue: 'none',
    day,
    overdue: 'overdue',
    show: 'Show',
    showOf: (reader: string) => `Show the images of ${reader} in the worklist`,
    end: 'End…',
    endOf: (reader: string) => `End the assignment of ${reader}`,
    endTitle: (reader: string) => `End the assignment of ${reader}?`,
    endText: (count: number) =>
      `${images(count)} will not be assigned to the reader any more. Labels stay; the reason is kept in the audit trail.`,
    endAction: 'End',
    ended: (count: number, reader: string) => `${images(count)} not assigned to ${reader} any more.`,
  },
}
