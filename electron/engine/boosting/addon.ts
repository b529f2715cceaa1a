import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { AppError } from '../../contract/errors.ts'

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
}

let loaded: BoostingAddon | undefined

/** The addon, loaded at the first call. Throws `boosting.addon-missing`. */
export function boostingAddon(): BoostingAddon {
  if (loaded) return loaded
  const file = findAddon()
  try {
    const native = createRequire(import.meta.url)(file) as { boosting: BoostingAddon }
    loaded = native.boosting
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('boosting.addon-missing', { path: file, reason }, { cause })
  }
  return loaded
}

/**
 * The addon's file: LOBULE_NATIVE_ADDON, else beside the packaged application's resources, else in the
 * nearest folder above that has built it (sources run from electron/, bundles from out/).
 */
function findAddon(): string {
  const named = process.env['LOBULE_NATIVE_ADDON']
  if (named) return path.resolve(named)
  const resources = 'resourcesPath' in process ? String(process.resourcesPath) : undefined
  const packaged = resources === undefined ? undefined : path.join(resources, 'lobule-native.node')
  if (packaged !== undefined && existsSync(packaged)) return packaged
  const built = path.join('native', 'build', 'lobule-native.node')
  for (let folder = import.meta.dirname; ; folder = path.dirname(folder)) {
    const file = path.join(folder, built)
    if (existsSync(file)) return file
    if (folder === path.dirname(folder)) {
      throw new AppError('boosting.addon-missing', { path: built, reason: 'it has not been built' })
    }
  }
}
