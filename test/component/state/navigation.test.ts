import { beforeEach, expect, test, vi } from 'vitest'
import { Navigation } from '../../../renderer/state/navigation.svelte.ts'

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
  expect(onLeave).toHaveBeenLastCalledWith(true)
  expect(navigation).toMatchObject({ screen: 'worklist', listQuery: 'show=labelled' })
  window.dispatchEvent(new Event('hashchange'))
  expect(onLeave).toHaveBeenLastCalledWith(false)
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
