import { beforeEach, describe, expect, test, vi } from 'vitest'
import { AppError, type ActionView, type CallOutput } from '../../../electron/contract/index.ts'
import { Alerts } from '../../../renderer/state/alerts.svelte.ts'
import { Images } from '../../../renderer/state/images.svelte.ts'
import { Labelling } from '../../../renderer/state/labelling.ts'
import { Navigation } from '../../../renderer/state/navigation.svelte.ts'
import { Undoing } from '../../../renderer/state/undoing.svelte.ts'
import { deferred, stubClient, type Answers } from '../support/stub-client.ts'
import { at, image, reading } from '../support/views.ts'
import { waitFor } from '../../support/waiting.ts'

const action = (change: Partial<ActionView> = {}): ActionView => ({
  id: 7,
  at: at(1),
  kind: 'label',
  className: 'Benign',
  isUnsure: false,
  regions: null,
  images: 1,
  image: { imageId: 2, name: '2.png' },
  setting: null,
  isWithheld: false,
  ...change,
})
const nothing: CallOutput<'undo.state'> = { undo: null, redo: null }
const benign = { className: 'Benign', isUnsure: false, comment: null }

/** The parts of the page that undo uses, with one client. */
async function desk(answers: Answers) {
  const { client, asked } = stubClient({ 'undo.state': () => nothing, ...answers })
  const images = new Images(client)
  const parts = { alerts: new Alerts(), images, navigation: new Navigation(), reader: 'Ada' }
  const page = Object.assign(parts, {
    labelling: null as unknown as Labelling,
    undoing: null as unknown as Undoing,
  })
  page.labelling = new Labelling(page)
  page.undoing = new Undoing(client, page)
  if (answers['image.list'] !== undefined) await images.load()
  return { ...page, asked, names: () => asked.map(([name]) => name) }
}

beforeEach(() => history.replaceState(null, '', '#/image/1'))

test('names the next steps as the server gives them, and none while that is outdated', async () => {
  const { undoing } = await desk({
    'undo.state': () => ({ undo: action(), redo: action({ kind: 'adjudication', image: null, images: 3 }) }),
  })
  expect(undoing.nameOf('undo')).toBeNull()
  await undoing.load()
  expect(undoing.nameOf('undo')).toBe('Undo: Benign on 2.png')
  // The message before it names the step already.
  expect(undoing.nameBeside('Redone: Benign on 2.png.', 'undo')).toBe('Undo')
  expect(undoing.nameBeside('1 image labelled Benign.', 'undo')).toBe('Undo: Benign on 2.png')
  expect(undoing.nameOf('redo')).toBe('Redo: adjudication Benign on 3 images')
  undoing.refresh(true)
  expect(undoing.nameOf('undo')).toBe('Undo')
  await waitFor(() => expect(undoing.nameOf('undo')).toBe('Undo: Benign on 2.png'))
  undoing.clear()
  expect(undoing.nameOf('undo')).toBeNull()
})

test('shows the images of the answer, says what was undone, and turns to the image', async () => {
  const { undoing, images, alerts, navigation } = await desk({
    'image.list': () => [image(1), image(2, {}, [reading()])],
    'undo.undo': () => ({ action: action(), images: [image(2)] }),
  })
  expect(await undoing.undo()).toBe(true)
  expect(images.find(2)?.label).toBeNull()
  expect(alerts.note).toMatchObject({ text: 'Undone: Benign on 2.png.', offers: 'redo' })
  expect(navigation.imageId).toBe(2)
})

test('there may be nothing to redo', async () => {
  const { undoing, alerts } = await desk({
    'undo.redo': () => {
      throw new AppError('undo.nothing', { reader: 'Ada', direction: 'redo' })
    },
  })
  expect(await undoing.redo()).toBe(true)
  expect(alerts.note?.text).toBe('There is nothing to redo.')
  expect(alerts.problems).toEqual([])
})

test('waits for a label that is being saved; if that fails, nothing else is undone', async () => {
  const saving = deferred<never>()
  const { undoing, labelling, alerts, names } = await desk({
    'image.list': () => [image(1)],
    'image.label': () => saving.promise,
  })
  const log = vi.spyOn(console, 'error').mockReturnValue()
  const saved = labelling.save([1], benign)
  const undone = undoing.undo()
  saving.reject(new Error('The disk is full.'))
  expect([await saved, await undone]).toEqual([false, true])
  log.mockRestore()
  expect(names()).not.toContain('undo.undo')
  expect(alerts.note?.text).toBe('There is nothing to undo.')
})

describe('a label that was given blind', () => {
  const own = reading({ isBlind: true })

  test('is withdrawn only after a question, which names the image', async () => {
    const { labelling, navigation, asked } = await desk({
      'image.list': () => [image(1, {}, [own])],
      'image.label': () => [image(1)],
    })
    expect(await labelling.save([1], { className: null, isUnsure: false, comment: null })).toBe(false)
    expect(asked.map(([name]) => name)).not.toContain('image.label')
    const { panel } = navigation
    expect(panel).toMatchObject({ name: 'withdraw-blind', images: 1, image: '1.png' })
    if (panel?.name === 'withdraw-blind') panel.onConfirm()
    await waitFor(() =>
      expect(asked).toContainEqual([
        'image.label',
        { imageIds: [1], className: null, isUnsure: false, comment: null, confirmBlind: true },
      ]),
    )
  })

  test('is changed without a question', async () => {
    const { labelling, navigation } = await desk({
      'image.list': () => [image(1, {}, [own])],
      'image.label': () => [image(1, {}, [reading({ className: 'Malignant' })])],
    })
    expect(await labelling.save([1], { ...benign, className: 'Malignant' })).toBe(true)
    expect(navigation.panel).toBeNull()
  })

  test('is undone only after a question, and then exactly this step', async () => {
    const { undoing, navigation, alerts, asked } = await desk({
      'undo.state': () => ({ undo: action(), redo: null }),
      'undo.undo': ({ confirmBlind = false }) => {
        if (!confirmBlind) throw new AppError('label.blind-withdrawal', { images: 1 })
        return { action: action(), images: [image(2)] }
      },
    })
    expect(await undoing.undo()).toBe(false)
    expect(alerts.problems).toEqual([])
    const { panel } = navigation
    expect(panel).toMatchObject({ name: 'withdraw-blind', images: 1, image: '2.png' })
    if (panel?.name === 'withdraw-blind') panel.onConfirm()
    await waitFor(() => expect(alerts.note?.text).toBe('Undone: Benign on 2.png.'))
    expect(asked.findLast(([name]) => name === 'undo.undo')).toEqual([
      'undo.undo',
      { action: 7, confirmBlind: true },
    ])
  })
})
