import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import {
  parseClassScheme,
  type TrainingReport,
  type WeightsSource,
} from '../../../../electron/contract/index.ts'
import { makeSyntheticField } from '../../../../electron/engine/synthetic/index.ts'
import { slideTasks } from '../../../../electron/compute/slide-tasks.ts'
import { ComputeClient } from '../../../../electron/compute/client.ts'
import { recordLabel } from '../../../../electron/features/labels/record-label.ts'
import {
  createWorkspace,
  insertImage,
  insertModel,
  insertVerdict,
  saveFlags,
  type OpenWorkspace,
} from '../../../../electron/store/index.ts'
import { makeThumbnail } from '../../../../electron/engine/image/index.ts'
import { inProcessCompute } from '../../../support/in-process-compute.ts'
import { boosterRecord, newImage, newModel } from '../../../support/rows.ts'

export interface CaseFixture {
  root: string
  store: OpenWorkspace
  compute: ComputeClient
  remove: () => void
}

export const hostileCase = 'B-17 <script>alert("x")</script>'

/** A case of three images: one adjudicated, one disputed without a suggestion, one whose file is missing. */
export async function caseWorkspace(weights: WeightsSource = 'untrained'): Promise<CaseFixture> {
  const root = mkdtempSync(join(tmpdir(), 'lobule-case-report-'))
  const store = createWorkspace(join(root, 'w'), parseClassScheme('Normal,Benign,InSitu*,Invasive*'), 'test')
  const { database } = store
  const pictures = join(root, 'pictures')
  mkdirSync(pictures)
  const add = (name: string, sha: string, caseName: string | null = hostileCase): number =>
    insertImage(
      database,
      newImage(sha.repeat(64), {
        path: join(pictures, name),
        widthPx: 512,
        heightPx: 384,
        pixelSizeUm: sha === 'a' ? 0.42 : null,
        pixelSizeSource: sha === 'a' ? 'resolution-tag' : 'none',
        synthetic: true,
        caseName,
      }),
    )
  const settled = add('field &1.png', 'a')
  const disputed = add('field2.png', 'b')
  add('gone.png', 'c')
  const other = add('=cmd+other.png', 'd', null)
  for (const [index, name] of ['field &1.png', 'field2.png', '=cmd+other.png'].entries()) {
    const field = makeSyntheticField({
      className: 'InSitu',
      seed: 1,
      index,
      widthPx: 512,
      heightPx: 384,
      pixelSizeUm: 0.84,
    })
    const raw = { width: field.widthPx, height: field.heightPx, channels: 3 } as const
    await sharp(field.data, { raw }).png().toFile(join(pictures, name))
  }
  const modelId = insertModel(
    database,
    newModel(parseClassScheme('Normal,Benign,InSitu*,Invasive*'), {
      name: 'first & only',
      recipeFingerprint: 'recipe-fingerprint',
      weights,
      encoderFingerprints: { resnet50: 'weights-fingerprint' },
      cases: 12,
      accuracy: 0.896,
      foldAccuracies: [0.9, 0.892],
      software: { Lobule: '0.1.0', LightGBM: '4.6.0' },
      boosters: [boosterRecord('e'.repeat(64))],
      report: {
        warnings: [],
        evaluation: { conformal: [{ level: 0.9, coverage: 0.797 }] },
      } as unknown as TrainingReport,
    }),
  )
  const flags = [{ code: 'out-of-focus', measured: 0.7123, threshold: 0.6 } as const]
  saveFlags(database, settled, flags)
  const probabilities = { Normal: 0.0001, Benign: 0.25, InSitu: 0.7, Invasive: 0.0499 }
  insertVerdict(database, {
    imageId: settled,
    modelId,
    suggested: 'InSitu',
    probabilities,
    carcinomaScore: 0.7 / 0.95,
    outOfFold: false,
    boosters: 5,
    flags,
    details: {
      calibrated: { ...probabilities, InSitu: 0.61 },
      predictionSet: { level: 0.9, classes: ['Benign', 'InSitu'] },
      spread: { boosters: 0.031, augmentations: null },
      byEncoder: { resnet50: probabilities },
      augmentations: 4,
      operatingPoint: { threshold: 0.33, isPositive: true },
    },
  })
  recordLabel(database, { imageId: settled, className: 'InSitu', reader: 'Ada', comment: '=1+1 & "sure"' })
  recordLabel(database, { imageId: settled, className: null, isUnsure: true, isBlind: true, reader: 'Ben' })
  recordLabel(database, { imageId: disputed, className: 'Benign', reader: 'Ada' })
  recordLabel(database, { imageId: disputed, className: 'Normal', reader: 'Ben' })
  recordLabel(database, { imageId: other, className: 'Normal', reader: 'Cy' })
  const launched = inProcessCompute({
    thumbnail: ({ image: { path, page } }) => makeThumbnail(path, 256, page),
    slidePicture: slideTasks.slidePicture,
  })
  const compute = new ComputeClient(launched.launch, () => undefined)
  const remove = (): void => {
    store.close()
    compute.close()
    rmSync(root, { recursive: true })
  }
  return { root, store, compute, remove }
}
