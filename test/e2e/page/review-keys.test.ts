import { expect, it } from 'vitest'
import type { ImageView } from '../../../electron/contract/index.ts'
import { stayOnImages } from '../../support/browser.ts'
import { lookInBothThemes } from './accessibility.ts'
import { button, open, page, problems, useMockPage } from './mock/mock-page.ts'

/** The review with the keyboard alone: the page's calls for ten images, as sent to the server. */
useMockPage()

interface Said {
  imageIds: number[]
  className: string | null
  isUnsure: boolean
  comment: string | null
}

/** A comment without a label. */
interface Commented {
  imageId: number
  comment: string
}

/** All labels and comments that the page sends from now on. */
function listen(): (Said | Commented)[] {
  const said: (Said | Commented)[] = []
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      const { name, input } = JSON.parse(String(payload)) as { name: string; input: Said & Commented }
      if (name === 'label.comment') said.push({ imageId: input.imageId, comment: input.comment })
      if (name !== 'image.label') return
      const { imageIds, className, isUnsure, comment } = input
      said.push({ imageIds, className, isUnsure, comment })
    }),
  )
  return said
}

/** By image. */
interface Told {
  suggested: Map<number, string>
}

/** What the page received first. */
function listenToAnswers(): Told {
  const told: Told = { suggested: new Map() }
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      const { answer } = JSON.parse(String(payload)) as { answer?: { value?: unknown } }
      // Only the list at the start: the answer to a label contains images too.
      if (!Array.isArray(answer?.value) || told.suggested.size > 0) return
      for (const { id = 0, verdict } of answer.value as Partial<ImageView>[]) {
        if (verdict?.suggested !== undefined) told.suggested.set(id, verdict.suggested)
      }
    }),
  )
  return told
}

/** Keys for each of ten images; between slashes: a comment, typed. */
const review = ['a', '4', 's', 'a', '2', 's', '1', 'n /at the edge/ 3', 'n /2 of 3/', 'a'] as const

/** Reads ten images with the keyboard alone. Keys in `dead` do nothing. */
async function readTen(dead: string | null): Promise<{ said: (Said | Commented)[]; told: Told }> {
  const said = listen()
  const told = listenToAnswers()
  await stayOnImages(page)
  // Before the page receives it.
  await page.addInitScript((key) => {
    const swallow = (event: KeyboardEvent): void => {
      const isTyping = event.target instanceof HTMLTextAreaElement || event.target instanceof HTMLInputElement
      if (event.key === key && !(isTyping && key.length === 1)) event.stopImmediatePropagation()
    }
    window.addEventListener('keydown', swallow, true)
  }, dead)
  await open({ images: 12, isClassified: true })
  await page.getByTestId('worklist-row').first().waitFor()
  await page.getByTestId('worklist').focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('Enter')
  await page
    .locator('[data-testid=viewer][data-ready=true]')
    .waitFor(dead === null ? {} : { timeout: 2_000 })
    .catch(() => undefined)
  for (const [index, keys] of review.entries()) {
    if (index > 0) await page.keyboard.press('ArrowRight')
    for (const key of keys.match(/\/.*?\/|\S+/g) ?? []) {
      if (key.startsWith('/')) {
        await page
          .getByLabel('Comment')
          .waitFor(dead === null ? {} : { timeout: 1_000 })
          .catch(() => undefined)
        await page.keyboard.type(key.slice(1, -1))
        await page.keyboard.press('Enter')
      } else await page.keyboard.press(key)
    }
  }
  // The last label is pending while no new one follows.
  for (let before = -1; before !== said.length;) {
    before = said.length
    await page.waitForTimeout(700)
  }
  return { said, told }
}

const expected = (told: Told): (Said | Commented)[] => {
  const word = (imageId: number, className: string | null): Said => ({
    imageIds: [imageId],
    className,
    isUnsure: className === null,
    comment: null,
  })
  const accept = (imageId: number): Said =>
    word(imageId, told.suggested.get(imageId) ?? 'nothing is suggested')
  return [
    accept(1),
    word(2, 'Invasive'),
    word(3, null),
    accept(4),
    word(5, 'Benign'),
    word(6, null),
    word(7, 'Normal'),
    // No label yet: the comment is saved at once, and without one.
    { imageId: 8, comment: 'at the edge' },
    word(8, 'InSitu'),
    // Anna has a label on it: a comment does not label it again.
    { imageId: 9, comment: '2 of 3' },
    accept(10),
  ]
}

it('accepts, overrides, is unsure, comments and continues: ten images with the keyboard alone', async () => {
  const { said, told } = await readTen(null)
  expect(review).toHaveLength(10)
  expect(said).toEqual(expected(told))
  expect(problems).toEqual([])
})

it.each(['a', 's', 'n', '4', 'ArrowRight', 'Enter'])(
  'is not the same review once %s does nothing',
  async (dead) => {
    const { said, told } = await readTen(dead)
    expect(told.suggested.size).toBeGreaterThan(9)
    expect(said).not.toEqual(expected(told))
  },
)

it('goes to the next image after each label, unless the reader has decided otherwise on this computer', async () => {
  const said = listen()
  const shown = (): Promise<string | null> => page.getByTestId('viewer').getAttribute('data-image-id')
  await open({ images: 12, isClassified: true })
  await page.getByTestId('worklist-row').first().waitFor()
  for (const key of ['Home', 'Enter', '1', '2', 's', '3']) await page.keyboard.press(key)
  await expect.poll(shown).toBe('5')
  expect(said.map((one) => ('imageIds' in one ? [...one.imageIds, one.className] : null))).toEqual([
    [1, 'Normal'],
    [2, 'Benign'],
    [3, null],
    [4, 'InSitu'],
  ])
  await page.getByRole('checkbox', { name: 'Go to the next image after labelling' }).click()
  await page.reload()
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  await page.keyboard.press('1')
  await page.getByText('1 image labelled Normal.').waitFor()
  expect(await shown()).toBe('5')

  // After a reload, a label does not change the order of a list that is filtered by labels.
  await page.evaluate(() => (location.hash = '#/image/8?show=unlabelled'))
  await page.locator('[data-testid=viewer][data-image-id="8"]').waitFor()
  await page.reload()
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  const position = page.getByText(/^\d+ of \d+$/)
  const before = await position.textContent()
  await page.keyboard.press('2')
  await page.getByText('1 image labelled Benign.').waitFor()
  expect(await position.textContent()).toBe(before)
  expect(problems).toEqual([])
})

it('never treats a typed comment as a label, however slow the disk', async () => {
  await stayOnImages(page)
  const said = listen()
  await page.routeWebSocket(/\/socket/, (socket) => {
    const door = socket.connectToServer()
    socket.onMessage((message) => {
      const { name } = JSON.parse(String(message)) as { name: string }
      setTimeout(() => door.send(message), name === 'image.label' ? 700 : 0)
    })
  })
  await open({ images: 12, isClassified: true })
  await page.getByTestId('worklist-row').first().locator('img').first().dblclick()
  await page.locator('[data-testid=viewer][data-ready=true]').waitFor()
  for (const key of ['1', 'ArrowRight', 'n', '2', 'a', 's']) await page.keyboard.press(key)
  await page.locator('[data-testid=viewer][data-image-id="2"]').waitFor()
  const field = page.getByRole('textbox', { name: 'Comment' })
  await field.waitFor()
  await page.keyboard.type('2a')
  expect(await field.inputValue()).toBe('2a')
  await page.waitForTimeout(1500)
  expect(said).toEqual([{ imageIds: [1], className: 'Normal', isUnsure: false, comment: null }])
  expect(problems).toEqual([])
})

it('says that classes are tied if they have the same probability, and only then', async () => {
  const tied = 'Several classes have the same highest probability'
  await page.routeWebSocket(/\/socket/, (socket) => {
    const door = socket.connectToServer()
    socket.onMessage((message) => door.send(message))
    door.onMessage((message) => {
      const frame = JSON.parse(String(message)) as { answer?: { value?: unknown } }
      const { value } = frame.answer ?? {}
      const first = (Array.isArray(value) ? (value as Partial<ImageView>[]) : []).find(({ id }) => id === 1)
      if (first?.verdict != null) {
        const names = Object.keys(first.verdict.probabilities)
        first.verdict.probabilities = Object.fromEntries(names.map((name) => [name, 1 / names.length]))
        first.verdict.suggested = names[0] ?? ''
      }
      socket.send(JSON.stringify(frame))
    })
  })
  await open({ images: 12, isClassified: true })
  await page.getByTestId('worklist-row').first().locator('img').first().dblclick()
  const panel = page.getByTestId('verdict-panel')
  await panel.getByText(tied).waitFor()
  await lookInBothThemes(page, 'verdict-tied')
  await page.keyboard.press('ArrowRight')
  await page.locator('[data-testid=viewer][data-image-id="2"]').waitFor()
  await panel.getByText('Carcinoma score').waitFor()
  expect(await panel.getByText(tied).count()).toBe(0)
  expect(problems).toEqual([])
})

it('ends the list with what was read, and what comes next', async () => {
  await open({ images: 4, isClassified: true })
  await page.getByTestId('worklist-row').first().locator('img').first().dblclick()
  const dialog = page.getByRole('dialog', { name: '4 images read' })
  for (const place of [1, 2, 3, 4]) {
    await page.locator(`[data-testid=viewer][data-image-id="${place}"]`).waitFor()
    await page.keyboard.press('1')
  }
  await dialog
    .getByText(
      /^That was the last image in the list\. .* from the first label to the last, without pauses\.$/,
    )
    .waitFor()
  await dialog.getByRole('list', { name: 'Your labels by class' }).getByText('Normal').waitFor()
  await dialog.getByText(/^You differed from the suggested class in \d of 4\.$/).waitFor()
  await lookInBothThemes(page, 'batch-end')
  const differing = button(/^See the \d that differ/, dialog)
  const count = Number(/\d/.exec((await differing.textContent()) ?? '')?.[0])
  await differing.click()
  await page.getByText(`1 of ${count}`, { exact: true }).waitFor()
  await page.keyboard.press('Escape')
  expect(problems).toEqual([])
})
