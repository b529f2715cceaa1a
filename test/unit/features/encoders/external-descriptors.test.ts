import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { JobView } from '../../../../electron/contract/index.ts'
import { probeImage } from '../../../../electron/engine/encoders/index.ts'
import { writePng } from '../../../../electron/engine/image/index.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'
import type { Application } from '../../../../electron/application/application.ts'
import { createApplication } from '../../../../electron/application/create-application.ts'
import { tasks } from '../../../../electron/compute/tasks.ts'
import { inProcessCompute } from '../../../support/in-process-compute.ts'
import { writeAsNumpy } from '../../../support/numpy-file.ts'

/**
 * From a folder of published descriptors to a prediction, without any encoder installed; the compute process runs
 * in this process.
 */
let root: string
let application: Application
const rows = 4
const perClass = 6
const classes = ['Benign', 'Malignant'] as const
const at = (...parts: string[]): string => join(root, ...parts)
const stemOf = (className: string, index: number): string => `${className}-${index}`

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-external-'))
  const compute = inProcessCompute(tasks)
  application = createApplication({
    homeDirectory: at('home'),
    version: 'test',
    launchCompute: compute.launch,
    door: { tiles: '', choose: null },
  })
  const { handlers } = application
  await handlers['workspace.create']({ path: at('w'), classes: 'Benign,Malignant*' })
  for (const [c, className] of classes.entries()) {
    mkdirSync(at('images', className), { recursive: true })
    for (let index = 0; index < perClass; index++) {
      const path = at('images', className, `${stemOf(className, index)}.png`)
      await writePng(probeImage(40 + index, 50 + c), path)
      if (className === 'Malignant' && index === perClass - 1) continue
      const random = keyedGenerator('external', className, index)
      const values = Float32Array.from(
        { length: rows * 2048 },
        (_, i) => random.nextFloat() + (i % 2 === c ? 0.5 : 0),
      )
      writeAsNumpy(at('train', 'ResNet-0.5-400', `${stemOf(className, index)}.npy`), values, [rows, 2048])
    }
  }
  await finish(
    await handlers['image.import']({
      paths: [at('images')],
      labels: 'folder',
      labelsFile: null,
      casesPattern: null,
    } as never),
  )
})
afterAll(async () => {
  await application.close()
  rmSync(root, { recursive: true })
})

async function finish({ jobId }: { jobId: number }): Promise<JobView> {
  for (;;) {
    const job = await application.handlers['job.get']({ jobId })
    if (job.endedAt !== null) return job
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

it('published descriptors train a model that says so and predicts only images that have them', async () => {
  const { handlers } = application
  const settings = {
    name: 'theirs',
    recipe: 'quick',
    changes: { folds: 2, rounds: 10 },
    regions: false,
  } as const
  await expect(async () =>
    handlers['model.train']({ ...settings, descriptors: 'rakhlin' }),
  ).rejects.toMatchObject({ code: 'descriptors.set-missing' })

  const imported = await finish(
    await handlers['descriptors.import']({ directory: at('train'), name: 'rakhlin' }),
  )
  expect(imported).toMatchObject({
    state: 'done',
    report: { images: 11, withoutDescriptors: 1, failed: [], augmentations: rows },
  })
  expect(await handlers['descriptors.sets']({})).toMatchObject([{ name: 'rakhlin' }])
  const filter = { kinds: ['import' as const], reader: null, imageId: null, text: null, from: null, to: null }
  const { events } = await handlers['audit.list']({ filter, olderThan: null, limit: 10 })
  expect(events.map(({ object, after }) => [object.name, after])).toEqual(
    expect.arrayContaining([['Import the descriptors rakhlin', expect.objectContaining({ state: 'done' })]]),
  )

  const changes = { ...settings.changes, augmentations: 2 }
  await expect(async () =>
    handlers['model.train']({ ...settings, changes, descriptors: 'rakhlin' }),
  ).rejects.toMatchObject({
    code: 'recipe.invalid',
    message: expect.stringMatching(/augmentations cannot be set/) as string,
  })
  const trained = await finish(await handlers['model.train']({ ...settings, descriptors: 'rakhlin' }))
  expect(trained).toMatchObject({
    state: 'done',
    report: {
      weights: 'unofficial',
      images: 11,
      skipped: [{ code: 'descriptors.none', path: at('images', 'Malignant', 'Malignant-5.png') }],
    },
  })
  const report = await handlers['model.report']({ model: 'theirs' })
  expect(report.headline).toMatch(/EXTERNAL DESCRIPTORS: the set "rakhlin" was made by another program/)
  const [model] = await handlers['model.list']({})
  expect(model?.recipe).toMatchObject({ augmentation: { count: rows }, external: { name: 'rakhlin' } })

  const judged = await finish(
    await handlers['model.classify']({ imageIds: null, model: 'theirs', effort: 'adaptive' }),
  )
  expect(judged).toMatchObject({
    state: 'done',
    report: { classified: 11, failed: [{ code: 'descriptors.none' }] },
  })
  const images = await handlers['image.list']({})
  const verdicts = images.flatMap(({ verdict }) => verdict ?? [])
  expect(verdicts).toHaveLength(11)
  expect(new Set(verdicts.map(({ weights }) => weights))).toEqual(new Set(['unofficial']))

  const explained = await finish(
    await handlers['explanation.create']({ imageId: images[0]?.id ?? 0, model: 'theirs' }),
  )
  expect(explained).toMatchObject({ state: 'failed', error: { code: 'descriptors.external-model' } })

  // Files that can be computed again are removed; this one cannot.
  await handlers['storage.clean']({ descriptors: true, explanations: false, leftovers: false })
  const kept = at('w', 'descriptors', 'external', 'rakhlin', 'set.json')
  expect(existsSync(kept)).toBe(true)
  expect(await finish(await handlers['workspace.check']({}))).toMatchObject({
    report: { descriptors: 11, problems: [] },
  })
})
