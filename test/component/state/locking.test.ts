import { expect, test } from 'vitest'
import { AppError, type UserState, type UserView } from '../../../electron/contract/index.ts'
import type { Lobule } from '../../../renderer/state/lobule.svelte.ts'
import { useOneNavigation } from '../support/one-navigation.ts'
import { infoOf, startPage } from '../support/start-page.ts'
import { deferred } from '../support/stub-client.ts'
import { image, job } from '../support/views.ts'

useOneNavigation()

const user = (name: string): UserView => ({ name, role: 'pathologist', account: null })
const [anna, ben] = [user('Anna'), user('Ben')]
const images = [1, 2, 3].map((id) => image(id, { fileName: `${id === 2 ? 'other' : 'case2'}-${id}.png` }))

const draft = { name: 'm', recipe: 'quick', edited: { folds: '3' }, groupBy: undefined, regions: true }

interface Page {
  lobule: Lobule
  asked: readonly string[]
  /** Who is signed in from now on, which an event says. */
  change: (signedIn: UserView | null, isLocked: boolean) => Promise<void>
}

/** A page at this address, in a workspace with two users. */
async function pageAt(address: string, signedIn: UserView | null, isLocked: boolean): Promise<Page> {
  history.replaceState(null, '', address)
  const state: UserState = {
    users: [anna, ben],
    signedIn,
    isLocked,
    account: 'lab',
    lockAfterMinutes: 10,
    recoveryCode: null,
  }
  const ifOpen = (value: unknown) => () => {
    if (state.signedIn === null || state.isLocked) throw new AppError('user.signed-out', {})
    return value
  }
  const { lobule, asked, tell } = await startPage({
    'app.info': () => infoOf(state.signedIn?.name ?? 'Anna', false),
    'user.state': () => ({ ...state }),
    'image.list': ifOpen(images),
    'job.list': ifOpen([job(1, { kind: 'export-model', title: 'Export case2-1.png' })]),
  })
  return {
    lobule,
    asked,
    change: async (next, isNowLocked) => {
      state.signedIn = next
      state.isLocked = isNowLocked
      tell({ name: 'user.changed', payload: {} })
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
  lobule.models.trainingDraft = draft
  lobule.review.isCommenting = true
  lobule.review.written = 'at the edge'
  lobule.navigation.open({ name: 'import', paths: [] })
  expect(location.hash).toBe('#/image/3?q=case2')
  return page
}

test('who is signed in is requested once at the start', async () => {
  const { asked } = await pageAt('#/', anna, false)
  expect(asked.filter((name) => name === 'user.state')).toHaveLength(1)
})

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
  expect(lobule.models.trainingDraft).toEqual(draft)
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
  expect(lobule.models.trainingDraft).toBeNull()
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

test('what the user opens once the page has left a workspace stays, also if the answer comes late', async () => {
  const closing = deferred<unknown>()
  const recent = deferred<unknown>()
  let isStarted = false
  const { lobule, asked, tell } = await startPage({
    'workspace.close': () => closing.promise,
    'workspace.recent': () => (isStarted ? recent.promise : []),
    'image.list': () => images,
  })
  isStarted = true
  const open = lobule.session.workspace
  if (open === null) throw new Error('no workspace')
  const closed = lobule.closeWorkspace()
  tell({ name: 'workspace.changed', payload: null })
  expect(lobule.session.workspace).toBeNull()
  lobule.navigation.open({ name: 'mend', path: '/other', differences: [] })
  closing.resolve(null)
  await expect.poll(() => asked.filter((name) => name === 'workspace.recent').length).toBe(2)
  expect(lobule.navigation.panel).toMatchObject({ name: 'mend' })

  tell({ name: 'workspace.changed', payload: { ...open, path: '/other' } })
  await expect.poll(() => lobule.images.all.length).toBe(3)
  recent.resolve([])
  await closed
  expect(lobule.session.workspace?.path).toBe('/other')
  expect(lobule.images.all.length).toBe(3)
})

test('after a locked workspace is closed, no one has to sign in, and its dialogs are shown', async () => {
  const { lobule, change } = await reading()
  await change(anna, true)
  await lobule.closeWorkspace()
  expect(lobule.session.workspace).toBeNull()
  expect(lobule.users.mustSignIn).toBe(false)
})
