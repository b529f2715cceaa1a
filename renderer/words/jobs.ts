import type { JobView, Progress } from '../../electron/contract/index.ts'
import { formatCount, formatNumber } from './format.ts'
import { images, slides } from './counts.ts'

export const jobsStrings = {
  jobs: {
    title: 'Jobs',
    none: 'No job has run in this workspace yet.',
    running: 'Running and finished jobs',
    others: (count: number, failed: number) => {
      if (failed === count)
        return failed === 1 ? '1 more job failed' : `${formatCount(failed)} more jobs failed`
      const more = count === 1 ? '1 more job' : `${formatCount(count)} more jobs`
      return failed === 0 ? more : `${more}, ${formatCount(failed)} failed`
    },
    kinds: {
      demo: 'Synthetic tissue',
      import: 'Import',
      'try-import': 'Import check',
      encoders: 'Encoders',
      backends: 'Back-ends',
      train: 'Training',
      classify: 'Classification',
      encode: 'Encoding',
      describe: 'Descriptors of one image',
      explain: 'Heat map',
      'analyse-slides': 'Analysis of slides',
      relink: 'Search for moved files',
      check: 'Workspace check',
      'export-model': 'Model export',
      'import-model': 'Model import',
      'import-descriptors': 'Descriptor import',
      'plan-shards': 'Plan for other machines',
      'plan-training': 'Training plan for other machines',
      'plan-slides': 'Slide plan for other machines',
      'collect-shards': 'Parts from other machines',
      'open-test-set': 'Opening of a test set',
      'learning-curve': 'Learning curve',
      'compare-encoders': 'Comparison of encoders',
      backup: 'Backup',
      'verify-backup': 'Backup check',
      restore: 'Restore',
      'hand-over': 'Handover to a reader',
      leaks: 'Search for leaks',
    } satisfies Record<JobView['kind'], string>,
    states: {
      queued: 'Queued',
      running: 'Running',
      pausing: 'Pausing…',
      paused: 'Paused',
      cancelling: 'Cancelling…',
      cancelled: 'Cancelled',
      interrupted: 'Interrupted',
      failed: 'Failed',
      done: 'Done',
    } satisfies Record<JobView['state'], string>,
    stage: ({ stage, done, total, unit, perSecond }: Progress) => {
      const rate =
        perSecond === undefined ? '' : `, ${formatNumber(Number(perSecond.toPrecision(2)))} a second`
      return total > 0
        ? `${stage}: ${formatCount(Math.floor(done))} of ${formatCount(total)} ${unit}${rate}`
        : stage
    },
    eta: (duration: string) => `about ${duration} left`,
    /** `share`: the finished part, e.g. "34%". */
    stopped: (state: string, share: string | null) =>
      share === null ? `${state}. Finished work is kept.` : `${state} at ${share}. Finished work is kept.`,
    cancel: (title: string) => `Cancel ${title}`,
    pause: (title: string) => `Pause ${title}`,
    pauseShort: 'Pause',
    resume: (title: string) => `Resume ${title}`,
    resumeShort: 'Resume',
    retry: (title: string) => `Retry failures: ${title}`,
    retryShort: 'Retry failures',
    giveUp: (title: string) => `Discard ${title}`,
    giveUpShort: 'Discard',
    dismiss: (title: string) => `Dismiss ${title}`,
    progress: (title: string) => `Progress of ${title}`,
    demoDone: (count: number) => `${images(count)} generated`,
    importDone: (
      {
        imported,
        present,
        removed,
        contradicting,
      }: Record<'imported' | 'present' | 'removed' | 'contradicting', number>,
      failed: number,
      rows: number,
    ) =>
      [
        `${images(imported)} imported`,
        ...(present > 0 ? [`${formatCount(present)} already imported`] : []),
        ...(removed > 0 ? [`${formatCount(removed)} removed earlier and left out`] : []),
        ...(contradicting > 0 ? [`${formatCount(contradicting)} with a contradiction`] : []),
        ...(failed > 0 ? [`${formatCount(failed)} failed`] : []),
        ...(rows > 0 ? [`${formatCount(rows)} table ${rows === 1 ? 'row' : 'rows'} skipped`] : []),
      ].join(', '),
    importTried: (summary: string) => `Nothing was changed. The import would give: ${summary}`,
    backendDone: (title: string, action: 'installed' | 'removed', note: string | null) =>
      `${title} ${action}${note === null ? '' : `: ${note}`}`,
    encodersRemoved: (names: readonly string[]) => `${names.join(', ')} removed`,
    encodersDone: (
      installed: readonly string[],
      unofficial: readonly string[],
      refused: readonly string[],
    ) => {
      const [first] = refused
      if (installed.length === 0)
        return first === undefined
          ? 'Nothing installed: there is no weight file'
          : `Nothing installed. ${first}`
      return [
        `${installed.join(', ')} installed`,
        ...(unofficial.length > 0 ? [`unofficial weights: ${unofficial.join(', ')}`] : []),
        ...(refused.length > 0 ? [`${formatCount(refused.length)} not installed`] : []),
      ].join('; ')
    },
    encodeDone: (count: number, failed: number, notes: readonly string[] = []) =>
      [`${images(count)} encoded${failed > 0 ? `, ${formatCount(failed)} failed` : ''}`, ...notes].join('; '),
    slidesDone: (count: number, failed: number) =>
      `${slides(count)} analysed${failed > 0 ? `, ${formatCount(failed)} failed` : ''}`,
    descriptorsDone: (count: number, failed: number) =>
      count + failed === 0
        ? 'No descriptors imported: none belongs to an image of this workspace'
        : `Descriptors of ${images(count)} imported${failed > 0 ? `, ${formatCount(failed)} failed` : ''}`,
    modelImported: (model: string, warnings: number) =>
      `${model} imported${warnings === 0 ? '' : warnings === 1 ? ', 1 warning' : `, ${formatCount(warnings)} warnings`}`,
    modelExported: (path: string) => `Written to ${path}`,
    trainDone: (accuracy: string, isInUse: boolean | null) =>
      `Out-of-fold accuracy ${accuracy}${isInUse === null ? '' : isInUse ? '; in use' : '; candidate, not in use'}`,
    classifyDone: (classified: number, failed: number, locked: number) =>
      `${images(classified)} classified${failed > 0 ? `, ${formatCount(failed)} failed` : ''}${locked > 0 ? `, ${formatCount(locked)} of locked test sets left out` : ''}`,
    testSetOpened: (testSet: string, number: number, accuracy: string) =>
      `${testSet}, opening ${number}: accuracy ${accuracy}`,
    checkDone: (problems: number) =>
      problems === 0
        ? 'No problems found'
        : problems === 1
          ? '1 problem found'
          : `${formatCount(problems)} problems found`,
    encodersCompared: (count: number) =>
      `${formatCount(count)} compared. "Which encoder?" on the screen Models shows the result.`,
    leaksDone: (count: number) =>
      `${images(count)} compared. "Leaks" on the screen Models shows what was found.`,
    relinkDone: (found: number, missing: number) =>
      found + missing === 0
        ? 'No image was missing'
        : `${found === 0 ? 'No image' : images(found)} found again${missing > 0 ? `, ${formatCount(missing)} still missing` : ''}`,
    took: (duration: string) => `took ${duration}`,
  },
  report: {
    drawn: 'Generated',
    folder: 'Folder',
    importNow: 'Import these images',
    failures: 'Failures',
    moreFailures: (count: number) => `${formatCount(count)} more. "lobule import --json" lists them all.`,
    skipped: 'Left out of training',
    file: 'File',
    reason: 'Reason',
    model: 'Model',
    accuracy: 'Out-of-fold accuracy',
    meanOfFolds: (mean: string, deviation: string) => `Mean over folds ${mean} ± ${deviation}`,
    fold: (index: number) => `Fold ${index}`,
    trainedOn: 'Trained on',
    regions: 'Of them by regions',
    boosters: 'Classifiers',
    weights: 'Encoder weights',
    withoutCase: (count: number) => `${images(count)} had no case; each counted as a separate case.`,
    noReport: 'This job has no report.',
    classifyAll: 'Classify all images',
    openReport: 'Open the report',
    isInUse: 'This model is in use.',
    isCandidate: 'This model is a candidate and not in use. Open its report to decide.',
  },
} as const
