import { loadAddon } from '../native/load-addon.ts'

/** A handle of the addon; only the addon looks inside. */
export type Handle = { readonly __handle: unique symbol } & object

export type Matrix = Float32Array | Float64Array

/** Metric name -> value, such as `multi_logloss`. */
export type Metrics = Readonly<Record<string, number>>

export interface NativeDataset {
  readonly handle: Handle
  readonly rows: number
  readonly columns: number
}

export interface NativeBooster {
  readonly handle: Handle
  readonly rounds: number
  readonly columns: number
  readonly treesPerRound: number
  readonly training: Metrics
  readonly validation: Metrics
}

/** What native/boosting/register.cc exports; its errors carry a `code` of the contract. */
export interface BoostingAddon {
  createDataset(
    matrix: Matrix,
    rows: number,
    columns: number,
    labels: Float32Array,
    weights: Float32Array | undefined,
    parameters: string,
    reference: Handle | undefined,
  ): Promise<NativeDataset>
  subsetDataset(dataset: Handle, rows: Int32Array): Promise<NativeDataset>
  closeDataset(dataset: Handle): void
  /** `onRound` gets the round, counted from 1, and the validation's metrics. */
  train(
    dataset: Handle,
    parameters: string,
    rounds: number,
    labelClasses: number,
    validation: Handle | undefined,
    onRound: ((round: number, validation: Metrics) => void) | undefined,
  ): { readonly promise: Promise<NativeBooster>; readonly cancel: () => void }
  loadBooster(text: string): Promise<NativeBooster>
  predict(
    booster: Handle,
    matrix: Matrix,
    rows: number,
    kind: number,
    startRound: number,
    rounds: number,
    out: Float64Array,
  ): Promise<undefined>
  modelText(booster: Handle): Promise<string>
  featureImportance(booster: Handle, kind: number): Promise<Float64Array>
  closeBooster(booster: Handle): void
  parameterAliases(): string
  /**
   * For tests, of the whole process: which loops search for splits (native/lightgbm/split_kernels.h). False where this
   * build or processor has none of that name. All give the same trees.
   */
  chooseSplitKernels(name: 'fastest' | 'AVX2' | 'basic' | 'none'): boolean
}

/** The boosting part of the addon. Throws `boosting.addon-missing`. */
export const boostingAddon = (): BoostingAddon => (loadAddon() as { boosting: BoostingAddon }).boosting
