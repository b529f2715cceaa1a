import { expect, test } from 'vitest'
import type { AnyEvent, UserState, UserView } from '../../../electron/contract/index.ts'
import { columns } from '../../../renderer/features/worklist/columns/columns.ts'
import { Lobule } from '../../../renderer/state/lobule.svelte.ts'
import { inEffectRoot } from '../support/effect-root.svelte.ts'
import { useOneNavigation } from '../support/one-navigation.ts'
import { image, job } from '../support/views.ts'

useOneNavigation()

const user = (name: string): UserView => ({ name, role: 'pathologist', account: null })
const [anna, ben] = [user('Anna'), user('Ben')]
const images = [1, 2, 3].map((id) => image(id, { fileName: `${id === 2 ? 'other' : 'case2'}-${id}.png` }))

interface Page {
  lobule: Lobule
  /** Who is signed in from now on, which an event says. */
  change: (signedIn: UserView | null, isLocked: boolean) => Promise<void>
}

/** A page at this address, in a workspace with two users. */
async function pageAt(address: string, signedIn: UserView | null, isLocked: boolean): Promise<Page> {
  history.replaceState(null, '', address)
  const state: UserState = { users: [anna, ben], signedIn, isLocked, account: 'lab', lockAfterMinutes: 10 }
  const listeners = new Set<(event: AnyEvent) => void>()
  const mayNot = { ok: false, error: { code: 'user.signed-out', message: 'Sign in.', details: {} } } as const
  const answers: Record<string, () => unknown> = {
    'app.policy': () => ({ source: null, locked: [] }),
    'app.info': () => ({
      reader: state.signedIn?.name ?? 'Anna',
      isBlind: false,
      tiles: '',
      nativeDialogs: false,
      homeDirectory: '/',
    }),
    'workspace.current': () => ({
      path: '/w',
      name: 'study',
      classes: [],
      imageCount: 3,
      labelledCount: 0,
      modelCount: 0,
    }),
    'user.state': () => ({ ...state }),
    'audit.state': () => null,
    'image.list': () => images,
    'job.list': () => [job(1, { kind: 'export-model', title: 'Export case2-1.png' })],
  }
  const lobule = inEffectRoot(
    () =>
      new Lobule(
        {
          call: (name) => {
            const isShut = state.signedIn === null || state.isLocked
            const isRefused = isShut && ['image.list', 'job.list'].includes(name)
            return Promise.resolve(isRefused ? mayNot : { ok: true, value: answers[name]?.() ?? [] })
          },
          onEvent: (listener) => {
            listeners.add(listener)
            return () => listeners.delete(listener)
          },
          pathOf: () => null,
        },
        columns,
      ),
  )
  lobule.start()
  await expect.poll(() => lobule.isStarted).toBe(true)
  return {
    lobule,
    change: async (next, isNowLocked) => {
      state.signedIn = next
      state.isLocked = isNowLocked
      listeners.forEach((listener) => listener({ name: 'user.changed', payload: {} }))
      await expect.poll(() => lobule.users.signedIn?.name).toBe(next?.name)
      await expect.poll(() => lobule.users.mustSignIn).toBe(next === null || isNowLocked)
      if (!lobule.users.mustSignIn) await expect.poll(() => lobule.images.isLoaded).toBe(true)
    },
  }
}

/** Anna reads the second of two found images and has begun a comment. */
async function reading(): Promise<Page> {
  const page = await pageAt('#/', anna, false)
  const { lobule } = page
  lobule.worklist.narrow({ search: 'case2' })
  lobule.listInAddress.write()
  lobule.openImage(3)
  window.dispatchEvent(new Event('hashchange'))
  lobule.importDraft.typedPath = '/scans/case2'
  lobule.review.isCommenting = true
  lobule.review.written = 'at the edge'
  lobule.navigation.open({ name: 'import', paths: [] })
  expect(location.hash).toBe('#/image/3?q=case2')
  return page
}

test('a lock keeps the place out of the address and forgets what was loaded', async () => {
  const { lobule, change } = await reading()
  await change(anna, true)
  expect(location.hash).toBe('#/')
  expect(lobule.images.all).toEqual([])
  expect(lobule.jobs.all).toEqual([])
  // Nor does the Back button bring it there.
  history.replaceState(history.state, '', '#/image/3?q=case2')
  window.dispatchEvent(new Event('hashchange'))
  expect(location.hash).toBe('#/')
})

test('the same user finds the list, the image and the unsaved words again', async () => {
  const { lobule, change } = await reading()
  await change(anna, true)
  await change(anna, false)
  expect(lobule.worklist.rows.map(({ id }) => id)).toEqual([1, 3])
  expect(lobule.worklist.placeOf(3)).toEqual({ place: 2, count: 2, previous: 1, next: null })
  expect(lobule.navigation).toMatchObject({ imageId: 3, panel: { name: 'import' } })
  expect(location.hash).toBe('#/image/3?q=case2')
  expect(lobule.importDraft.typedPath).toBe('/scans/case2')
  expect(lobule.review).toMatchObject({ isCommenting: true, written: 'at the edge' })
})

test.each([
  { way: 'after a lock', isLocked: true },
  { way: 'after signing out', isLocked: false },
])('another user finds nothing of it $way', async ({ isLocked }) => {
  const { lobule, change } = await reading()
  await change(isLocked ? anna : null, isLocked)
  await change(ben, false)
  expect(lobule.worklist.rows).toHaveLength(3)
  expect(lobule.navigation).toMatchObject({ imageId: null, panel: null })
  expect(location.hash).toBe('#/')
  expect(lobule.importDraft.typedPath).toBe('')
  expect(lobule.review).toMatchObject({ isCommenting: false, written: null })
})

test('a page that was locked when it was loaded follows its address once a user has signed in', async () => {
  const { lobule, change } = await pageAt('#/?q=case2&at=3', anna, true)
  expect(location.hash).toBe('#/')
  // The page writes its list by itself, before the images are there as well.
  lobule.listInAddress.write()
  await change(anna, false)
  await expect.poll(() => lobule.worklist.rows.map(({ id }) => id)).toEqual([1, 3])
  expect(lobule.worklist.cursorId).toBe(3)
  expect(location.hash).toBe('#/?q=case2&at=3')
})
