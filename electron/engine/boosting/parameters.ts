import { boostingAddon } from './addon.ts'
import { invalid } from './failure.ts'

type Value = number | boolean | string | readonly (number | string)[]

/** LightGBM's parameters by its own names, or by any of its aliases. */
export type Parameters = Readonly<Record<string, Value>>

/** Parameters by LightGBM's main names, each value as LightGBM reads it. */
export type CheckedParameters = ReadonlyMap<string, string>

const outside = 'it reads or writes files or the network'
const byColumn = 'it addresses single columns'
const atPrediction = 'ask predict for it'
const withFiles = 'it belongs to data in text files'

/** Parameters that LightGBM knows and this addon does not offer, with the reason. */
const refused: Readonly<Record<string, string>> = {
  ...reasons(outside, 'config task data valid input_model output_model output_result snapshot_freq'),
  ...reasons(outside, 'save_binary convert_model convert_model_language machine_list_filename machines'),
  ...reasons(outside, 'num_machines local_listen_port time_out pre_partition parser_config_file'),
  ...reasons(outside, 'forcedsplits_filename forcedbins_filename'),
  ...reasons(withFiles, 'two_round header label_column weight_column group_column ignore_column'),
  ...reasons(byColumn, 'monotone_constraints feature_contri interaction_constraints max_bin_by_feature'),
  ...reasons(byColumn, 'cegb_penalty_feature_lazy cegb_penalty_feature_coupled categorical_feature'),
  ...reasons(atPrediction, 'predict_raw_score predict_leaf_index predict_contrib pred_early_stop'),
  ...reasons(atPrediction, 'pred_early_stop_freq pred_early_stop_margin num_iteration_predict'),
  ...reasons(atPrediction, 'start_iteration_predict predict_disable_shape_check'),
  ...reasons(
    'this build computes on the CPU',
    'device_type gpu_platform_id gpu_device_id gpu_use_dp num_gpu',
  ),
  ...reasons('stop with the signal', 'early_stopping_round first_metric_only early_stopping_min_delta'),
  num_iterations: 'it is the option "rounds"',
  linear_tree: 'trees have constant leaves here',
}

function reasons(reason: string, names: string): Record<string, string> {
  return Object.fromEntries(names.split(' ').map((name) => [name, reason]))
}

/**
 * Objectives and metrics of rankings, with their aliases: they need groups of rows, which are not offered, and
 * LightGBM keeps their tables in variables that all boosters of the process share.
 */
const rankings =
  /^(lambdarank|rank_xendcg|xendcg|xe_ndcg|xe_ndcg_mart|xendcg_mart|ndcg|map|mean_average_precision)$/i

/** More would ask LightGBM for num_class squared numbers before it looks at anything else. */
const maximumClasses = 1000

let mainNames: ReadonlyMap<string, string> | undefined

/** The main name of each parameter of this LightGBM and of each of its aliases. */
function knownNames(): ReadonlyMap<string, string> {
  if (mainNames) return mainNames
  const aliases = JSON.parse(boostingAddon().parameterAliases()) as Record<string, string[]>
  const pairs = Object.entries(aliases).flatMap(([name, others]) =>
    [name, ...others].map((alias) => [alias, name] as const),
  )
  mainNames = new Map(pairs)
  return mainNames
}

/**
 * The parameters, checked and by their main names. LightGBM itself only warns of a name that it does not
 * know; here that is an error, as is a parameter given twice under two names.
 *
 * Throws `boosting.invalid-input`.
 */
export function checkParameters(parameters: Parameters): CheckedParameters {
  const checked = new Map<string, string>()
  for (const [given, value] of Object.entries(parameters)) {
    const name = knownNames().get(given)
    if (name === undefined) throw invalid(`LightGBM has no parameter "${given}"`)
    const reason = refused[name]
    if (reason !== undefined) throw invalid(`the parameter "${given}" is not offered: ${reason}`)
    if (checked.has(name)) throw invalid(`the parameter "${name}" is given twice, also as "${given}"`)
    checked.set(name, textOf(given, value))
  }
  if (Number(checked.get('num_class') ?? 1) > maximumClasses) {
    throw invalid(`${checked.get('num_class') ?? ''} classes asked, at most ${maximumClasses} are offered`)
  }
  const ranking = ['objective', 'metric']
    .flatMap((name) => checked.get(name)?.split(',') ?? [])
    .find((word) => rankings.test(word))
  if (ranking !== undefined) throw invalid(`the ranking "${ranking}" is not offered`)
  return checked
}

function textOf(name: string, value: Value): string {
  const text = Array.isArray(value) ? value.join(',') : String(value)
  const isNumber = typeof value === 'number'
  // LightGBM cuts its parameters at white space and at equal signs.
  if ((isNumber && !Number.isFinite(value)) || !/^[\w.,:+-]+$/.test(text)) {
    throw invalid(`the parameter "${name}" has the value "${text}"`)
  }
  return text
}

/** The form that LightGBM's C API takes. */
export function parameterText(parameters: CheckedParameters): string {
  return [...parameters].map(([name, value]) => `${name}=${value}`).join(' ')
}

/** How many classes the labels must name: 0 where any finite number is a label. */
export function labelClasses(parameters: CheckedParameters): number {
  const objective = parameters.get('objective')?.toLowerCase() ?? 'regression'
  if (objective === 'binary') return 2
  const multiclass = ['multiclass', 'softmax', 'multiclassova', 'multiclass_ova', 'ova', 'ovr']
  return multiclass.includes(objective) ? Number(parameters.get('num_class') ?? 1) : 0
}
