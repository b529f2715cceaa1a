import { images } from './counts.ts'

export const batchEndStrings = {
  batchEnd: {
    title: (count: number) => `${images(count)} read`,
    time: (duration: string) =>
      `That was the last image in the list. ${duration} from the first label to the last, without pauses.`,
    byClass: 'Your labels by class',
    unsure: 'Unsure',
    differed: (count: number, of: number) =>
      count === 0
        ? `All ${of} labels with a suggestion agree with it.`
        : `You differed from the suggested class in ${count} of ${of}.`,
    unread: (count: number) =>
      `${images(count)} of the list ${count === 1 ? 'has' : 'have'} no label of yours yet.`,
    next: 'What comes next',
    readThem: (count: number) => `Read ${count === 1 ? 'it' : `these ${count}`}`,
    seeThem: (count: number) => `See the ${count} that ${count === 1 ? 'differs' : 'differ'}`,
    train: 'Train a model…',
    trainAgain: 'Train again…',
    select: 'Select them, for reports',
    toList: 'Back to the list',
  },
} as const
