import {
  leftOutSlides,
  minThresholdCases,
  outOfFoldSentence,
  slideAgeSentence,
  slideCaveatBeside,
  slideCaveatOf,
  slideClassName,
  slideEffortSentence,
  slideLikenessSentence,
  suggestionSentence,
  type HeatRange,
  type SlideAnalysis,
  type SlideDraft,
  type SlideFileFormat,
  type SlideThreshold,
  type ThresholdSlides,
} from '../../electron/contract/index.ts'
import {
  formatCount,
  formatNumber,
  formatPercent,
  formatScore,
  formatThreshold,
  formatWholePercent,
} from './format.ts'
import { cases, slides } from './counts.ts'
import { colourRangeStrings } from './heat-map.ts'

const places = (count: number): string => `${formatCount(count)} ${count === 1 ? 'place' : 'places'}`
const times = (count: number): string => `${formatCount(count)} times`
/** An area that was computed from places. */
const area = (mm2: number): string => `${formatNumber(mm2)} mm²`

export const slideMapStrings = {
  slideMap: {
    title: 'Map of the slide',
    toggle: 'Map of the slide: suggested classes place by place',
    noSlide: 'This image is a field, not a slide: it has a heat map, but no map of places.',
    hide: 'Hide the map',
    withheld: 'The map is shown after you have labelled this slide.',
    working: 'Loading the map…',
    none: 'This slide has not been analysed.',
    draft: ({ done, total }: SlideDraft) =>
      `Being analysed: ${formatCount(done)} of ${places(total)} are finished.`,
    draftNote:
      'Large squares are a first, rough look at some places. Areas and places worth a look follow at the end.',
    analyse: 'Analyse slide…',
    again: 'Analyse again…',
    analysis: 'Analysis',
    analysisNote: (date: string, strideUm: number) => `${date}, a place every ${formatNumber(strideUm)} µm`,
    inRegion: 'only in a region',
    outOfFold: 'Uses only classifiers that were not trained on this slide.',
    age: slideAgeSentence,
    caveatBeside: slideCaveatBeside,
    caveat: (learned: SlideThreshold | null) => slideCaveatOf(learned),
    suggestion: ({ suggestion }: SlideAnalysis) =>
      suggestion === null ? null : suggestionSentence(suggestion, formatPercent),
    keyFigure: 'Key figure',
    positiveShare: 'Tissue with a suggested carcinoma class',
    suggestedForSlide: (isPositive: boolean) => `Suggested for the slide: ${slideClassName(isPositive)}`,
    className: slideClassName,
    shown: 'Shown',
    score: 'Carcinoma score',
    probabilityOf: (className: string) => `Probability of ${className}`,
    threshold: 'From',
    thresholdTip: 'Places with a smaller value are not drawn',
    opacity: 'Opacity',
    percent: (share: number) => formatWholePercent(share),
    legend: (shown: string) => `${shown} at each place`,
    ...colourRangeStrings,
    content: ({ low, high }: HeatRange) =>
      `The places are between ${formatWholePercent(low)} and ${formatWholePercent(high)}. Stretched colours are not comparable between slides, except side by side.`,
    effortShown: 'How often each place was predicted',
    effortScale: (most: number) => `Colours from once to ${times(most)}`,
    effortEnds: (most: number) => ['once', times(most)],
    effortNote: 'Only doubtful places are drawn: those that were predicted again.',
    areas: 'Areas by suggested class',
    columns: { className: 'Class', area: 'Area', share: 'Share', largest: 'Largest' },
    largestTip: 'Largest connected region; choose it to see it',
    area,
    share: (share: number) => formatPercent(share),
    noArea: '–',
    ofArea: (mm2: number) => `of ${area(mm2)}`,
    byModel: (model: string) => `Map by ${model}`,
    showLargest: (className: string) => `Show the largest region of ${className}`,
    tissue: ({ summary, tissueSource, places: count }: SlideAnalysis) =>
      `${area(summary.tissueMm2)} of tissue${tissueSource === 'drawn' ? ' that readers drew' : ''}; ${area(summary.analysedMm2)} analysed at ${places(count)}.`,
    effort: ({ effort, places: count }: SlideAnalysis) =>
      effort === null ? null : slideEffortSentence(effort, count),
    score95: (score: number) => `95th percentile of the carcinoma score: ${formatScore(score)}.`,
    above: (threshold: number, count: number, mm2: number) =>
      `At or above the operating point ${formatThreshold(threshold)}: ${places(count)}, ${area(mm2)}.`,
    likeness: slideLikenessSentence,
    worthALook: 'Places worth a look',
    noPlaces: 'No place has enough tissue.',
    placesHint: (next: string, previous: string, keys: string) =>
      `${next} and ${previous} step through them; ${keys} label the square as a region. A training can use labelled places as training fields.`,
    place: (suggested: string, score: number | null) =>
      score === null ? suggested : `${suggested}, score ${formatScore(score)}`,
    placeOf: (number: number, count: number) => `Place ${formatCount(number)} of ${formatCount(count)}`,
    labelled: (className: string) => `Place labelled ${className}.`,
    calibrate: {
      open: 'Threshold for slides…',
      title: 'Threshold for slides',
      text: 'From labelled slides, a model learns what share of the tissue must have a suggested carcinoma class for carcinoma to be suggested for the whole slide.',
      none: 'This model has no threshold for slides: no class of a slide is suggested.',
      learned: ({ threshold, slides: count, cases }: SlideThreshold) =>
        `Carcinoma is suggested from ${formatPercent(threshold)} of the analysed tissue on. Learned on ${slides(count)} of ${formatCount(cases)} cases.`,
      outOfFold: (learned: SlideThreshold) => outOfFoldSentence(learned, formatPercent),
      usable: ({ positive, negative }: ThresholdSlides) =>
        `Usable now: ${slides(positive.slides)} with carcinoma (${cases(positive.cases)}) and ${slides(negative.slides)} without (${cases(negative.cases)}). At least ${minThresholdCases} cases of each are needed. A slide counts if it is labelled, was analysed as a whole by this model, and is of a case that its classifiers did not see.`,
      leftOut: ({ leftOut }: ThresholdSlides) => leftOutSlides(leftOut),
      learn: 'Learn threshold',
      again: 'Learn again',
      done: 'The threshold was learned.',
    },
    export: 'Export…',
    exportTitle: 'Export the analysis',
    exportText: 'The files are named after the slide. A description of the run is always among them.',
    exportAction: 'Export',
    exported: (count: number, folder: string) =>
      `${formatCount(count)} ${count === 1 ? 'file' : 'files'} written to ${folder}.`,
    folder: 'Folder',
    formats: {
      csv: { label: 'Table of places (CSV)', hint: 'With the columns of WSInfer.' },
      tiles: { label: 'Tiles for QuPath (GeoJSON)', hint: 'A tile for each place, with its measurements.' },
      outlines: { label: 'Outlines for QuPath (GeoJSON)', hint: 'Neighbouring places of a class, merged.' },
      grid: { label: 'Grid for NumPy (.npy)', hint: 'Class by row by column, with a JSON of its position.' },
      overlay: { label: 'Picture (PNG)', hint: 'The slide with its map and a legend.' },
    } satisfies Record<Exclude<SlideFileFormat, 'run'>, { label: string; hint: string }>,
    dialog: {
      title: (count: number) => `Analyse ${slides(count)}`,
      text: 'A job suggests a class at each place with tissue. A place is the smallest crop of the model.',
      model: 'Model',
      stride: 'Distance between places',
      preview: { label: 'Preview', hint: '336 µm apart: a first look in a quarter of the time.' },
      default: { label: 'Default', hint: '168 µm apart.' },
      finest: { label: 'Finest', hint: '42 µm apart, only in the selected region.' },
      region: 'Only in the selected region',
      effort: 'Effort',
      efforts: {
        fixed: { label: 'Fixed', hint: 'Each place once.' },
        adaptive: {
          label: 'Adaptive',
          hint: 'Doubtful places again, with augmentations, until they are settled.',
        },
      },
      noModel: 'An analysis needs a model.',
      noSlides: 'None of these images is a slide.',
      start: 'Analyse',
      blind:
        'Slides are not analysed while you read blind: their map would show what you have not decided yet.',
    },
  },
} as const
