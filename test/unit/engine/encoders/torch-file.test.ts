import { readFileSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { hasCode } from '../../../../electron/contract/index.ts'
import { readPickle } from '../../../../electron/engine/encoders/pickle.ts'
import { readTorchLayout, readTorchWeights } from '../../../../electron/engine/encoders/torch-file.ts'
import { untrainedWeights } from '../../../../electron/engine/encoders/untrained-weights.ts'
import { weightOf, weightSpecifications } from '../../../../electron/engine/encoders/weights.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'
import { expectRefusal, temporaryFolder } from './helpers.ts'
import { tinyMobileNetwork } from './made-up-network.ts'
import { torchFile, writeTorchFile, type WrittenTensor } from './torch-writer.ts'

const network = tinyMobileNetwork()
const weights = untrainedWeights(network)
const torchNames = {
  kernel: 'weight',
  bias: 'bias',
  gamma: 'weight',
  beta: 'bias',
  moving_mean: 'running_mean',
  moving_variance: 'running_var',
} as const

/**
 * The network's weights as PyTorch's converters leave them: kernels are views of the values in the order rows, columns,
 * inputs, outputs, so they have strides that are not those of their shape.
 */
function tensorsOf(): WrittenTensor[] {
  return weightSpecifications(network).map(({ key, layer, weight, shape }, index): WrittenTensor => {
    const name = `${layer}.${torchNames[weight]}`
    const storage = { key: String(1000 + index), values: weightOf(weights, key) }
    if (weight !== 'kernel') return { name, shape, strides: [1], storage }
    const [rows = 0, columns = 0, inputs = 0, outputs = 0] = shape
    const strides = [1, outputs, columns * inputs * outputs, inputs * outputs]
    return { name, shape: [outputs, inputs, rows, columns], strides, storage }
  })
}

const counter: WrittenTensor = {
  name: 'stem_bn.num_batches_tracked',
  shape: [],
  strides: [],
  storage: { key: 'count', values: BigInt64Array.of(7n) },
}

async function fileOf(tensors: readonly WrittenTensor[]): Promise<string> {
  const path = join(await temporaryFolder(), 'weights.pth')
  await writeTorchFile(path, tensors)
  return path
}

describe('a file as PyTorch 1.5 writes it', () => {
  test('gives the weights to the bit, through the strides of its tensors', async () => {
    const path = await fileOf([...tensorsOf(), counter])
    expect(await readTorchWeights(path, network)).toEqual(weights)
    expect(await readTorchLayout(path)).toContain('stem.weight 8x3x3x3')
  })

  test('a tensor can begin within a storage that others share', async () => {
    const values = Float32Array.from({ length: 32 }, (_, index) => index)
    const shared = tensorsOf().map((one) =>
      one.name.startsWith('stem_bn.')
        ? {
            ...one,
            offset: 8 * ['weight', 'bias', 'running_mean', 'running_var'].indexOf(one.name.slice(8)),
            storage: { key: 'shared', values },
          }
        : one,
    )
    const found = await readTorchWeights(await fileOf(shared), network)
    expect(found.get('stem_bn/beta')).toEqual(values.subarray(8, 16))
    expect(found.get('stem_bn/moving_variance')).toEqual(values.subarray(24, 32))
  })
})

describe('is refused with a reason', () => {
  const changed = (name: string, change: Partial<WrittenTensor>): WrittenTensor[] =>
    tensorsOf().map((one) => (one.name === name ? { ...one, ...change } : one))
  const bias = (values: Float32Array | BigInt64Array) => ({ storage: { key: 'new', values } })

  test.each<[string, WrittenTensor[], RegExp]>([
    [
      'another shape',
      changed('c.weight', { shape: [8, 8, 2, 1] }),
      /c\.weight has 8 x 8 x 2 x 1 values instead of 8 x 8 x 1 x 1/,
    ],
    [
      'a missing tensor',
      tensorsOf().filter(({ name }) => name !== 'c_bn.bias'),
      /tensor c_bn\.bias \(8 values\) is missing/,
    ],
    [
      'a tensor too many',
      [...tensorsOf(), { ...counter, name: 'd.weight' }],
      /tensor d\.weight is not part of the network/,
    ],
    [
      'a view that reaches beyond its values',
      changed('c_bn.bias', { offset: 1 }),
      /c_bn\.bias is not a view of float32 values/,
    ],
    [
      'strides that reach beyond',
      changed('stem.weight', { strides: [1, 8, 72, 25] }),
      /stem\.weight is not a view/,
    ],
    [
      'a negative offset',
      changed('c_bn.bias', { offset: -1 }),
      /not described by a storage, an offset, a shape and strides/,
    ],
    [
      'integers',
      changed('c_bn.bias', bias(new BigInt64Array(8))),
      /c_bn\.bias is not a view of float32 values/,
    ],
    [
      'values that are not numbers',
      changed('c_bn.bias', bias(new Float32Array(8).fill(NaN))),
      /c_bn\.bias has values that are not numbers/,
    ],
  ])('%s', async (_what, tensors, sentence) => {
    const path = await fileOf(tensors)
    await expectRefusal(() => readTorchWeights(path, network), 'encoder.invalid-file', sentence)
  })

  test('cut off, continued, not such a file, not there', async () => {
    const folder = await temporaryFolder()
    const whole = torchFile(tensorsOf())
    const read = (file: string) => () => readTorchWeights(join(folder, file), network)
    await writeFile(join(folder, 'cut.pth'), whole.subarray(0, -1))
    await writeFile(join(folder, 'long.pth'), Buffer.concat([whole, Buffer.of(0)]))
    await writeFile(join(folder, 'zip.pth'), 'PK')
    await expectRefusal(read('cut.pth'), 'encoder.invalid-file', /it ends too early/)
    await expectRefusal(read('long.pth'), 'encoder.invalid-file', /continues after its last values/)
    await expectRefusal(read('zip.pth'), 'encoder.invalid-file', /not a file of PyTorch in its older format/)
    await expectRefusal(read('none.pth'), 'path.not-found', /does not exist/)
  })

  /** A pickle that calls a function of Python, as an attacker would write it into a weight file. */
  test.each([
    ['a function by name', 'cposix\nsystem\n(X\x04\0\0\0truetR.', /names "posix system"/],
    ['a long name', `c${'m'.repeat(100)}\nsystem\n.`, /a name that weights do not need/],
    ['a function from the stack', 'X\x05\0\0\0posixX\x06\0\0\0system\x93.', /opcode 147/],
    [
      'a dictionary with content',
      'ccollections\nOrderedDict\n(X\x01\0\0\0aX\x01\0\0\0btR.',
      /in another way than weights need/,
    ],
    ['a text as a function', 'X\x01\0\0\0a)R.', /calls a value/],
    ['attributes', '}}X\x01\0\0\0aNsb.', /sets the attributes/],
    ['an object', '(i__main__\nA\n.', /opcode 105/],
    ['an extension', '\x82\x01.', /opcode 130/],
    ['nothing on the stack', '.', /takes a value that is not there/],
    ['a mark that is missing', 't.', /from a mark that is not there/],
    ['a memo that is missing', 'h\x05.', /reads value 5/],
    ['a text without an end', 'X\xff\xff\xff\xff', /ends too early/],
    ['endless', 'N'.repeat(1_000_001), /more than 1000000 operations/],
  ])('%s in the pickle', (_what, body, sentence) => {
    const bytes = Buffer.from(`\x80\x02${body}`, 'latin1')
    expect(() => readPickle(bytes, 0)).toThrow(sentence)
  })
})

/** By hand with more: LOBULE_MUTATIONS=100000. */
const mutations = Number(process.env['LOBULE_MUTATIONS'] ?? 5000)

it(`${mutations} damaged files are read, or refused as invalid: never an unexpected error`, async () => {
  const folder = await temporaryFolder()
  const path = join(folder, 'sound.pth')
  await writeTorchFile(path, [...tensorsOf(), counter])
  const sound = readFileSync(path)
  // The values are most of the file, and any are as good as others: damage meets the pickles before them.
  const pickles = sound.lastIndexOf('count')
  const random = keyedGenerator('damaged PyTorch weights')
  const reasons = new Set<string>()
  let refused = 0
  for (let round = 0; round < mutations; round++) {
    let bytes = Buffer.from(sound)
    for (let k = random.nextInteger(3); k >= 0; k--) {
      const at = random.nextInteger(pickles)
      const kind = random.nextInteger(4)
      if (kind === 0) bytes[at] = random.nextInteger(256)
      else if (kind === 1) bytes[at] = (bytes[at] ?? 0) ^ (1 << random.nextInteger(8))
      else if (kind === 2)
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.nextInteger(9))])
      else bytes = Buffer.concat([bytes.subarray(0, at), sound.subarray(at - 40, at), bytes.subarray(at)])
    }
    writeFileSync(path, bytes)
    await readTorchWeights(path, network).catch((error: unknown) => {
      refused++
      expect(error, `round ${round}`).toSatisfy((thrown) => hasCode(thrown, 'encoder.invalid-file'))
      reasons.add(String(error instanceof Error ? error.message : error).replaceAll(/[0-9]+/g, '#'))
    })
  }
  expect(refused).toBeGreaterThan(mutations / 2)
  expect(reasons.size).toBeGreaterThan(15)
})
