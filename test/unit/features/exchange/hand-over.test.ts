import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { fromErrorView, type HandoverReport } from '../../../../electron/contract/index.ts'
import { createApplication } from '../../../../electron/application/create-application.ts'
import { dispatch } from '../../../../electron/application/dispatch.ts'
import { filesBelow } from '../../../../electron/base/files-below.ts'
import { quickCompute } from '../audit/quick-compute.ts'
import { startApplication, type Caller } from '../audit/seeded-workspace.ts'

let root: string
let caller: Caller
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-handover-'))
  for (const [index, name] of ['Benign', 'Malignant'].entries()) {
    mkdirSync(join(root, 'images', name), { recursive: true })
    for (let n = 0; n < 2; n++)
      await sharp({
        create: { width: 16, height: 12, channels: 3, background: { r: 40 * n, g: 90 * index, b: 9 } },
      })
        .png()
        .toFile(join(root, 'images', name, `P${n}-secret-${name}.png`))
  }
  caller = startApplication(join(root, 'home'))
  const { call, finish } = caller
  await call('workspace.create', { path: join(root, 'w'), classes: 'Benign,Malignant*' })
  await finish(
    await call('image.import', { paths: [join(root, 'images')], labels: 'folder', casesPattern: '^P[0-9]' }),
  )
  await call('image.label', { imageIds: [1], className: 'Malignant', reader: 'ada', comment: 'atypia' })
})
afterEach(async () => {
  vi.useRealTimers()
  await caller.application.close()
  rmSync(root, { recursive: true })
})

/** The program as it is behind a window on another computer. */
function window(home: string) {
  const { launch } = quickCompute({})
  const door = { tiles: '', choose: null } as const
  const homeDirectory = join(root, home)
  const other = createApplication({ homeDirectory, version: '0.0.0', launchCompute: launch, door })
  const value = async (name: string, input: object): Promise<unknown> => {
    const answer = await dispatch(other.handlers, name, input)
    if (!answer.ok) throw fromErrorView(answer.error)
    return answer.value
  }
  return { other, value }
}

const handOver = async (input: object): Promise<HandoverReport> => {
  const { call, finish } = caller
  const started = await call('exchange.handOver', { path: join(root, 'for-eva'), to: 'eva', ...input })
  return (await finish(started)) as HandoverReport
}

it('blind, holds nothing of labels, readers, suggestions and file names, and its reader begins blind', async () => {
  expect(await handOver({ isBlind: true })).toEqual({
    ...{
      path: join(root, 'for-eva'),
      to: 'eva',
      isBlind: true,
      images: 4,
      cases: 2,
      labels: 0,
      copied: true,
    },
  })
  for (const file of await filesBelow(join(root, 'for-eva'))) {
    expect(file).not.toMatch(/secret/)
    expect(readFileSync(file).toString('latin1'), file).not.toMatch(/secret|atypia|\bada\b|images.Benign/)
  }
  expect(readdirSync(root).filter((name) => name.includes('handing'))).toEqual([])
  const { other, value } = window('other-home')
  try {
    await value('workspace.open', { path: join(root, 'for-eva'), handover: 'begin' })
    const readers = await value('reader.list', {})
    expect(readers).toMatchObject([{ name: 'eva', isBlind: true }])
    const images = (await value('image.list', {})) as { id: number; sha256: string }[]
    // In the order of the import, all of one class would come first.
    const hashes = images.map(({ sha256 }) => sha256)
    expect(hashes).toEqual(hashes.toSorted())
    const [image] = images
    await value('image.label', { imageIds: [image?.id], className: 'Benign' })
    await value('exchange.export', { path: join(root, 'eva.jsonl') })
  } finally {
    await other.close()
  }
  const report = await caller.call('exchange.import', { path: join(root, 'eva.jsonl') })
  expect(report).toMatchObject({ added: { labels: 1 }, missingImages: 0 })
  const entries = await caller.call('label.list', {})
  expect(entries.at(-1)).toMatchObject({ reader: 'eva', className: 'Benign', isBlind: true })
  expect((await caller.call('audit.verify', {})).whole).toBe(true)
})

it('open, has the readings of its images and names the files where they are', async () => {
  expect(await handOver({ cases: ['P0'] })).toMatchObject({ images: 2, labels: 3, copied: false })
  await caller.call('workspace.open', { path: join(root, 'for-eva') })
  const images = await caller.call('image.list', {})
  expect(images.map(({ caseName, copied, fileName }) => ({ caseName, copied, fileName }))).toEqual([
    { caseName: 'P0', copied: false, fileName: 'P0-secret-Benign.png' },
    { caseName: 'P0', copied: false, fileName: 'P0-secret-Malignant.png' },
  ])
  expect(images[0]?.readings.all).toHaveLength(2)
  expect((await caller.call('audit.verify', {})).whole).toBe(true)
})

it.each([true, false])(
  'opens for the one who checks it without making them the reader (blind: %s)',
  async (isBlind) => {
    await handOver({ isBlind })
    const path = join(root, 'for-eva')
    const count = async (): Promise<number> => {
      await caller.call('workspace.open', { path })
      const { total } = await caller.call('audit.list', { limit: 1 })
      await caller.call('workspace.close', {})
      return total
    }
    const before = await count()
    const anna = window('anna-home')
    try {
      await anna.value('reader.set', { name: 'anna' })
      const refused = { code: 'workspace.handed-over', details: { path, to: 'eva', isBlind } }
      await expect(anna.value('workspace.open', { path })).rejects.toMatchObject(refused)
      const looking = anna.value('workspace.open', { path, handover: 'look' })
      // What a blind reader may not see is shown to no one before they begin.
      if (isBlind) await expect(looking).rejects.toMatchObject(refused)
      else await looking
      expect(await anna.value('app.info', {})).toMatchObject({ reader: 'anna' })
    } finally {
      await anna.other.close()
    }
    expect(await count()).toBe(before)
    const eva = window('eva-home')
    try {
      // The same name and state as in the workspace: the answer is recorded all the same, and asked once.
      await eva.value('reader.set', { name: 'eva' })
      await eva.value('workspace.open', { path, handover: 'begin' })
      expect(await eva.value('reader.list', {})).toContainEqual(
        expect.objectContaining({ name: 'eva', isBlind }),
      )
      await eva.value('workspace.close', {})
      await eva.value('reader.set', { name: 'ben' })
      await eva.value('workspace.open', { path })
      expect(await eva.value('app.info', {})).toMatchObject({ reader: 'ben' })
    } finally {
      await eva.other.close()
    }
    await caller.call('workspace.open', { path })
    const { events } = await caller.call('audit.list', { limit: 9 })
    expect(events.filter(({ after }) => JSON.stringify(after).includes('handover'))).toMatchObject([
      { kind: 'reading', reader: 'eva', after: { handover: 'begun', reads: 'eva', blind: isBlind } },
      { kind: 'import' },
    ])
    expect((await caller.call('audit.verify', {})).whole).toBe(true)
  },
)

it('hands over labels that a wrong clock put into the future', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 365 * 24 * 3_600_000 })
  await caller.call('image.label', { imageIds: [2], className: 'Benign', reader: 'ada' })
  vi.useRealTimers()
  expect(await handOver({})).toMatchObject({ images: 4, labels: 6 })
})

it('names the reader as the workspace does', async () => {
  expect(await handOver({ to: 'ADA' })).toMatchObject({ to: 'ada' })
  await caller.call('workspace.open', { path: join(root, 'for-eva') })
  expect((await caller.call('reader.list', {})).map(({ name }) => name)).toContain('ada')
  // The second letter is a Cyrillic one.
  await expect(handOver({ path: join(root, 'x'), to: 'a\u0501a' })).rejects.toMatchObject({
    code: 'reader.looks-alike',
  })
})

it.each([{ isBlind: true }, { copyImages: true }])(
  'refuses to copy a file that was changed (%o)',
  async (how) => {
    appendFileSync(join(root, 'images', 'Malignant', 'P1-secret-Malignant.png'), 'x')
    await expect(handOver(how)).rejects.toThrow(/image\.file-changed/)
    expect(readdirSync(root).toSorted()).toEqual(['home', 'images', 'w'])
  },
)

it('refuses a case that is not there and a folder that is, and leaves nothing behind', async () => {
  await expect(handOver({ cases: ['P0', 'P9'] })).rejects.toThrow(/P9/)
  await expect(handOver({ path: join(root, 'w') })).rejects.toThrow(/exists/)
  expect(readdirSync(root).toSorted()).toEqual(['home', 'images', 'w'])
})
