import { canonicalJson } from '../../base/canonical-json.ts'
import { sha256 } from '../../base/sha256.ts'
import {
  thresholdAlgorithm,
  type ImageView,
  type SlideAnalysis,
  type SlideSuggestion,
  type SlideThreshold,
} from '../../contract/index.ts'
import type { Readable, Writable } from '../database.ts'
import { appendEvent } from './audit.ts'
import { caseSeenBy, type PredictedSlide } from './case-seen.ts'
import { modelObject } from './model-reports.ts'
import { readModelName } from './models.ts'
import { prepared } from './prepared.ts'

/** A case that a threshold was learned on. */
export interface ThresholdCase {
  readonly caseName: string
  /** That all other cases give. */
  readonly threshold: number
  readonly slides: readonly {
    /** Of the image, and of the map of its analysis. */
    readonly sha256: string
    readonly mapSha256: string
    readonly share: number
    readonly isPositive: boolean
  }[]
}

/** In the order of the names; their slides in the order of the hashes. Empty: the threshold came with its model. */
interface LearnedFrom {
  readonly caseList: readonly ThresholdCase[]
}

/** As it is stored. */
export type StoredSlideThreshold = SlideThreshold & LearnedFrom

export type NewSlideThreshold = Omit<StoredSlideThreshold, 'id' | 'modelName' | 'at' | 'inputsSha256'>

/** Records a threshold that was learned on slides, with its event in the audit trail. */
export const insertSlideThreshold = (
  database: Writable,
  modelId: number,
  learned: NewSlideThreshold,
): SlideThreshold =>
  insertContent(database, modelId, {
    ...learned,
    inputsSha256: sha256(canonicalJson(learned.caseList.map(({ caseName, slides }) => [caseName, slides]))),
  })

/** Records the threshold that a model had in the package that it came in. */
export const insertPackagedThreshold = (
  database: Writable,
  modelId: number,
  { id: _id, at: _at, modelName: _name, ...learned }: SlideThreshold,
): SlideThreshold => insertContent(database, modelId, { ...learned, caseList: [] })

function insertContent(
  database: Writable,
  modelId: number,
  content: Omit<StoredSlideThreshold, 'id' | 'modelName' | 'at'>,
): SlideThreshold {
  const { threshold, slides, cases, outOfFold, inputsSha256 } = content
  return database.transaction(() => {
    const at = new Date().toISOString()
    const before = newestSlideThreshold(database, modelId)?.threshold ?? null
    const { lastInsertRowid } = database
      .prepare('INSERT INTO slide_thresholds (model_id, threshold, content, at) VALUES (?, ?, ?, ?)')
      .run(modelId, threshold, JSON.stringify(content), at)
    const id = Number(lastInsertRowid)
    appendEvent(database, {
      kind: 'slide-threshold',
      at,
      object: modelObject(database, modelId),
      before: before === null ? null : { threshold: before },
      after: { threshold, slides, cases, outOfFold, inputsSha256, slideThreshold: id },
      rows: { slide_thresholds: [id] },
    })
    const { caseList: _, ...figures } = content
    return { ...figures, id, modelName: readModelName(database, modelId) ?? '', at }
  })()
}

/** The threshold of a model that was learned last; null: none was. */
export function newestSlideThreshold(database: Readable, modelId: number): StoredSlideThreshold | null {
  const row = prepared<[number], { id: number; content: string; at: string }>(
    database,
    'SELECT id, content, at FROM slide_thresholds WHERE model_id = ? ORDER BY id DESC LIMIT 1',
  ).get(modelId)
  if (row === undefined) return null
  const content = JSON.parse(row.content) as Omit<StoredSlideThreshold, 'id' | 'at' | 'modelName'>
  return { ...content, id: row.id, modelName: readModelName(database, modelId) ?? '', at: row.at }
}

/** The same, without the slides that it was learned on. */
export function readSlideThreshold(database: Readable, modelId: number): SlideThreshold | null {
  const newest = newestSlideThreshold(database, modelId)
  if (newest === null) return null
  const { caseList: _, ...learned } = newest
  return learned
}

/** Suggests classes of slides as a whole; each model's threshold is read once. */
export class SlideSuggestions {
  readonly #database: Readable
  readonly #thresholds = new Map<number, StoredSlideThreshold | null>()

  constructor(database: Readable) {
    this.#database = database
  }

  /**
   * A slide that the threshold was learned on, or another one of its case, is judged by the threshold that the other cases give,
   * unless the threshold came with its model: then its cases are not known here.
   * @param analysis its share is that of the analysed tissue at places with a suggested class that counts as carcinoma; null: unknown
   * @returns null without a threshold or a share
   */
  of(
    slide: PredictedSlide & Pick<ImageView, 'sha256'>,
    modelId: number,
    { share, algorithm }: Pick<SlideAnalysis, 'algorithm'> & { share: number | null },
  ): SlideSuggestion | null {
    const found = this.#thresholdOf(modelId)
    if (found === null || share === null) return null
    const { caseList, ...learned } = found
    const held = caseList.find(
      ({ caseName, slides }) =>
        caseName === slide.caseName || slides.some(({ sha256: own }) => own === slide.sha256),
    )
    const threshold = held?.threshold ?? learned.threshold
    // Unknown is not the same: versions that recorded none counted in more than one way.
    const isSameAlgorithm = algorithm !== null && thresholdAlgorithm(learned) === algorithm
    const whyNone = caseSeenBy(this.#database, modelId, slide)
      ? 'case-seen'
      : isSameAlgorithm
        ? null
        : 'other-algorithm'
    return {
      isPositive: whyNone === null ? share >= threshold : null,
      whyNone,
      share,
      threshold,
      isOutOfFold: held !== undefined,
      isPackaged: caseList.length === 0,
      learned,
    }
  }

  #thresholdOf(modelId: number): StoredSlideThreshold | null {
    const known = this.#thresholds.get(modelId)
    if (known !== undefined) return known
    const found = newestSlideThreshold(this.#database, modelId)
    this.#thresholds.set(modelId, found)
    return found
  }
}
