import { at } from '../../base/arrays.ts'
import { throwIfCancelled } from '../../base/cancellation.ts'
import {
  choosePenalty,
  chooseRows,
  fitLogistic,
  LogisticRegression,
  logisticText,
  pauseUnless,
  type CaseRows,
} from '../classifiers/index.ts'
import type { MemberPlace } from '../recipe/members.ts'
import type { DescriptorTable } from './descriptor-table.ts'
import {
  heldOutBy,
  type EnsembleImage,
  type MemberTraining,
  type TrainingSetting,
} from './member-training.ts'

/** Share of a training's time that the choice of C takes. */
const choiceShare = 0.95

/**
 * Trains a logistic regression on the images outside a fold, each by the mean of its augmentations; C is chosen on these
 * images alone, by cross-validation over their cases (docs/pipeline.md, section 9). Each augmentation of a held-out image is
 * predicted by itself, as later in use.
 */
export class LogisticTraining implements MemberTraining {
  readonly #setting: TrainingSetting
  #means: CaseRows | undefined

  constructor(setting: TrainingSetting) {
    this.#setting = setting
  }

  dependsOn({ fold }: MemberPlace): unknown {
    const { table, tableDigest, images } = this.#setting
    return {
      // Increase this whenever the code changes the results of a training.
      logisticAlgorithm: 3,
      values: tableDigest,
      rowsPerImage: table.rowsPerImage,
      columns: table.columns,
      classCount: this.#setting.options.classCount,
      classes: images.map((image) => image.classIndex),
      groups: images.map((image) => image.group),
      heldOut: images.map((image) => image.fold === fold),
    }
  }

  async train(
    member: MemberPlace,
    report: (share: number) => void,
  ): Promise<{ text: string; heldOut: Float64Array }> {
    const { table, images, options } = this.#setting
    const { classCount, signal } = options
    throwIfCancelled(signal)
    const pause = pauseUnless(signal)
    this.#means ??= meansOf(table, images)
    const means = this.#means
    const inside = images.flatMap((image, i) => (image.fold === member.fold ? [] : [i]))
    const rows = { ...chooseRows(means, inside), groups: inside.map((i) => at(means.groups, i)) }
    const { penalty } = await choosePenalty(rows, classCount, {
      pause,
      report: (share) => report(choiceShare * share),
    })
    const model = await fitLogistic(rows, classCount, penalty, pause)
    const regression = new LogisticRegression(model)
    const held = heldOutBy(member, images)
    const size = table.rowsPerImage * table.columns
    const heldOut = new Float64Array(held.length * table.rowsPerImage * classCount)
    held.forEach((image, i) => {
      const own = table.data.subarray(image * size, (image + 1) * size)
      heldOut.set(regression.predict(own, table.rowsPerImage), i * table.rowsPerImage * classCount)
    })
    return { text: logisticText(model), heldOut }
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

/** One row for each image: the mean of its augmentations. */
function meansOf(
  { data, rowsPerImage, columns }: DescriptorTable,
  images: readonly EnsembleImage[],
): CaseRows {
  const values = new Float64Array(images.length * columns)
  for (let i = 0; i < data.length; i++) {
    const to = Math.floor(i / (rowsPerImage * columns)) * columns + (i % columns)
    values[to] = (values[to] ?? 0) + (data[i] ?? 0) / rowsPerImage
  }
  return {
    values,
    rows: images.length,
    columns,
    classes: images.map((image) => image.classIndex),
    groups: images.map((image) => image.group),
  }
}
