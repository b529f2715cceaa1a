import { beforeEach, expect, test, vi } from 'vitest'
import { Navigation } from '../../../renderer/state/navigation.svelte.ts'
import { useOneNavigation } from '../support/one-navigation.ts'

useOneNavigation()
beforeEach(() => {
  history.replaceState(null, '', '#/')
})

test('starts at the address', () => {
  history.replaceState(null, '', '#/models')
  expect(new Navigation()).toMatchObject({ screen: 'models', imageId: null, panel: null })
  history.replaceState(null, '', '#/image/12')
  expect(new Navigation()).toMatchObject({ screen: 'worklist', imageId: 12 })
})

test.each(['#/image/0', '#/image/x', '#/nowhere', ''])('the address %j leads to the worklist', (hash) => {
  history.replaceState(null, '', hash === '' ? location.pathname : hash)
  expect(new Navigation()).toMatchObject({ screen: 'worklist', imageId: null })
})

test('a screen and an image have their address', () => {
  const navigation = new Navigation()
  navigation.showScreen('audit')
  expect(location.hash).toBe('#/audit')
  navigation.showImage(3)
  expect(location.hash).toBe('#/image/3')
  expect(navigation).toMatchObject({ screen: 'audit', imageId: 3 })
})

test('closing an image returns to the screen under it', () => {
  const navigation = new Navigation()
  navigation.showScreen('agreement')
  navigation.showImage(3)
  navigation.closeImage()
  expect(navigation).toMatchObject({ screen: 'agreement', imageId: null })
  expect(location.hash).toBe('#/agreement')
})

test('the viewer is one step of the history, however many images are opened', () => {
  const navigation = new Navigation()
  const replace = vi.spyOn(history, 'replaceState')
  navigation.showImage(1)
  expect(replace).not.toHaveBeenCalled()
  navigation.showImage(2)
  navigation.showImage(3)
  expect(replace).toHaveBeenCalledTimes(2)
  expect(location.hash).toBe('#/image/3')
  replace.mockRestore()
})

test('follows the address when the Back button changes it', () => {
  const navigation = new Navigation()
  navigation.showScreen('models')
  navigation.showImage(5)
  history.replaceState(null, '', '#/models')
  window.dispatchEvent(new Event('hashchange'))
  expect(navigation).toMatchObject({ screen: 'models', imageId: null })
  history.replaceState(null, '', '#/image/6')
  window.dispatchEvent(new Event('hashchange'))
  expect(navigation).toMatchObject({ screen: 'models', imageId: 6 })
})

test('the list is in the address of every screen and image; after the Back button it may be another one', () => {
  history.replaceState(null, '', '#/image/3?show=labelled')
  const onLeave = vi.fn()
  const navigation = new Navigation(onLeave)
  expect(navigation).toMatchObject({ imageId: 3, listQuery: 'show=labelled' })
  navigation.closeImage()
  expect(location.hash).toBe('#/?show=labelled')
  const push = vi.spyOn(history, 'pushState')
  navigation.keepList('show=labelled&at=4', false)
  expect(push).not.toHaveBeenCalled()
  navigation.keepList('sort=-file', true)
  expect(push).toHaveBeenCalledTimes(1)
  navigation.showScreen('audit')
  expect(location.hash).toBe('#/audit?sort=-file')
  push.mockRestore()

  history.replaceState(null, '', '#/?show=labelled')
  window.dispatchEvent(new Event('hashchange'))
  expect(onLeave).toHaveBeenLastCalledWith({ isOtherList: true, isOtherImage: false })
  expect(navigation).toMatchObject({ screen: 'worklist', listQuery: 'show=labelled' })
  window.dispatchEvent(new Event('hashchange'))
  expect(onLeave).toHaveBeenLastCalledWith({ isOtherList: false, isOtherImage: false })
  history.replaceState(null, '', '#/image/5?show=labelled')
  window.dispatchEvent(new Event('hashchange'))
  expect(onLeave).toHaveBeenLastCalledWith({ isOtherList: false, isOtherImage: true })
  // The page opened this one itself: the address follows.
  navigation.showImage(6)
  window.dispatchEvent(new Event('hashchange'))
  expect(onLeave).toHaveBeenLastCalledWith({ isOtherList: false, isOtherImage: false })
})

/** The Back button, to an entry that `before` made. */
function goBack(before: { state: unknown; hash: string }): void {
  history.replaceState(before.state, '', before.hash)
  window.dispatchEvent(new Event('hashchange'))
}
const entry = (): { state: unknown; hash: string } => ({
  state: history.state as unknown,
  hash: location.hash,
})

test('back from the viewer, the place and the search are those of now; another list is that of then', () => {
  const onLeave = vi.fn()
  const navigation = new Navigation(onLeave)
  navigation.begin('Ada')
  const first = entry()
  navigation.keepList('show=labelled&q=a&at=1', true)
  const list = entry()
  navigation.showImage(1)
  window.dispatchEvent(new Event('hashchange'))
  navigation.showImage(2)
  navigation.keepList('show=labelled&q=a&at=2', false)
  goBack(list)
  expect(onLeave).toHaveBeenLastCalledWith({ isOtherList: false, isOtherImage: false })
  expect(navigation).toMatchObject({ imageId: null, listQuery: 'show=labelled&q=a&at=2' })
  expect(location.hash).toBe('#/?show=labelled&q=a&at=2')
  goBack(first)
  expect(onLeave).toHaveBeenLastCalledWith({ isOtherList: true, isOtherImage: false })
  expect(navigation.listQuery).toBe('')
  // An address that is typed is new, so its search counts.
  goBack({ state: null, hash: '#/?q=b' })
  expect(onLeave).toHaveBeenLastCalledWith({ isOtherList: true, isOtherImage: false })
  expect(navigation.listQuery).toBe('q=b')
})

test('nothing is written into an entry that the browser has gone to and has not told of yet', () => {
  const navigation = new Navigation()
  navigation.begin('Ada')
  const list = entry()
  navigation.showImage(1)
  window.dispatchEvent(new Event('hashchange'))
  history.replaceState(list.state, '', list.hash)
  navigation.keepList('at=1', false)
  navigation.showImage(2)
  expect(location.hash).toBe('#/')
  window.dispatchEvent(new Event('hashchange'))
  expect(navigation).toMatchObject({ imageId: null, listQuery: '' })
  navigation.keepList('at=2', false)
  expect(location.hash).toBe('#/?at=2')
})

test('while the place is concealed, a link leads to a screen and shows nothing else', () => {
  const onLeave = vi.fn()
  history.replaceState(null, '', '#/image/3?q=case2')
  const navigation = new Navigation(onLeave)
  navigation.begin('Ada')
  navigation.conceal()
  goBack({ state: null, hash: '#/image/4?q=case5' })
  expect(onLeave).not.toHaveBeenCalled()
  expect(navigation).toMatchObject({ screen: 'worklist', imageId: 3, listQuery: 'q=case2' })
  expect(location.hash).toBe('#/')
  goBack({ state: null, hash: '#/settings?q=case5' })
  expect(onLeave).toHaveBeenLastCalledWith({ isOtherList: false, isOtherImage: false })
  expect(navigation).toMatchObject({ screen: 'settings', imageId: null, listQuery: 'q=case2' })
  expect(location.hash).toBe('#/settings')
  navigation.reveal()
  expect(location.hash).toBe('#/settings?q=case2')
})

test('an entry of another round is not followed and shows the present address', () => {
  const onLeave = vi.fn()
  const navigation = new Navigation(onLeave)
  navigation.begin('Ada')
  navigation.keepList('case=Miller', true)
  const list = entry()
  navigation.showImage(5)
  window.dispatchEvent(new Event('hashchange'))
  const image = entry()
  onLeave.mockClear()

  navigation.begin('Ada, blind')
  expect(navigation).toMatchObject({ imageId: null, listQuery: '' })
  expect(location.hash).toBe('#/')
  navigation.showScreen('models')
  window.dispatchEvent(new Event('hashchange'))
  expect(onLeave).toHaveBeenCalledTimes(1)
  for (const foreign of [image, list]) {
    goBack(foreign)
    expect(navigation).toMatchObject({ screen: 'models', imageId: null, listQuery: '' })
    expect(location.hash).toBe('#/models')
  }
  expect(onLeave).toHaveBeenCalledTimes(1)

  // Nor after a reload at such an entry; at one of the same round the reload returns to its image.
  history.replaceState(image.state, '', image.hash)
  const reloaded = new Navigation()
  reloaded.begin('Ada, blind')
  expect(reloaded).toMatchObject({ imageId: null, listQuery: '' })
  history.replaceState(image.state, '', image.hash)
  const same = new Navigation()
  same.begin('Ada')
  expect(same).toMatchObject({ imageId: 5, listQuery: 'case=Miller' })
  // A copied address has no round.
  history.replaceState(null, '', image.hash)
  const copied = new Navigation()
  copied.begin('Bea')
  expect(copied).toMatchObject({ imageId: 5, listQuery: 'case=Miller' })
})

test('one panel is open at a time, over any screen', () => {
  const navigation = new Navigation()
  navigation.open({ name: 'train' })
  navigation.open({ name: 'job', jobId: 4 })
  navigation.showScreen('models')
  expect(navigation.panel).toEqual({ name: 'job', jobId: 4 })
  navigation.close()
  expect(navigation.panel).toBeNull()
})

test.each(['encoders', 'leaks'] as const)(
  '%s lead back once to what opened them, unless all are closed',
  (name) => {
    const navigation = new Navigation()
    const opened = { name, from: { name: 'train' } } as const
    navigation.open(opened)
    navigation.leave()
    expect(navigation.panel).toEqual({ name: 'train' })
    navigation.leave()
    expect(navigation.panel).toBeNull()
    navigation.open(opened)
    navigation.close()
    expect(navigation.panel).toBeNull()
  },
)

test.each([
  ['package', 'models', '/data/Nr. 7 ? #1/µ.lobule-model'],
  ['backup', 'settings', 'C:\\Backups\\100 %.lobule-backup'],
] as const)('a %s that the system opened is taken once, by its screen', (kind, screen, path) => {
  history.replaceState(null, '', `#/open/${kind}?${encodeURIComponent(path)}`)
  const navigation = new Navigation()
  expect(navigation).toMatchObject({ screen, imageId: null, opened: { kind, path }, listQuery: '' })
  expect(navigation.takeOpened(kind === 'package' ? 'backup' : 'package')).toBeNull()
  expect(navigation.takeOpened(kind)).toBe(path)
  expect(navigation.opened).toBeNull()
  navigation.begin('round')
  expect(location.hash).toBe(`#/${screen}`)
})

test('a file that is opened later leaves the image in the viewer, and the list as it was', () => {
  history.replaceState(null, '', '#/?q=3')
  const navigation = new Navigation()
  navigation.showImage(5)
  history.replaceState(null, '', '#/open/package?%2Fa.zip')
  window.dispatchEvent(new Event('hashchange'))
  expect(navigation).toMatchObject({ screen: 'models', imageId: null, listQuery: 'q=3' })
  expect(navigation.takeOpened('package')).toBe('/a.zip')
  expect(location.hash).toBe('#/models?q=3')
})

test.each(['#/open/other?a.zip', '#/open/package?%E0%A4%A'])('the address %j opens no file', (hash) => {
  history.replaceState(null, '', hash)
  expect(new Navigation().opened).toBeNull()
})
