import { expect, test } from 'vitest'
import {
  defaultRecipeName,
  builtInEncoders,
  type EncoderName,
  type EncoderView,
} from '../../../electron/contract/index.ts'

type Source = EncoderView['source']

const installed = (sources: Partial<Record<EncoderName, Source>>) =>
  builtInEncoders.map((name) => ({ name, source: sources[name] ?? 'missing' }))

test.each<[string, Partial<Record<EncoderName, Source>>, string]>([
  ['only what comes with Lobule', { efficientnetlite0: 'official' }, 'starter'],
  ["the paper's encoder and that", { resnet50: 'official', efficientnetlite0: 'official' }, 'quick'],
  [
    "the paper's encoder from another file",
    { resnet50: 'unofficial', efficientnetlite0: 'official' },
    'quick',
  ],
  ['another encoder of the paper', { vgg16: 'official', efficientnetlite0: 'official' }, 'starter'],
  [
    'an untrained one, that a person tried',
    { resnet50: 'untrained', efficientnetlite0: 'official' },
    'starter',
  ],
  ['an untrained one and nothing else', { resnet50: 'untrained' }, 'quick'],
  ['untrained ones', { resnet50: 'untrained', efficientnetlite0: 'untrained' }, 'quick'],
  ['nothing', {}, 'starter'],
])('%s', (_what, sources, recipe) => {
  expect(defaultRecipeName(installed(sources))).toBe(recipe)
})

test('a list that is not loaded yet', () => {
  expect(defaultRecipeName([])).toBe('starter')
})
