import { describe, expect, test } from 'vitest'
import { inKerasOrder, NetworkTable } from '../../../../electron/engine/encoders/architecture.ts'
import { architectures } from '../../../../electron/engine/encoders/architectures.ts'
import { elementsOf, weightSpecifications } from '../../../../electron/engine/encoders/weights.ts'
import { tinyNetwork } from './made-up-network.ts'

describe('network tables', () => {
  // Parameters as tf-keras 2.19 counts them: Model.count_params() of the networks without their tops.
  test.each([
    ['resnet50', 23_587_712, 2048],
    ['inceptionv3', 21_802_784, 2048],
    ['vgg16', 14_714_688, 1408],
  ] as const)('%s has %i parameters and a descriptor of %i', (name, parameters, length) => {
    const specifications = weightSpecifications(architectures[name])
    expect(specifications.reduce((sum, { shape }) => sum + elementsOf(shape), 0)).toBe(parameters)
    expect(architectures[name].descriptorLength).toBe(length)
    expect(new Set(specifications.map(({ key }) => key)).size).toBe(specifications.length)
  })

  test('taps of VGG-16 are the last ReLU of blocks 2 to 5', () => {
    expect(architectures.vgg16.tapChannels).toEqual([128, 256, 512, 512])
  })

  test('layers have the order of Keras: by distance from the output, then in order of traversal', () => {
    const net = new NetworkTable()
    const stem = net.relu('stem', 'image')
    const long = net.relu('long_2', net.relu('long_1', stem))
    const short = net.relu('short', stem)
    net.add('sum', [short, long])
    const order = inKerasOrder({ layers: net.finish(about).layers }).map(({ name }) => name)
    // short and long_2 are both one step from the output; short is its first input.
    expect(order).toEqual(['stem', 'long_1', 'short', 'long_2', 'sum'])
  })

  test('the tiny network of the golden file, as Keras lists it', () => {
    const layers = inKerasOrder(tinyNetwork()).map(({ name }) => name)
    const keras =
      'a_pad a_conv a_bn a_relu pool_pad pool b_conv b_bn sum sum_relu mean c_conv c_relu both'.split(' ')
    expect(layers).toEqual(keras)
  })

  test('a repeated name or a layer from below is a bug', () => {
    const net = new NetworkTable()
    net.relu('a', 'image')
    expect(() => net.relu('a', 'image')).toThrow('layer a exists already')
    expect(() => net.relu('b', 'c')).toThrow('no layer c above')
  })
})

const about = { name: 'made-up', preprocessing: 'symmetric', taps: ['sum'], minimumSizePx: 1 } as const
