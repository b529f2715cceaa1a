import { expect, test } from 'vitest'
import type { AnyEvent, ImageView, JobView } from '../../../electron/contract/index.ts'
import type { Lobule } from '../../../renderer/state/lobule.svelte.ts'
import { deferred } from '../support/stub-client.ts'
import { useOneNavigation } from '../support/one-navigation.ts'
import { startPage } from '../support/start-page.ts'
import { image, job } from '../support/views.ts'

useOneNavigation()

/** The server as one reader sees it. */
interface Seen {
  images: ImageView[]
  jobs: JobView[]
}
const openly: Seen = {
  images: [image(1, { fileName: 'lobular-1.png' }), image(2, { fileName: 'lobular-2.png' })],
  jobs: [job(1, { state: 'running', kind: 'export-model', title: 'Export lobular-2.png' })],
}
/** The same images and jobs, with other ids and without names. */
const blindly: Seen = {
  images: openly.images.map(({ id, ...rest }) => ({ ...rest, id: id + 1000, fileName: `image ${id}` })),
  jobs: [job(1, { state: 'running', kind: 'export-model', title: 'Export (withheld)' })],
}

async function startedPage(): Promise<{
  lobule: Lobule
  emit: (event: AnyEvent) => void
  serve: (seen: Seen) => void
  hold: () => () => void
}> {
  let seen = openly
  let gate: PromiseWithResolvers<unknown> | null = null
  // The answer is that of the moment of the call.
  const held = async (value: unknown): Promise<unknown> => {
    await gate?.promise
    return value
  }
  const { lobule, tell } = await startPage({
    'image.list': () => held(seen.images),
    'job.list': () => held(seen.jobs),
  })
  return {
    lobule,
    emit: tell,
    serve: (other) => (seen = other),
    hold: () => {
      const closed = deferred<unknown>()
      gate = closed
      return () => {
        gate = null
        closed.resolve(null)
      }
    },
  }
}
const blindNow: AnyEvent = { name: 'reader.changed', payload: { reader: 'Ada', isBlind: true } }
const namesIn = (lobule: Lobule): string =>
  [...lobule.images.all.map(({ fileName }) => fileName), ...lobule.jobs.all.map(({ title }) => title)].join(
    ' ',
  )

test('when blind reading begins, everything that names an image is forgotten at once, then loaded again', async () => {
  const { lobule, emit, serve } = await startedPage()
  lobule.openImages([1, 2], 2)
  lobule.worklist.narrow({ search: 'lobular' })
  lobule.navigation.open({ name: 'job', jobId: 1 })
  lobule.alerts.fail(new Error('lobular-2.png is missing'))
  lobule.alerts.remark('lobular-2.png labelled')
  expect(namesIn(lobule)).toContain('lobular')
  expect(lobule.jobs.shown).toHaveLength(1)

  serve(blindly)
  emit(blindNow)
  expect(namesIn(lobule)).toBe('')
  expect(lobule.jobs.shown).toEqual([])
  expect(lobule.navigation.panel).toBeNull()
  expect(lobule.navigation.imageId).toBeNull()
  // The messages of before are gone; the change came from elsewhere, which is said.
  expect(lobule.alerts.note).toBeNull()
  expect(lobule.alerts.problems).toMatchObject([
    { tone: 'warning', text: expect.stringContaining('in another tab') as string },
  ])
  expect(lobule.worklist.isFiltered).toBe(false)
  // The same image, with the id that it has for this reader, in the order of the new list.
  await expect.poll(() => lobule.navigation.imageId).toBe(1002)
  expect(namesIn(lobule)).not.toContain('lobular')
  expect(lobule.jobs.shown).toMatchObject([{ title: 'Export (withheld)' }])
})

test('the Back button leads to no address from before blind reading', async () => {
  const { lobule, emit, serve } = await startedPage()
  lobule.worklist.narrow({ caseName: 'Miller' })
  lobule.listInAddress.write()
  const entries = [{ state: history.state as unknown, hash: location.hash }]
  lobule.openImages([1, 2], 2)
  window.dispatchEvent(new Event('hashchange'))
  entries.push({ state: history.state as unknown, hash: location.hash })
  expect(location.hash).toContain('case=Miller')

  serve(blindly)
  emit(blindNow)
  expect(location.hash).not.toContain('Miller')
  await expect.poll(() => lobule.navigation.imageId).toBe(1002)
  for (const { state, hash } of entries) {
    history.replaceState(state, '', hash)
    window.dispatchEvent(new Event('hashchange'))
    expect(lobule.navigation.imageId).toBe(1002)
    expect(location.hash).not.toContain('Miller')
    expect(lobule.worklist.isFiltered).toBe(false)
  }
})

test('an answer from before blind reading began is not shown', async () => {
  const { lobule, emit, serve, hold } = await startedPage()
  const release = hold()
  const before = [lobule.images.load(), lobule.jobs.load()]
  serve(blindly)
  emit(blindNow)
  release()
  await Promise.all(before)
  await expect.poll(() => lobule.images.isLoaded).toBe(true)
  expect(namesIn(lobule)).not.toContain('lobular')
})

test('the reader dialog stays open while blind reading is switched in it', async () => {
  const { lobule, emit, serve } = await startedPage()
  lobule.navigation.open({ name: 'reader' })
  serve(blindly)
  emit(blindNow)
  await expect.poll(() => lobule.images.isLoaded).toBe(true)
  expect(lobule.navigation.panel).toEqual({ name: 'reader' })
})
