import {
  researchUseSentence,
  type ClassifierChoice,
  type EncoderComparison,
  type EncoderPair,
  type Handlers,
} from '../../../../electron/contract/index.ts'

interface Known {
  run: (title: string, finish: () => unknown) => { jobId: number }
}

type ComparisonCall = 'model.compareEncoders' | 'model.encoderComparison'

const titles = { resnet50: 'ResNet-50', efficientnetlite0: 'EfficientNet-Lite0' } as const

/** A comparison with made-up figures, in which the untrained encoder does worse. */
export function encoderComparisonHandlers({ run }: Known): Pick<Handlers, ComparisonCall> {
  let comparison: EncoderComparison | null = null
  return {
    'model.compareEncoders': ({ recipe, encoders, classifiers }) =>
      run('Compare encoders', () => {
        const names = (['efficientnetlite0', 'resnet50'] as const).filter(
          (name) => encoders?.includes(name) !== false,
        )
        const pairs = names
          .flatMap((encoder) => classifiers.map((kind) => pairOf(encoder, kind)))
          .toSorted((a, b) => b.accuracy - a.accuracy)
        comparison = {
          recipe,
          changes: { folds: 5 },
          images: 24,
          cases: 8,
          groupedBy: 'case',
          folds: 5,
          pairs: pairs.map((pair, place) => (place === 0 ? { ...pair, toBest: null } : pair)),
          leftOut: [],
          failed: [],
          warnings: [],
          researchUse: researchUseSentence,
        }
        return comparison
      }),
    'model.encoderComparison': () =>
      comparison === null ? null : { at: '2026-11-30T09:00:00.000Z', comparison },
  }
}

function pairOf(encoder: keyof typeof titles, classifier: ClassifierChoice): EncoderPair {
  const isBest = encoder === 'efficientnetlite0'
  const place = ['both', 'logistic', 'lightgbm'].indexOf(classifier)
  const accuracy = (isBest ? 0.875 : 0.5) - 0.04 * place
  return {
    encoder,
    title: titles[encoder],
    classifier,
    weights: isBest ? 'official' : 'untrained',
    licence: isBest ? 'Apache-2.0' : 'MIT',
    accuracy,
    accuracyInterval: { low: accuracy - 0.1, high: accuracy + 0.08 },
    auc: accuracy + 0.05,
    aucInterval: { low: accuracy - 0.05, high: accuracy + 0.1 },
    aucByCase: accuracy,
    isBetterThanGuessing: isBest,
    encodingMs: isBest ? 310 : 940,
    trainingMs: 1900,
    toBest: {
      comparison: {
        first: 'EfficientNet-Lite0, both classifiers',
        second: titles[encoder],
        images: 24,
        onlyInFirst: 0,
        onlyInSecond: 0,
        relabelled: 0,
        bothRight: 12,
        onlyFirstRight: 9,
        onlySecondRight: 0,
        bothWrong: 3,
        difference: {
          value: accuracy - 0.875,
          low: accuracy - 1,
          high: isBest ? 0.05 : accuracy - 0.8,
          cases: 8,
        },
        pValue: 0.004,
        flips: [],
      },
      adjustedPValue: isBest ? 0.61 : 0.016,
    },
  }
}
