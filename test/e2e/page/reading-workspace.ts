import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { parseClassScheme } from '../../../electron/contract/index.ts'
import { makeSyntheticField, syntheticClasses } from '../../../electron/engine/synthetic/index.ts'
import { createWorkspace, insertImage, insertModel, insertVerdict } from '../../../electron/store/index.ts'
import { pinRows } from '../../../electron/store/row-pins.ts'
import { newImage, newModel } from '../../support/rows.ts'

const classes = parseClassScheme('Normal,Benign,InSitu*,Invasive*')

/**
 * A workspace of synthetic fields with models and the predictions of the newest, without a training.
 * @param mark part of every file name and of nothing else
 */
export async function makeReadingWorkspace(
  home: string,
  workspace: string,
  count: number,
  mark: string,
  models: readonly string[] = ['first look'],
): Promise<void> {
  const pictures = join(home, 'pictures')
  mkdirSync(pictures)
  const store = createWorkspace(workspace, classes, 'test')
  const modelIds = models.map((name) =>
    insertModel(
      store.database,
      newModel(classes, { name, weights: 'official', cases: 6, accuracy: 0.8, foldAccuracies: [0.8] }),
    ),
  )
  const modelId = modelIds.at(-1) ?? 0
  for (let n = 1; n <= count; n++) {
    const className = syntheticClasses[n % syntheticClasses.length] ?? 'Normal'
    const field = { className, seed: 1, index: n, widthPx: 384, heightPx: 288, pixelSizeUm: 2 }
    const { data, widthPx, heightPx } = makeSyntheticField(field)
    const path = join(pictures, `${mark}-${String(n).padStart(2, '0')}.png`)
    await sharp(data, { raw: { width: widthPx, height: heightPx, channels: 3 } })
      .png()
      .toFile(path)
    const imageId = insertImage(
      store.database,
      newImage(n.toString(16).padStart(2, '0').repeat(32), {
        path,
        widthPx,
        heightPx,
        pixelSizeUm: 2,
        pixelSizeSource: 'stated',
        synthetic: true,
        caseName: `case${Math.ceil(n / 2)}`,
      }),
    )
    const probabilities = Object.fromEntries(
      classes.map(({ name }) => [name, name === className ? 0.7 : 0.1]),
    )
    insertVerdict(store.database, {
      imageId,
      modelId,
      suggested: className,
      probabilities,
      carcinomaScore: probabilities['InSitu'] === 0.7 || probabilities['Invasive'] === 0.7 ? 0.875 : 0.125,
      outOfFold: false,
      boosters: 1,
      flags: n === 2 ? [{ code: 'out-of-focus', measured: 12, threshold: 20 }] : [],
      details: {
        calibrated: probabilities,
        predictionSet: { level: 0.9, classes: [className] },
        spread: { boosters: 0.04, augmentations: 0.02 },
        byEncoder: { resnet50: probabilities, vgg16: probabilities },
        augmentations: 4,
        operatingPoint: { threshold: 0.33, isPositive: ['InSitu', 'Invasive'].includes(className) },
      },
    })
  }
  // Predictions without an event were not written by Lobule, and the page warns of them.
  pinRows(store.database, 'made for a test')
  store.close()
}
