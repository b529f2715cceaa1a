import { readFileSync } from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { Booster, Dataset, type PredictionKind } from '../../electron/engine/boosting/index.ts'
import { makeData, smallParameters } from './golden-data.ts'

/** The full number, for a release: LOBULE_FUZZ_MUTATIONS=10000. */
const mutations = Number(process.env['LOBULE_FUZZ_MUTATIONS'] ?? 2000)

const references = path.resolve(import.meta.dirname, '..', 'references', 'boosting')
const golden = (name: string) =>
  gunzipSync(readFileSync(path.join(references, `${name}.txt.gz`))).toString('ascii')
const texts: Record<'small' | 'binary' | 'categories', string> = {
  small: '',
  binary: golden('binary'),
  categories: golden('categories'),
}

beforeAll(async () => {
  const data = makeData(31, 300, 6)
  using dataset = await Dataset.fromMatrix(data.matrix, { ...data, parameters: smallParameters })
  using booster = await Booster.train(dataset, {}, { rounds: 3 })
  texts.small = await booster.toModelText()
})

/** The result for the text; an accepted text must also survive every use of its booster. */
async function outcome(text: string): Promise<string> {
  try {
    using booster = await Booster.fromModelText(text)
    const rows = 3
    const hostile = [0, 1, -1, 1e30, -1e30, Infinity, -Infinity, Number.NaN, 2 ** 31, 39]
    const matrix = Float64Array.from({ length: rows * booster.columns }, (_, i) => hostile[i % 10] ?? 0)
    for (const kind of ['probability', 'raw', 'leaf', 'contribution'] satisfies PredictionKind[]) {
      await booster.predict(matrix, { rows, kind })
    }
    await booster.featureImportance('gain')
    await Booster.fromModelText(await booster.toModelText()).then((again) => again.close())
    return 'accepted'
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : `unexpected ${String(error)}`
  }
}

/** A small generator, so that a failure can be repeated: the index of the mutation is its seed. */
function chooser(seed: number) {
  let state = Math.imul(seed, 2654435761) >>> 0
  return (below: number) => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 374761393) >>> 0
    return (state >>> 8) % below
  }
}

const numbers = [
  '0',
  '-1',
  '1',
  '2147483647',
  '-2147483648',
  '4294967296',
  '1e308',
  '1e999',
  'nan',
  '-inf',
  '',
  '7',
]

function mutate(text: string, seed: number): string {
  const choose = chooser(seed)
  const at = choose(text.length)
  const length = 1 + choose(choose(4) === 0 ? 2000 : 8)
  const lines = text.split('\n')
  const line = choose(lines.length)
  const other = choose(lines.length)
  switch (choose(8)) {
    case 0:
      return text.slice(0, at) + text.slice(at + length)
    case 1:
      return text.slice(0, at) + String.fromCharCode(choose(128)) + text.slice(at + 1)
    case 2:
      return text.slice(0, at) + text.slice(at, at + length) + text.slice(at)
    case 3:
      return lines.filter((_, i) => i !== line).join('\n')
    case 4:
      return lines.map((value, i) => (i === line ? (lines[other] ?? '') : value)).join('\n')
    case 5: {
      const value = numbers[choose(numbers.length)] ?? ''
      const words = (lines[line] ?? '').split(/(?<=[= ])/)
      words[choose(words.length)] = value + (choose(2) ? ' ' : '')
      return lines.map((old, i) => (i === line ? words.join('') : old)).join('\n')
    }
    case 6: {
      // Replacing one digit keeps every length, and so passes the coarse checks most often.
      const next = text.slice(at).search(/[0-9]/)
      return next < 0
        ? text.slice(1)
        : text.slice(0, at + next) + String(choose(10)) + text.slice(at + next + 1)
    }
    default:
      return mutate(mutate(text, seed + 1_000_003), seed + 2_000_003)
  }
}

describe('a model text from outside', () => {
  test.each(['small', 'binary', 'categories'] as const)('is read where it is whole: %s', async (name) => {
    expect(await outcome(texts[name])).toBe('accepted')
  })

  test('is refused wherever it is truncated', async () => {
    const whole = texts.categories
    const end = whole.indexOf('end of parameters\n') + 'end of parameters\n'.length
    // The following is Python's own last line, which LightGBM's own texts do not have.
    const complete = new Set([end, end + 1, whole.length])
    const step = Math.ceil(whole.length / 500)
    for (let length = 0; length < whole.length; length += length > end - 100 ? 1 : step) {
      const expected = complete.has(length) ? 'accepted' : 'boosting.invalid-input'
      expect(await outcome(whole.slice(0, length)), `cut at ${length} of ${whole.length}`).toBe(expected)
    }
  })

  test.each<[string, (text: string) => string]>([
    ['a child beyond the nodes', (text) => text.replace(/left_child=\S+/, 'left_child=99')],
    ['a circle', (text) => text.replace(/left_child=\S+/, 'left_child=0')],
    ['a leaf with two parents', (text) => text.replace(/right_child=(.*)\S+\n/, 'right_child=$1-1\n')],
    ['a feature beyond the columns', (text) => text.replace(/split_feature=\S+/, 'split_feature=6')],
    ['more classes than trees in a round', (text) => text.replace('num_class:4', 'num_class:9999')],
    ['classes that the objective does not know', (text) => text.replace(/^num_class=4/m, 'num_class=2')],
    ['too many leaves', (text) => text.replace(/num_leaves=\d+/, 'num_leaves=131072')],
    ['a negative count', (text) => text.replace(/num_leaves=\d+/, 'num_leaves=-5')],
    ['a leaf of infinity', (text) => text.replace(/leaf_value=\S+/, 'leaf_value=1e309')],
    ['a threshold of NaN', (text) => text.replace(/threshold=\S+/, 'threshold=nan')],
    ['an unknown decision', (text) => text.replace(/decision_type=\S+/, 'decision_type=14')],
    ['a category that is not listed', (text) => text.replace(/decision_type=\S+/, 'decision_type=1')],
    ['a linear tree', (text) => text.replace('is_linear=0', 'is_linear=1')],
    ['an empty objective', (text) => text.replace(/objective=.*/, 'objective=')],
    ['a zero byte', (text) => text.replace('version', '\0version')],
    ['line ends of Windows', (text) => text.replaceAll('\n', '\r\n')],
    ['another format', () => '{"name":"tree"}\n'],
  ])('is refused with %s', async (_name, change) => {
    const changed = change(texts.small)
    // The size of the changed tree is corrected, so that the intended check refuses it.
    const size = changed.indexOf('Tree=1') - changed.indexOf('Tree=0')
    const sound = changed.replace(/tree_sizes=\d+/, `tree_sizes=${size}`)
    expect(sound).not.toBe(texts.small)
    expect(await outcome(sound)).toBe('boosting.invalid-input')
  })

  test('is refused where a tree is deeper than the stack allows', async () => {
    const deep = (leaves: number) => {
      const nodes = Array.from({ length: leaves - 1 }, (_, i) => i)
      const list = (value: (i: number) => number) => nodes.map(value).join(' ')
      const ones = (count: number) => Array.from({ length: count }, () => 1).join(' ')
      const tree = [
        ...['Tree=0', `num_leaves=${leaves}`, 'num_cat=0', `split_feature=${list(() => 0)}`],
        ...[
          `split_gain=${ones(leaves - 1)}`,
          `threshold=${list((i) => i)}`,
          `decision_type=${list(() => 2)}`,
        ],
        ...[
          `left_child=${list((i) => -1 - i)}`,
          `right_child=${list((i) => (i < leaves - 2 ? i + 1 : -leaves))}`,
        ],
        ...[`leaf_value=${ones(leaves)}`, `leaf_weight=${ones(leaves)}`, `leaf_count=${ones(leaves)}`],
        ...[`internal_value=${ones(leaves - 1)}`, `internal_weight=${ones(leaves - 1)}`],
        ...[`internal_count=${ones(leaves - 1)}`, 'is_linear=0', 'shrinkage=1', '', '', ''],
      ].join('\n')
      return [
        ...['tree', 'version=v4', 'num_class=1', 'num_tree_per_iteration=1', 'label_index=0'],
        ...['max_feature_idx=0', 'objective=regression', 'feature_names=x', 'feature_infos=[0:1]'],
        ...[`tree_sizes=${tree.length}`, '', `${tree}end of trees`, '', 'feature_importances:', 'x=1', ''],
        ...['parameters:', '[boosting: gbdt]', '', 'end of parameters', ''],
      ].join('\n')
    }
    expect(await outcome(deep(1001))).toBe('accepted')
    expect(await outcome(deep(1002))).toBe('boosting.invalid-input')
    expect(await outcome(deep(100_000))).toBe('boosting.invalid-input')
  })

  test(`never crashes, in ${mutations} mutations`, { timeout: 600_000 }, async () => {
    const names = ['small', 'binary', 'categories'] as const
    const seen = new Map<string, number>()
    for (let seed = 0; seed < mutations; seed++) {
      const answer = await outcome(mutate(texts[names[seed % 3] ?? 'small'], seed))
      expect(answer, `mutation ${seed}`).toMatch(/^(accepted|boosting\.invalid-input|boosting\.failed)$/)
      seen.set(answer, (seen.get(answer) ?? 0) + 1)
    }
    // Both outcomes occur: a mutation within a number or a parameter cannot be detected.
    expect(seen.get('accepted')).toBeGreaterThan(0)
    expect(seen.get('boosting.invalid-input')).toBeGreaterThan(mutations / 4)
  })
})
