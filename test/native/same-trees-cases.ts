import { createHash } from 'node:crypto'
import { Booster, Dataset, type Parameters } from '../../electron/engine/boosting/index.ts'
import { draws } from './golden-data.ts'

/**
 * What the columns hold: `plain` numbers, all different; `missing`, some of them NaN; `steps`, 2 to 300 different
 * values, so that columns have different numbers of bins, of less and of more than a byte's half; `twins`, each column
 * twice, so that gains are equal; `sparse`, mostly zeros; `mixed`, all of these, and columns of one value.
 */
type Kind = 'plain' | 'missing' | 'steps' | 'twins' | 'sparse' | 'mixed'

export interface Case {
  readonly kind: Kind
  readonly rows: number
  readonly columns: number
  readonly rounds: number
  /** Whether rows have weights, 0.001 to 1000. */
  readonly weighted?: boolean
  /** Every n-th row is used (Dataset.subset). */
  readonly every?: number
  readonly parameters: Parameters
}

const fixed = { num_threads: 1, deterministic: true, force_col_wise: true, verbosity: -1, seed: 3 }
const classes = { ...fixed, objective: 'multiclass', num_class: 4 }
/** electron/engine/prediction/booster-parameters.ts, for the recipe `standard`. */
const paper = {
  ...classes,
  num_leaves: 128,
  max_depth: 7,
  feature_fraction: 0.46,
  min_data_in_leaf: 20,
  histogram_pool_size: 512,
}
const size = { rows: 900, columns: 50, rounds: 6 }
const small = { kind: 'plain', ...size, parameters: classes } as const
const mixed = { ...small, kind: 'mixed' } as const
const with_ = (parameters: Parameters): Parameters => ({ ...classes, ...parameters })

/** By name: trainings of all kinds that take a different path through LightGBM's search for splits. */
export const cases: Readonly<Record<string, Case>> = {
  paper: { kind: 'plain', rows: 3000, columns: 150, rounds: 12, parameters: paper },
  'paper, mixed columns': { kind: 'mixed', rows: 2000, columns: 101, rounds: 12, parameters: paper },
  'paper, weighted part': { ...small, rows: 2500, weighted: true, every: 2, parameters: paper },
  plain: small,
  missing: { ...small, kind: 'missing' },
  steps: { ...small, kind: 'steps' },
  twins: { ...small, kind: 'twins' },
  sparse: { ...small, kind: 'sparse' },
  mixed,
  'few rows': { ...small, rows: 45 },
  'one column': { ...small, columns: 1 },
  'leaves of one row': {
    ...mixed,
    parameters: with_({ min_data_in_leaf: 1, min_sum_hessian_in_leaf: 1e-9 }),
  },
  'no least hessian': { ...mixed, parameters: with_({ min_data_in_leaf: 0, min_sum_hessian_in_leaf: 0 }) },
  'a large least hessian': {
    ...mixed,
    weighted: true,
    parameters: with_({ min_data_in_leaf: 1, min_sum_hessian_in_leaf: 900 }),
  },
  'until nothing can be split': {
    ...small,
    rows: 200,
    rounds: 60,
    parameters: with_({ learning_rate: 0.9 }),
  },
  l2: { ...mixed, parameters: with_({ lambda_l2: 3.5 }) },
  l1: { ...mixed, parameters: with_({ lambda_l1: 0.7 }) },
  'least gain': { ...mixed, parameters: with_({ min_gain_to_split: 0.8 }) },
  'largest step': { ...mixed, parameters: with_({ max_delta_step: 0.4 }) },
  smoothed: { ...mixed, parameters: with_({ path_smooth: 2 }) },
  'random thresholds': { ...mixed, parameters: with_({ extra_trees: true }) },
  'columns drawn for each node': { ...mixed, parameters: with_({ feature_fraction_bynode: 0.4 }) },
  'rows drawn': { ...mixed, parameters: with_({ bagging_fraction: 0.4, bagging_freq: 1 }) },
  'rows by gradient': { ...mixed, parameters: with_({ data_sample_strategy: 'goss', learning_rate: 0.5 }) },
  'histograms dropped': { ...mixed, parameters: with_({ histogram_pool_size: 0.3 }) },
  'few bins': { ...mixed, parameters: with_({ max_bin: 9 }) },
  'many bins': { ...mixed, parameters: with_({ max_bin: 700, min_data_in_bin: 1 }) },
  'zero is missing': { ...mixed, parameters: with_({ zero_as_missing: true }) },
  'nothing is missing': { ...mixed, parameters: with_({ use_missing: false }) },
  'no bundles': { ...mixed, parameters: with_({ enable_bundle: false }) },
  'rows side by side': { ...mixed, parameters: with_({ force_col_wise: false, force_row_wise: true }) },
  'whole gradients': { ...mixed, parameters: with_({ use_quantized_grad: true }) },
  'cost of columns': { ...mixed, parameters: with_({ cegb_penalty_split: 0.001 }) },
  'dropped trees': { ...mixed, parameters: with_({ boosting: 'dart' }) },
  'two classes': { ...mixed, parameters: { ...fixed, objective: 'binary' } },
  'two classes, weighted': { ...mixed, weighted: true, parameters: { ...fixed, objective: 'binary' } },
  'one against the rest': { ...mixed, parameters: with_({ objective: 'multiclassova' }) },
  numbers: { ...mixed, parameters: { ...fixed, objective: 'regression' } },
  'numbers, weighted': { ...mixed, weighted: true, parameters: { ...fixed, objective: 'regression' } },
  counts: { ...mixed, parameters: { ...fixed, objective: 'poisson' } },
}

function valueOf(kind: Kind, column: number, draw: number, told: number): number {
  if (kind === 'mixed') {
    const kinds = ['plain', 'missing', 'steps', 'twins', 'sparse'] as const
    const at = column % (kinds.length + 1)
    return at < kinds.length ? valueOf(kinds[at] ?? 'plain', column, draw, told) : 7
  }
  // Of both signs in some columns: LightGBM leaves out the bin of 0, be it the first or another one.
  const value = draw / 2 ** 24 + told - 0.4 * (column % 3)
  if (kind === 'missing' && draw % 11 === 0) return Number.NaN
  if (kind === 'steps') return Math.floor(value * (2 + ((column * 37) % 299)))
  if (kind === 'sparse') return draw % 10 < 9 ? 0 : value
  return value
}

/** The model text of a case, as its SHA-256. */
export async function fingerprintOf(name: string): Promise<string> {
  const chosen = cases[name]
  if (chosen === undefined) throw new Error(`no case ${name}`)
  const { kind, rows, columns, rounds, weighted, every, parameters } = chosen
  const seed = createHash('sha256').update(name).digest().readUInt16LE()
  const objective = String(parameters['objective'])
  const classCount = objective.startsWith('multiclass') ? 4 : objective === 'binary' ? 2 : 12
  const labels = Float32Array.from(draws(seed + 1, rows), (draw) => (draw >> 8) % classCount)
  const values = draws(seed, rows * columns)
  const matrix = Float32Array.from(values, (_, i) => {
    const row = Math.floor(i / columns)
    const column = i % columns
    // Twins are the column before.
    const twin = (kind === 'twins' || (kind === 'mixed' && column % 6 === 3)) && column > 0 ? 1 : 0
    const label = labels[row] ?? 0
    const told = (column - twin) % 5 === 0 ? 0.03 * ((label + column - twin) % classCount) : 0
    return valueOf(kind, column, values[i - twin] ?? 0, told)
  })
  const weights = Float32Array.from(draws(seed + 2, rows), (draw) => 10 ** ((6 * draw) / 2 ** 24 - 3))
  using whole = await Dataset.fromMatrix(matrix, {
    rows,
    columns,
    labels,
    ...(weighted ? { weights } : {}),
    parameters,
  })
  const taken = Array.from({ length: rows }, (_, row) => row).filter((row) => row % (every ?? 1) === 0)
  using dataset = await whole.subset(taken)
  using booster = await Booster.train(dataset, parameters, { rounds })
  return createHash('sha256')
    .update(await booster.toModelText())
    .digest('hex')
}
