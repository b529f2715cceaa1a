import type { InputSize } from '../../electron/contract/index.ts'

const sizesOf = (size: InputSize): string =>
  'fixedPx' in size
    ? `Squares of ${size.fixedPx} pixels`
    : `Squares of ${size.minPx} to ${size.maxPx} pixels, multiples of ${size.multipleOf}`

export const ownEncoderStrings = {
  title: 'An encoder of your own',
  text: 'A folder or zip with an ONNX network and a file lobule-encoder.json, which says how it is run and under which licence it is used. Nothing is installed before you have seen both. The guide is docs/own-encoder.md.',
  folder: 'Choose a folder…',
  zip: 'Choose a zip…',
  looking: 'Checking and running the encoder…',
  licence: 'Licence',
  revision: 'Revision',
  citation: 'Cite',
  trainedOn: 'Trained on',
  input: 'Input',
  sizes: (size: InputSize, pixelSizeUm: number | null) =>
    `${sizesOf(size)}, ${pixelSizeUm === null ? 'pixels as they are' : `at ${pixelSizeUm} µm a pixel`}.`,
  descriptor: 'Descriptor',
  numbers: (count: string) => `${count} numbers.`,
  cost: 'Cost',
  time: (milliseconds: number, sizePx: number, bytes: number) =>
    `${milliseconds} ms for an image of ${sizePx} pixels, on the processor; ${(bytes / 1e6).toFixed(1)} MB.`,
  probe: 'Probe',
  cosine: (cosine: number) => `Passed: cosine ${cosine.toFixed(6)} with what its maker’s framework gives.`,
  noProbe: 'None.',
  unverified:
    'Nothing proves that it is run as its maker runs it. Models and suggestions made with it are marked as unverified.',
  replaces: (name: string) =>
    `Another encoder called ${name} is installed. Models trained on that one cannot use this one.`,
  agree: 'I agree to these terms: install it',
  remove: 'Remove',
} as const
