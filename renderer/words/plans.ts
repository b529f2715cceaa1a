import type {
  PlanImages,
  PlanKind,
  PlanShardsReport,
  PlanSlidesReport,
  PlanTrainingReport,
} from '../../electron/contract/index.ts'
import { classifiers, images, slides, trainingFields } from './counts.ts'
import { formatBytes, formatCount } from './format.ts'

const leftOut = ({ length }: readonly unknown[], why: string): string =>
  length === 0 ? '' : `; ${formatCount(length)} left out, ${why}`

/** Plans for several computers (docs/more-machines.md). */
export const plansStrings = {
  plans: {
    title: 'Plan for several computers',
    make: 'Make a plan…',
    what: 'Shared work',
    kinds: {
      encode: { label: 'Encoding', hint: 'Each computer encodes a part of the images.' },
      train: {
        label: 'Training of the classifiers',
        hint: 'Each computer trains a part of them. Images that are not encoded yet are encoded here first.',
      },
      slides: { label: 'Slides', hint: 'Each computer analyses a part of the slides.' },
    } satisfies Record<PlanKind, { label: string; hint: string }>,
    descriptions: {
      encode:
        'Each computer encodes a part of the images. The plan has content hashes, and no names of cases, readers and labels; names of files only in paths.',
      train:
        'Each computer trains a part of the classifiers. The plan has descriptors and the numbers of classes, and no images and no names.',
      slides:
        'Each computer analyses a part of the slides. The plan has the model’s classifiers and content hashes, and no names of classes, cases and readers; names of files only in paths.',
    } satisfies Record<PlanKind, string>,
    action: 'Write the plan',
    writing: 'Writing…',
    folderHint: 'One that all computers can read. The plan gets a new folder in it.',
    images: 'Images',
    choices: [
      { value: 'copy', label: 'Copy them', hint: 'Into the plan, named by content hash.' },
      { value: 'link', label: 'Link them', hint: 'On the same disk without a copy, otherwise copied.' },
      {
        value: 'paths',
        label: 'Write their paths',
        hint: 'The plan has them then; they must be the same on all computers.',
      },
    ] satisfies { value: PlanImages; label: string; hint: string }[],
    encode: ({ images: count, encoded, bytes, failed, directory }: PlanShardsReport) =>
      `${directory}: ${images(count)} (${formatBytes(bytes)}); ${formatCount(encoded)} encoded already${leftOut(failed, 'as their files are missing')}.`,
    train: ({ classifiers: count, fields, failed, directory }: PlanTrainingReport) =>
      `${directory}: ${classifiers(count)} on ${trainingFields(fields)}${leftOut(failed, 'as they could not be encoded')}.`,
    slides: ({ slides: count, unit, bytes, failed, directory }: PlanSlidesReport) =>
      `${directory}: ${slides(count)} (${formatBytes(bytes)}); each computer gets ${unit === 'block' ? 'blocks of each slide' : 'whole slides'}${leftOut(failed, 'as their files or pixel sizes are missing')}.`,
    onEach: 'On each computer, with its number N from 0 and their number COUNT:',
    atLast: 'When all have finished, on this one:',
    then: {
      encode: 'Then train as usual: the training finds what was encoded.',
      train: 'Then train with the same settings: the training finds the classifiers.',
      slides:
        'Then analyse the same slides with the same settings: the analysis finds what was computed, and makes the maps.',
    } satisfies Record<PlanKind, string>,
    copy: 'Copy',
    copied: 'Command copied to the clipboard.',
  },
  slidesEstimate: {
    action: 'Estimate the time',
    working: 'Estimating…',
    hint: 'Opens up to five of the slides, for some seconds each.',
    hintMeasuring:
      'Opens up to five of the slides, for some seconds each, and measures the encoders’ speeds.',
    about: (duration: string, places: number, opened: number, all: number) =>
      `About ${duration} on this computer: ${formatCount(Math.round(places))} places${opened === all ? '' : `, as ${formatCount(opened)} of the slides have`}. Doubtful places, predicted again, are not counted.`,
    long: (duration: string) =>
      `This takes about ${duration} on this computer alone. Several computers can share it: make a plan for them.`,
    unknown: 'The speed of an encoder could not be measured: Settings, Back-ends, says why.',
  },
} as const
