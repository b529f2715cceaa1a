import {
  AppError,
  inRange,
  researchUseSentence,
  wholeRange,
  type Explanation,
  type Handlers,
  type HeatRange,
  type ImageView,
  type ModelView,
} from '../../../../electron/contract/index.ts'
import { heatMapOverlay } from '../../../../electron/engine/prediction/heat-map-image.ts'

interface Known {
  image: (id: number) => ImageView
  models: () => readonly ModelView[]
  run: (title: string, finish: () => unknown) => { jobId: number }
}

type ExplanationCall = 'explanation.create' | 'explanation.get' | 'explanation.write'

const cellPx = 102.4

/** Heat maps of made-up figures: each class is likely around a different position. */
export class FakeExplanations {
  readonly #known: Known
  readonly #made = new Map<string, Explanation>()

  constructor(known: Known) {
    this.#known = known
  }

  readonly handlers = {
    'explanation.create': ({ imageId, model }) => {
      const image = this.#known.image(imageId)
      return this.#known.run(`Heat map of ${image.fileName} by ${this.#model(model).name}`, () => {
        const { id, name } = this.#model(model)
        this.#made.set(`${imageId} ${id}`, explanationOf(image, this.#model(model)))
        return { imageId, modelId: id, modelName: name }
      })
    },
    'explanation.get': ({ imageId, model }) => this.#made.get(`${imageId} ${this.#model(model).id}`) ?? null,
    'explanation.write': () => {
      throw new AppError('path.not-writable', { path: '/home/anna', reason: 'the page never asks for it' })
    },
  } satisfies Pick<Handlers, ExplanationCall>

  /** image.not-found if there is no such map. */
  async picture(
    imageId: number,
    modelId: number,
    classIndex: number,
    range: HeatRange = wholeRange,
  ): Promise<Uint8Array> {
    const made = this.#made.get(`${imageId} ${modelId}`)
    const plane = made?.probabilities[classIndex]
    if (made === undefined || plane === undefined)
      throw new AppError('image.not-found', { image: String(imageId) })
    return heatMapOverlay(inRange(plane, range), made)
  }

  #model(name: string | null): ModelView {
    const model = this.#known.models().find((known) => name === null || known.name === name)
    if (model === undefined) throw new AppError('model.none', {})
    return model
  }
}

function explanationOf(image: ImageView, model: ModelView): Explanation {
  const { widthPx, heightPx } = image
  const columns = Math.round(widthPx / cellPx)
  const rows = Math.round(heightPx / cellPx)
  const { classes } = model
  const weight = (c: number, row: number, column: number): number => {
    const x = (column + 0.5) / columns - (0.2 + (0.6 * c) / (classes.length - 1))
    // Every second model has it upside down.
    const y = (row + 0.5) / rows - (0.3 + 0.4 * ((c + model.id) % 2))
    return Math.exp(-20 * (x * x + y * y)) + 0.02
  }
  const at = (c: number, row: number, column: number): number =>
    weight(c, row, column) / classes.reduce((sum, _, other) => sum + weight(other, row, column), 0)
  return {
    imageId: image.id,
    fileName: image.fileName,
    sha256: image.sha256,
    synthetic: image.synthetic,
    widthPx,
    heightPx,
    pixelSizeUm: image.pixelSizeUm,
    modelId: model.id,
    modelName: model.name,
    weights: model.weights,
    mode: 'dense',
    outOfFold: image.label !== null,
    boosters: 5,
    rows,
    columns,
    cellWidthPx: widthPx / columns,
    cellHeightPx: heightPx / rows,
    squares: [{ encoder: 'resnet50', squarePx: 800, windowPx: 400, stepPx: 200 }],
    classes,
    leading: image.verdict?.suggested ?? classes[0] ?? '',
    probabilities: classes.map((_, c) =>
      Array.from({ length: rows }, (_row, row) =>
        Array.from({ length: columns }, (_column, column) => at(c, row, column)),
      ),
    ),
    researchUse: researchUseSentence,
  }
}
