import { afterAll, beforeAll, expect, it } from 'vitest'
import { cardVersion, packageVersion } from '../../../../electron/contract/index.ts'
import { bytesOf, changed, jsonOf, makeWorld, pack, unpack, type JsonObject, type World } from './fixture.ts'

let world: World
beforeAll(async () => {
  world = await makeWorld()
  await pack(world, world.store, 'first', 'first.zip')
})
afterAll(() => world.dispose())

it('may hold several regions of an image, each once, in a format that earlier versions refuse', async () => {
  /** The first two images of the model, of one fold, become regions of the first. */
  const withRegions =
    (version: number, uuids: readonly string[]) =>
    (entries: Record<string, Uint8Array>, manifest: JsonObject): void => {
      const report = jsonOf(entries['report.json'])
      const rows = report['predictions'] as JsonObject[]
      const [first, second] = rows
      const regions = uuids.map((uuid, i) => ({
        ...rows[i],
        sha256: first?.['sha256'],
        region: { uuid, fields: 2 },
      }))
      const folds = jsonOf(entries['folds.json']) as unknown as JsonObject[]
      manifest['version'] = version
      entries['report.json'] = bytesOf({
        ...report,
        images: folds.length - 1,
        predictions: [...regions, ...rows.slice(2)],
      })
      entries['folds.json'] = bytesOf(folds.filter((row) => row['sha256'] !== second?.['sha256']))
    }
  const [a, b] = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002']
  const cases = [
    [cardVersion, [a, b], /has regions, which this format does not/],
    [packageVersion, [a, a], /an image or region is listed twice/],
  ] as const
  for (const [version, uuids, reason] of cases) {
    changed(world, 'first.zip', 'odd.zip', withRegions(version, uuids), { rehash: true })
    await expect(unpack(world, world.newWorkspace(`version ${version}`), 'odd.zip')).rejects.toMatchObject({
      code: 'package.invalid',
      details: { entry: 'report.json', reason: expect.stringMatching(reason) as string },
    })
  }
  changed(world, 'first.zip', 'regions.zip', withRegions(packageVersion, [a, b]), { rehash: true })
  const report = await unpack(world, world.newWorkspace('of regions'), 'regions.zip')
  expect(report.images).toBe(7)
})
