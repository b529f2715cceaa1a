import { formatCount } from './format.ts'
import { images, cases, classifiers } from './counts.ts'

export const commonStrings = {
  applicationName: 'Lobule',
  applicationPurpose:
    'Review breast histology images, get suggested classes and train models on this computer.',
  close: 'Close',
  cancel: 'Cancel',
  dismiss: 'Dismiss',
  messages: {
    problems: ({ failures, warnings, dropped }: { failures: number; warnings: number; dropped: number }) =>
      [
        failures === 0 ? '' : failures === 1 ? '1 failure' : `${formatCount(failures)} failures`,
        warnings === 0 ? '' : warnings === 1 ? '1 warning' : `${formatCount(warnings)} warnings`,
        dropped === 0 ? '' : `${formatCount(dropped)} older no longer kept`,
      ]
        .filter((part) => part !== '')
        .join(', '),
  },
  undo: 'Undo',
  redo: 'Redo',
  steps: {
    named: (undo: string, step: string) => `${undo}: ${step}`,
    done: {
      undo: (step: string) => `Undone: ${step}.`,
      redo: (step: string) => `Redone: ${step}.`,
    },
    nothing: { undo: 'There is nothing to undo.', redo: 'There is nothing to redo.' },
  },
  details: 'Details',
  browse: 'Browse…',
  loading: 'Loading…',
  saving: {
    exists: (path: string) => `${path} already exists. Replace it, or choose another name or folder.`,
    replace: 'Replace the file',
  },
  more: (count: number) => `and ${formatCount(count)} more`,
  images,
  cases,
  classifiers,
  connection: {
    connecting: 'Connecting to the application…',
    lost: 'Connection to the application lost. Everything you saved is safe.',
    retryIn: (seconds: number) => `Reconnecting in ${seconds} s.`,
    retryNow: 'Reconnect now',
    hint: 'If this message stays, Lobule may have stopped. Start it again, close this tab, and open the address that Lobule prints.',
    refused:
      'Lobule was started again, so this tab has no access any more. Everything you saved is safe. Close this tab and open the address that Lobule printed.',
    refusedTitle: 'This tab has no access to Lobule',
    refusedFirst:
      'Close this tab and open the address that Lobule printed when it started. An address works once, and only in the browser that opens it.',
  },
  notice: {
    title: 'Before you start',
    points: [
      'Lobule suggests a class for each image. The reader decides.',
      'The suggestions are not validated for clinical use and must not be used for patient care.',
      'Your images, labels and models stay on this computer.',
    ],
    accept: 'I understand',
  },
} as const
