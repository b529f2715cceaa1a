import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { planTrainingReportSchema, type PlanTrainingReport } from '../../../../electron/contract/index.ts'
import { folds } from '../audit/quick-compute.ts'
import { startApplication, type Caller } from '../audit/seeded-workspace.ts'

let root: string
let caller: Caller
/** Of each image in turn, whether its fields have tissue. */
let tissue: boolean[]

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-plan-training-'))
  tissue = []
  caller = startApplication(join(root, 'home'), {
    describeFields: ({ fields, directory }) => {
      const hasTissue = tissue.shift() ?? true
      return Promise.resolve(
        fields.map(({ sha256 }) => {
          const file = join(directory, `${sha256}.npy`)
          writeFileSync(file, 'made up')
          return hasTissue ? [file] : null
        }),
      )
    },
  })
  for (const [c, name] of ['Benign', 'Malignant'].entries()) {
    mkdirSync(join(root, 'images', name), { recursive: true })
    for (let n = 0; n < folds; n++) {
      const background = { r: 40 * n, g: 90 * c, b: 9 }
      await sharp({ create: { width: 40, height: 30, channels: 3, background } })
        .png()
        .toFile(join(root, 'images', name, `${n}.png`))
    }
  }
  const { call, finish } = caller
  await call('workspace.create', { path: join(root, 'w'), classes: 'Benign,Malignant*' })
  await call('reader.add', { name: 'Ada' })
  const how = { labels: 'folder', casesPattern: null, pixelSizeUm: 0.5 } as const
  await finish(await call('image.import', { paths: [join(root, 'images')], ...how }))
})
afterEach(async () => {
  await caller.application.close()
  rmSync(root, { recursive: true })
})

const draw = async (imageId: number, className: string): Promise<unknown> =>
  caller.call('region.add', {
    imageId,
    geometry: { kind: 'rectangle', left: 0, top: 0, right: 20, bottom: 20 },
    className,
    name: null,
    comment: null,
  })
async function plan(name: string, regions: boolean): Promise<PlanTrainingReport> {
  const directory = join(root, name)
  const report = await caller.finish(
    await caller.call('shard.planTraining', { recipe: 'quick', regions, directory }),
  )
  return planTrainingReportSchema.parse(report)
}

it('says which regions a plan leaves out, as a training does', async () => {
  for (const className of ['Benign', 'Malignant']) await draw(1, className)
  for (const imageId of [2, 3]) await draw(imageId, 'Benign')
  // The two regions of the first image differ and have no field.
  tissue = [false, true]
  const report = await plan('with regions', true)
  expect(report).toMatchObject({ fields: 2 * folds + 1, failed: [] })
  expect(report.regionsLeftOut).toEqual({ withoutField: 2, withoutPixelSize: 0, withoutTissue: 1 })
  expect(await plan('without', false)).not.toHaveProperty('regionsLeftOut')
})
