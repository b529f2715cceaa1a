import { formatCount } from '../format.ts'
import { images, cases, boosters } from './counts.ts'

export const commonStrings = {
  applicationName: 'Lobule',
  applicationPurpose:
    'Review of breast histology images, with suggested classes and training on this machine.',
  close: 'Close',
  cancel: 'Cancel',
  dismiss: 'Dismiss',
  undo: 'Undo',
  details: 'Details',
  browse: 'Browse…',
  loading: 'Loading…',
  more: (count: number) => `and ${formatCount(count)} more`,
  images,
  cases,
  boosters,
  connection: {
    connecting: 'Connecting to the application…',
    lost: 'The connection to the application is lost. Everything saved is safe.',
    retryIn: (seconds: number) => `Trying again in ${seconds} s.`,
    retryNow: 'Try now',
    firstHint:
      'If this stays, the application has stopped or this address is old: start it again and open the address it prints.',
  },
  notice: {
    title: 'Before you begin',
    points: [
      'Lobule suggests a class for an image. A reader decides.',
      'Its suggestions are not validated for clinical use and must not guide the care of a patient.',
      'Your images, labels and models stay on this machine.',
    ],
    accept: 'I understand',
  },
} as const
