import { imageInput, NetworkTable, type Architecture } from './architecture.ts'

/** Simonyan and Zisserman 2014, table 1, column D. */
const blocks = [
  { channels: 64, convolutions: 2 },
  { channels: 128, convolutions: 2 },
  { channels: 256, convolutions: 3 },
  { channels: 512, convolutions: 3 },
  { channels: 512, convolutions: 3 },
]

function vgg(): Architecture {
  const net = new NetworkTable()
  const taps: string[] = []
  let x = imageInput
  blocks.forEach(({ channels, convolutions }, index) => {
    const block = `block${index + 1}`
    if (index > 0) x = net.maxPool(`block${index}_pool`, x, 2, 2)
    for (let number = 1; number <= convolutions; number++) {
      const name = `${block}_conv${number}`
      // In Keras the ReLU is part of the convolution layer and has no name of its own.
      x = net.relu(`${name}_relu`, net.convolution(name, x, channels, [3, 3], { padding: 'same' }))
    }
    if (index > 0) taps.push(x)
  })
  return net.finish({ name: 'vgg16', preprocessing: 'caffe', taps, minimumSizePx: 32 })
}

/** VGG-16 as in Keras Applications, without the top; its taps are the last ReLUs of blocks 2 to 5. */
export const vgg16 = vgg()
