import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { recipes, type Recipe } from '../../../electron/contract/index.ts'
import { freeBytesAt, requireSpace } from '../../../electron/base/free-space.ts'
import { trainingBytes } from '../../../electron/features/models/training-space.ts'

it('checks the disk that will hold a folder, and names both numbers', async () => {
  const path = join(tmpdir(), 'not', 'yet', 'there')
  const free = await freeBytesAt(path)
  expect(free).toBeGreaterThan(0)
  await expect(requireSpace(path, 1)).resolves.toBeUndefined()
  await expect(requireSpace(path, 1e18)).rejects.toMatchObject({
    code: 'disk.full',
    message: expect.stringMatching(/about 1000000000.0 GB needed, [\d.]+ GB free/) as string,
    details: { path, neededBytes: 1e18 },
  })
})

it('estimates a training from its recipe', () => {
  const recipe = recipes['quick'] as Recipe
  const one = trainingBytes(100, 4, recipe)
  expect(trainingBytes(200, 4, recipe)).toBeGreaterThan(one)
  expect(trainingBytes(100, 4, { ...recipe, folds: 2 * recipe.folds })).toBeGreaterThan(one)
  // 100 images of the quick recipe write tens of megabytes, not gigabytes.
  expect(one).toBeGreaterThan(1e6)
  expect(one).toBeLessThan(1e9)
})
