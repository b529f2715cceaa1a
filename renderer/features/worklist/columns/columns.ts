import {
  attentionOf,
  headlineOf,
  worklistColumnIds,
  type WorklistColumnId,
} from '../../../../electron/contract/index.ts'
import { explanationOf } from '../../../../electron/report/explanations.ts'
import { reportWords } from '../../../../electron/report/words.ts'
import { formatSetPoint } from '../../../words/format.ts'
import { strings } from '../../../words/index.ts'
import { faultsOf } from '../../../state/filters.ts'
import { likenessOf, shownSpread } from '../../../state/attention.ts'
import AreasCell from './cells/AreasCell.svelte'
import AttentionCell from './cells/AttentionCell.svelte'
import CaseCell from './cells/CaseCell.svelte'
import FileCell from './cells/FileCell.svelte'
import FlagsCell from './cells/FlagsCell.svelte'
import LabelCell from './cells/LabelCell.svelte'
import LikenessCell from './cells/LikenessCell.svelte'
import ProbabilityCell from './cells/ProbabilityCell.svelte'
import ReadersCell from './cells/ReadersCell.svelte'
import ScoreCell from './cells/ScoreCell.svelte'
import SizeCell from './cells/SizeCell.svelte'
import StateCell from './cells/StateCell.svelte'
import SuggestedCell from './cells/SuggestedCell.svelte'
import type { WorklistColumn } from './column.ts'

const byId: { [Id in WorklistColumnId]: WorklistColumn & { id: Id } } = {
  file: {
    id: 'file',
    title: 'File',
    width: { minRem: 7.75, share: 1.5 },
    sort: { valueOf: ({ fileName }) => fileName, first: 'ascending' },
    cell: FileCell,
  },
  case: {
    id: 'case',
    title: 'Case',
    width: { minRem: 4.5, share: 0.6, leaveOut: 4 },
    sort: { valueOf: ({ caseName }) => caseName ?? undefined, first: 'ascending' },
    cell: CaseCell,
  },
  state: {
    id: 'state',
    title: 'State',
    width: { minRem: 5.5, share: 0.5, leaveOut: 3 },
    sort: { valueOf: (image, { rankOf }) => rankOf(image), first: 'ascending' },
    cell: StateCell,
  },
  label: {
    id: 'label',
    title: 'Label',
    width: { minRem: 7.25, share: 0.7 },
    sort: { valueOf: ({ label }) => label?.className, first: 'ascending' },
    cell: LabelCell,
  },
  readers: {
    id: 'readers',
    title: 'Readers',
    tip: 'Label of each reader',
    width: { minRem: 4, share: 0.3, leaveOut: 6 },
    sort: { valueOf: ({ readings }) => readings.all.length, first: 'descending' },
    cell: ReadersCell,
  },
  suggested: {
    id: 'suggested',
    title: 'Suggested class',
    width: { minRem: 8.5, share: 1 },
    sort: { valueOf: ({ verdict }) => verdict?.suggested, first: 'ascending' },
    cell: SuggestedCell,
  },
  probability: {
    id: 'probability',
    title: 'Probability',
    tip: 'Calibrated probability of the suggested class',
    width: { minRem: 5.75, share: 0.7, leaveOut: 1 },
    // Ascending: the least certain prediction comes first.
    sort: {
      valueOf: ({ verdict }) => (verdict === null ? undefined : headlineOf(verdict).probability),
      first: 'ascending',
    },
    cell: ProbabilityCell,
  },
  score: {
    id: 'score',
    title: 'Score',
    tip: 'Carcinoma score, and its side of the operating point',
    width: { minRem: 6, share: 0.4, leaveOut: 5 },
    sort: { valueOf: ({ verdict }) => verdict?.carcinomaScore ?? undefined, first: 'descending' },
    cell: ScoreCell,
  },
  spread: {
    id: 'spread',
    title: 'Spread',
    tip: 'Standard deviation of the probability over classifiers or over stains, whichever is larger',
    width: { minRem: 4.25, share: 0.3, leaveOut: 9 },
    sort: {
      valueOf: ({ verdict }) => (verdict === null ? undefined : (shownSpread(verdict) ?? undefined)),
      first: 'descending',
    },
    text: ({ verdict }) => {
      const spread = verdict === null ? null : shownSpread(verdict)
      return spread === null ? '' : `± ${reportWords.spread.text(spread, formatSetPoint)}`
    },
    isHiddenByDefault: true,
  },
  likeness: {
    id: 'likeness',
    title: 'Likeness',
    tip: explanationOf('Likeness') ?? strings.likeness.title,
    width: { minRem: 4.75, share: 0.3, leaveOut: 8 },
    // Ascending: the image with the smallest likeness comes first.
    sort: { valueOf: ({ verdict }) => likenessOf(verdict?.details ?? null)?.pValue, first: 'ascending' },
    cell: LikenessCell,
  },
  areas: {
    id: 'areas',
    title: 'Areas',
    tip: 'Share of the tissue at places with a suggested carcinoma class, by the newest analysis of the slide',
    width: { minRem: 8.5, share: 0.4, leaveOut: 7 },
    sort: { valueOf: ({ slide }) => slide?.positiveShare ?? undefined, first: 'descending' },
    cell: AreasCell,
    isHiddenByDefault: true,
  },
  flags: {
    id: 'flags',
    title: 'Flags',
    width: { minRem: 3, share: 0.2, leaveOut: 2 },
    sort: { valueOf: (image) => faultsOf(image).length || undefined, first: 'descending' },
    cell: FlagsCell,
  },
  attention: {
    id: 'attention',
    title: 'Priority',
    tip: strings.worklist.attentionTip,
    width: { minRem: 6.75, share: 0.4, leaveOut: 10 },
    sort: {
      valueOf: (image) => attentionOf(image)?.total,
      first: 'descending',
    },
    cell: AttentionCell,
    isHiddenByDefault: true,
  },
  size: {
    id: 'size',
    title: 'Size',
    width: { minRem: 7.5, share: 0.5, leaveOut: 11 },
    sort: { valueOf: ({ widthPx, heightPx }) => widthPx * heightPx, first: 'descending' },
    cell: SizeCell,
    isHiddenByDefault: true,
  },
}

/** In display order. */
export const columns: readonly WorklistColumn[] = worklistColumnIds.map((id) => byId[id])
