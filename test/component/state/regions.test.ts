import { expect, test, vi } from 'vitest'
import { Regions } from '../../../renderer/state/regions.svelte.ts'

type Client = ConstructorParameters<typeof Regions>[0]

/** The regions 1 and 2 of an image, in a workspace that deletes them. */
async function opened(): Promise<Regions> {
  const list = vi.fn(() => Promise.resolve([{ id: 1 }, { id: 2 }]))
  const client = { 'region.list': list, 'region.delete': () => Promise.resolve({}) }
  const regions = new Regions(client as unknown as Client)
  await regions.open(1)
  return regions
}

test('the deletion of the last region is known until a region is chosen or another image opened', async () => {
  const regions = await opened()
  regions.choose(1)
  await regions.remove(1)
  expect([regions.chosen?.id, regions.hasDeleted]).toEqual([2, false])
  await regions.remove(2)
  expect([regions.chosen, regions.hasDeleted]).toEqual([null, true])
  await regions.open(2)
  expect(regions.hasDeleted).toBe(false)
})

test('the deletion of a region that is not chosen is none of the chosen one', async () => {
  const regions = await opened()
  await regions.remove(2)
  expect(regions.hasDeleted).toBe(false)
})
