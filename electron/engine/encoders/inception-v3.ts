import { imageInput, NetworkTable, type Architecture } from './architecture.ts'

/**
 * The building blocks of Inception-v3. Keras names these layers by order of creation (conv2d, conv2d_1, ...), so the
 * order of the calls below determines their names.
 */
class InceptionTable extends NetworkTable {
  readonly #counts = new Map<string, number>()

  /**
   * A sequence of units: convolution without bias, batch normalisation without scale, ReLU. A unit is written as
   * "channels rows x columns", with "/2" if it halves the map. Units that halve never have padding in this network;
   * `padding` is that of all others.
   */
  chain(input: string, units: readonly string[], padding: 'same' | 'valid' = 'same'): string {
    let x = input
    for (const unit of units) {
      const [, channels, rows, columns, stride] = /^(\d+) (\d)x(\d)(?:\/(\d))?$/.exec(unit) ?? []
      x = this.convolution(this.#numbered('conv2d'), x, Number(channels), [Number(rows), Number(columns)], {
        stride: Number(stride ?? 1),
        padding: stride === undefined ? padding : 'valid',
        bias: false,
      })
      x = this.batchNorm(this.#numbered('batch_normalization'), x, { epsilon: 1e-3, scale: false })
      x = this.relu(this.#numbered('activation'), x)
    }
    return x
  }

  /** 3x3 max pooling that halves the map. */
  halved(input: string): string {
    return this.maxPool(this.#numbered('max_pooling2d'), input, 3, 2)
  }

  /** 3x3 average pooling that keeps the map's size. */
  smoothed(input: string): string {
    return this.averagePool(this.#numbered('average_pooling2d'), input, 3)
  }

  /** 1x3 and 3x1 convolutions in parallel, 384 channels each. */
  split(input: string, name?: string): string {
    const branches = [this.chain(input, ['384 1x3']), this.chain(input, ['384 3x1'])]
    return this.concatenate(name ?? this.#numbered('concatenate'), branches)
  }

  #numbered(name: string): string {
    const count = this.#counts.get(name) ?? 0
    this.#counts.set(name, count + 1)
    return count === 0 ? name : `${name}_${count}`
  }
}

function inception(): Architecture {
  const net = new InceptionTable()
  let x = net.chain(imageInput, ['32 3x3/2'])
  x = net.chain(x, ['32 3x3'], 'valid')
  x = net.halved(net.chain(x, ['64 3x3']))
  x = net.halved(net.chain(x, ['80 1x1', '192 3x3'], 'valid'))

  // 35 x 35 at the nominal input of 299 pixels
  for (const [index, pooled] of ['32', '64', '64'].entries()) {
    const branch1x1 = net.chain(x, ['64 1x1'])
    const branch5x5 = net.chain(x, ['48 1x1', '64 5x5'])
    const branch3x3 = net.chain(x, ['64 1x1', '96 3x3', '96 3x3'])
    const branchPool = net.chain(net.smoothed(x), [`${pooled} 1x1`])
    x = net.concatenate(`mixed${index}`, [branch1x1, branch5x5, branch3x3, branchPool])
  }

  const halvedOnce = net.chain(x, ['384 3x3/2'])
  const halvedLate = net.chain(x, ['64 1x1', '96 3x3', '96 3x3/2'])
  x = net.concatenate('mixed3', [halvedOnce, halvedLate, net.halved(x)])

  // 17 x 17
  for (const [index, c] of ['128', '160', '160', '192'].entries()) {
    const branch1x1 = net.chain(x, ['192 1x1'])
    const branch7x7 = net.chain(x, [`${c} 1x1`, `${c} 1x7`, '192 7x1'])
    const branch7x7Twice = net.chain(x, [`${c} 1x1`, `${c} 7x1`, `${c} 1x7`, `${c} 7x1`, '192 1x7'])
    const branchPool = net.chain(net.smoothed(x), ['192 1x1'])
    x = net.concatenate(`mixed${index + 4}`, [branch1x1, branch7x7, branch7x7Twice, branchPool])
  }

  const halved3x3 = net.chain(x, ['192 1x1', '320 3x3/2'])
  const halved7x7 = net.chain(x, ['192 1x1', '192 1x7', '192 7x1', '192 3x3/2'])
  x = net.concatenate('mixed8', [halved3x3, halved7x7, net.halved(x)])

  // 8 x 8
  for (const index of [0, 1]) {
    const branch1x1 = net.chain(x, ['320 1x1'])
    const branchSplit = net.split(net.chain(x, ['384 1x1']), `mixed9_${index}`)
    const branchSplitLate = net.split(net.chain(x, ['448 1x1', '384 3x3']))
    const branchPool = net.chain(net.smoothed(x), ['192 1x1'])
    x = net.concatenate(`mixed${index + 9}`, [branch1x1, branchSplit, branchSplitLate, branchPool])
  }
  return net.finish({ name: 'inceptionv3', preprocessing: 'symmetric', taps: [x], minimumSizePx: 75 })
}

/** Inception-v3 (Szegedy et al. 2015) as in Keras Applications, without the top; its tap is `mixed10`. */
export const inceptionV3 = inception()
