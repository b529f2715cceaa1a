import type {
  AccuracyInUse,
  AgreementReport,
  LabelSource,
  LeakReport,
  ModelReport,
  Promotion,
  QualityFlag,
  ReaderStudy,
  Subgroups,
  TestSetView,
} from '../../contract/index.ts'

/** What a workspace knows about a model and its data, for checklists and model cards. */
export interface EvidenceRecord {
  report: ModelReport
  inUse: AccuracyInUse
  /** By each column with more than one value. */
  subgroups: readonly Subgroups[]
  study: ReaderStudy
  /** Of independent labels. */
  agreement: AgreementReport
  publicSets: LeakReport['publicSets']
  testSets: readonly TestSetView[]
  /** Of this model, oldest first, also withdrawn ones. */
  promotions: readonly Promotion[]
  /** The newest choice of the operating point; null: never changed. */
  pointChosen: { at: string; reader: string | null; reason: string | null } | null
  imports: {
    count: number
    imported: number
    duplicates: number
    refused: number

    first: string | null
    last: string | null
  }
  images: {
    all: number
    labelled: number
    disputed: number
    /** No reader chose a class. */
    unlabelled: number
    adjudicated: number
    locked: number
    synthetic: number
    /** Training images of the model that the workspace has. */
    ofTraining: number
    withoutCase: number
    withoutPixelSize: number
    /** Of the label that counts. */
    bySource: Record<LabelSource, number>
    /** Of the newest predictions; `checked` images have one. */
    checked: number
    flags: readonly { code: QualityFlag['code']; images: number }[]
    formats: readonly string[]
    pixelSizes: { low: number; high: number } | null
    /** In pixels, such as `2048 x 1536`, the most frequent first. */
    sizes: readonly string[]
  }
}
