import {
  AppError,
  type EncoderOffer,
  type EncoderView,
  type EncodersReport,
  type Handlers,
} from '../../../../electron/contract/index.ts'

interface Setting {
  /** Whether the encoder that comes with Lobule is there. */
  hasStarter: () => boolean
  run: (title: string, total: number, finish: () => EncodersReport) => { jobId: number }
  changed: () => void
}

/** The encoders of this machine, and the recipes that use them. */
export class FakeEncoders {
  readonly #setting: Setting
  #list: EncoderView[] = []

  constructor(setting: Setting) {
    this.#setting = setting
  }

  get list(): EncoderView[] {
    return this.#list
  }

  /** Gives the first of the paper's encoders weights of this kind. */
  install(source: EncoderView['source']): void {
    this.#list = encodersOf(source, this.#setting.hasStarter() ? 'official' : 'missing')
  }

  readonly handlers = {
    'encoder.list': () => this.#list,
    'encoder.demo': ({ names }) =>
      this.#setting.run('Install untrained encoders', 53, () => {
        this.install('untrained')
        this.#setting.changed()
        return { installed: names, failed: [] }
      }),
    'encoder.import': ({ paths, allowUnofficial }) =>
      this.#setting.run('Install encoders', 3, () => {
        if (!allowUnofficial) return refusedWeights(paths)
        this.install('unofficial')
        this.#setting.changed()
        return { installed: ['resnet50'], unofficial: ['resnet50'], failed: [] }
      }),
    'encoder.inspect': ({ path }) => offerOf(path),
    'encoder.install': ({ path }) =>
      this.#setting.run('Install an encoder', 1, () => {
        const { own } = offerOf(path)
        const { name, title, fingerprint, licence } = own.encoder
        const about = {
          licence: licence.name,
          attribution: licence.attribution,
          path: `${path}/network.onnx`,
        }
        this.#list = [...this.#list, { name, title, source: 'unverified', fingerprint, ...about, own }]
        this.#setting.changed()
        return { installed: [name], failed: [] }
      }),
    'encoder.remove': ({ name }) =>
      this.#setting.run('Remove an encoder', 1, () => {
        this.#list = this.#list.filter((encoder) => encoder.name !== name)
        this.#setting.changed()
        return { installed: [], removed: [name], failed: [] }
      }),
    'recipe.list': () => [
      {
        name: 'starter',
        description: 'EfficientNet-Lite0, two scales, 4 augmentations, 5 folds: a first model.',
      },
      { name: 'quick', description: 'ResNet-50, 4 augmentations, 5 folds: a first look in minutes.' },
    ],
  } satisfies Partial<Handlers>
}

/** An encoder that a lab brings, without a probe; one in a folder `archive` is refused. */
function offerOf(path: string): EncoderOffer {
  if (path.endsWith('archive')) {
    const reason = 'its operator "Fast" is of the domain "com.example"; only those of ONNX itself are run'
    throw new AppError('encoder.refused', { path, reason })
  }
  return {
    own: {
      encoder: {
        name: 'tissue-vit',
        title: 'Tissue ViT-S/16',
        revision: '2026-11',
        fingerprint: 'c'.repeat(64),
        length: 768,
        isVerified: false,
        trainedOn: [],
        licence: {
          name: 'CC-BY-NC-ND-4.0',
          url: 'https://creativecommons.org/licenses/by-nc-nd/4.0/',
          commercialUse: 'no',
          derivedModels: 'same-terms',
          redistribution: 'no',
          attribution: 'Made up for a test.',
        },
      },
      citation: 'A made-up paper, 2026.',
      trainedOn: { text: 'Nothing: it is made up.', dataSets: [] },
      size: { fixedPx: 224 },
      isDense: false,
      pixelSizeUm: 0.5,
      stain: 'none',
      augmentations: 1,
      probeCosine: null,
    },
    bytes: 88_000_000,
    milliseconds: 41,
    sizePx: 224,
    replaces: 'nothing',
  }
}

/** The paper's encoders, the first with this source, and the one that comes with Lobule. */
const encodersOf = (
  source: EncoderView['source'],
  starter: 'official' | 'missing' = 'missing',
): EncoderView[] => [...paperEncodersOf(source), { ...starterEncoder, source: starter }]

const starterEncoder = {
  name: 'efficientnetlite0',
  title: 'EfficientNet-Lite0',
  fingerprint: null,
  licence: 'Apache-2.0',
  attribution: 'EfficientNet-Lite0 weights by the TensorFlow authors (Google, 2020)',
  path: null,
} as const

const paperEncodersOf = (source: EncoderView['source']): EncoderView[] =>
  (
    [
      ['resnet50', 'ResNet-50'],
      ['inceptionv3', 'Inception-v3'],
      ['vgg16', 'VGG-16'],
    ] as const
  ).map(([name, title], index) => ({
    name,
    title,
    source: index === 0 ? source : 'missing',
    fingerprint: index === 0 && source !== 'missing' ? '00001092'.repeat(8) : null,
    licence: 'Weights: MIT (Keras Applications)',
    attribution: 'He, Zhang, Ren and Sun 2016; Keras team',
    path:
      index === 0 && source !== 'missing' ? '/home/anna/.local/share/lobule/encoders/resnet50.onnx' : null,
  }))

/** The report of an import of weight files that are not the official ones. */
function refusedWeights(paths: readonly string[]): EncodersReport {
  const failed = paths.map((path) => {
    const refused = { path, title: 'ResNet-50', md5: '0'.repeat(32), official: '6'.repeat(32) }
    const error = new AppError('encoder.unofficial-file', refused)
    return { path, code: error.code, message: error.message }
  })
  return { installed: [], unofficial: [], failed }
}
