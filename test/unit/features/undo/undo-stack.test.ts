import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  AppError,
  actionText,
  parseClassScheme,
  type ErrorCode,
} from '../../../../electron/contract/index.ts'
import { checkedGeometry } from '../../../../electron/engine/regions/geometry.ts'
import { verifyChain } from '../../../../electron/features/audit/verify-chain.ts'
import { commentOnLabel } from '../../../../electron/features/labels/comments.ts'
import {
  addRegion,
  changeRegion,
  deleteRegion,
  type CheckedContent,
  type RegionContent,
} from '../../../../electron/features/regions/change-regions.ts'
import { currentRegions } from '../../../../electron/features/regions/current-regions.ts'
import { undoState } from '../../../../electron/features/undo/undo-stack.ts'
import {
  createWorkspace,
  getImage,
  insertImage,
  listRegionEntries,
  type Store,
} from '../../../../electron/store/index.ts'
import { newImage } from '../../../support/rows.ts'
import { UndoModel, type Outcome } from './model.ts'
import { adjudicate, makeStep, setLabels } from '../../../support/at-once.ts'

const classes = ['Benign', 'Malignant'] as const
const sequences = 14
const steps = 40

let root: string
let store: Store
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'lobule-undo-'))
  store = createWorkspace(join(root, 'w'), parseClassScheme('Benign,Malignant*'), 'test')
})
afterAll(() => {
  store.close()
  rmSync(root, { recursive: true })
})

/** Numbers from 0 to `below`, the same for the same seed (mulberry32). */
function dice(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

const outcomes: Partial<Record<ErrorCode, Outcome>> = {
  'undo.nothing': 'nothing',
  'undo.changed-since': 'changed-since',
  'label.blind-withdrawal': 'blind',
}
function outcomeOf(work: () => void): Outcome {
  try {
    work()
    return 'done'
  } catch (error) {
    const outcome = error instanceof AppError ? outcomes[(error as AppError).code] : undefined
    if (outcome === undefined) throw error
    return outcome
  }
}

let images = 0
const addImage = (): number =>
  insertImage(
    store.database,
    newImage(String(++images).padStart(64, '0'), {
      path: `/images/field-${images}.png`,
      widthPx: 10,
      heightPx: 10,
    }),
  )

/** Two readers who do things at random to two images, in the program and in the model. */
class Play {
  readonly model = new UndoModel()
  readonly #below: (below: number) => number
  readonly imageIds = [addImage(), addImage()]
  readonly readers: [string, string]
  readonly regions: number[] = []

  constructor(seed: number) {
    this.#below = dice(seed)
    this.readers = [`ada ${seed}`, `eva ${seed}`]
  }

  #of<T>(items: readonly T[]): T {
    return items[this.#below(items.length)] as T
  }

  move(): string {
    const reader = this.#of(this.readers)
    const does = [
      (): string => this.label(reader),
      (): string => this.label(reader),
      (): string => this.adjudicate(reader),
      (): string => this.comment(reader),
      (): string => this.region(reader),
      (): string => this.region(reader),
    ]
    const step = this.#below(10)
    if (step < 3) return this.step(reader, 'undo')
    if (step < 5) return this.step(reader, 'redo')
    return this.#of(does)()
  }

  label(reader: string): string {
    const { database } = store
    const imageIds = this.#of([[this.#of(this.imageIds)], this.imageIds])
    const choice = this.#below(5)
    const isUnsure = choice === 3
    const className = choice > 2 ? null : this.#of(classes)
    const isWithdrawal = className === null && !isUnsure
    const labelled = imageIds.filter(
      (image) => !isWithdrawal || this.model.currentLabel(reader, image) !== null,
    )
    if (labelled.length === 0) return 'nothing to withdraw'
    const confirmBlind = this.#below(3) > 0
    const blind = new Set(this.imageIds.filter((image) => !this.model.hasEntry(reader, image)))
    const outcome = outcomeOf(() =>
      setLabels(database, imageIds, className, {
        reader,
        comment: null,
        isUnsure,
        confirmBlind,
        isBlind: (image) => blind.has(image),
      }),
    )
    const value = isWithdrawal ? null : { className, isUnsure }
    const what = isUnsure ? 'unsure' : (className ?? 'withdrawal')
    const entries = labelled.map((image) => ({
      lane: `label ${image} ${reader}`,
      image,
      value,
      isBlind: blind.has(image),
    }))
    expect(outcome).toBe(this.model.do(reader, this.#text(what, labelled), entries, confirmBlind))
    return `${reader} labels ${String(imageIds)} ${what}: ${outcome}`
  }

  adjudicate(reader: string): string {
    const image = this.#of(this.imageIds)
    const hasVerdict = this.model.stateOf(`adjudication ${image}`) !== null
    const className = hasVerdict && this.#below(3) === 0 ? null : this.#of(classes)
    if (className !== null && this.model.labelsOf(image).length === 0) return 'nothing to adjudicate'
    adjudicate(store.database, [image], className, { reader, comment: null })
    const what = className === null ? 'removal of the adjudication' : `adjudication ${className}`
    const value = className === null ? null : { className, isUnsure: false }
    const entry = { lane: `adjudication ${image}`, image, value, isBlind: false }
    this.model.do(reader, this.#text(what, [image]), [entry])
    return `${reader} adjudicates ${image} ${String(className)}`
  }

  comment(reader: string): string {
    const image = this.#of(this.imageIds)
    const label = this.model.currentLabel(reader, image)
    const comment = this.#of([null, 'a', 'b'])
    if (label === null) return 'nothing to comment'
    commentOnLabel(store.database, image, { reader, comment })
    const lane = `comment ${label}`
    if (this.model.stateOf(lane) === comment) return 'the same comment'
    this.model.do(reader, this.#text('comment', [image]), [{ lane, image, value: comment, isBlind: false }])
    return `${reader} comments ${image} ${String(comment)}`
  }

  region(reader: string): string {
    const { database } = store
    const who = { name: reader, isHidden: () => false }
    const present = this.regions.filter((id) => this.model.stateOf(`region ${id}`) !== null)
    const what = present.length === 0 ? 'add' : this.#of(['add', 'change', 'change', 'delete'] as const)
    const image = this.imageIds[0] ?? 0
    if (what === 'add') {
      const content = this.#content()
      const { id } = addRegion(database, image, content, who)
      this.regions.push(id)
      const entry = { lane: `region ${id}`, image, value: content, isBlind: false }
      this.model.do(reader, this.#text('new region', [image]), [entry])
      return `${reader} draws ${id}`
    }
    const id = this.#of(present)
    const lane = `region ${id}`
    if (what === 'delete') {
      deleteRegion(database, id, who)
      const entry = { lane, image, value: null, isBlind: false }
      this.model.do(reader, this.#text('deleted region', [image]), [entry])
      return `${reader} deletes ${id}`
    }
    const content = this.#content()
    changeRegion(database, id, content, who)
    if (JSON.stringify(this.model.stateOf(lane)) === JSON.stringify(content)) return 'the same region'
    this.model.do(reader, this.#text('changed region', [image]), [
      { lane, image, value: content, isBlind: false },
    ])
    return `${reader} changes ${id}`
  }

  step(reader: string, direction: 'undo' | 'redo'): string {
    const confirmBlind = this.#below(3) > 0
    const step = { direction, reader, isBlinded: false }
    const outcome = outcomeOf(() => void makeStep(store.database, step, { action: null, confirmBlind }))
    expect(outcome).toBe(this.model.step(reader, direction, confirmBlind))
    return `${reader} ${direction}: ${outcome}`
  }

  /** Everything that undo and redo may touch, as the program shows it. */
  state(): unknown {
    return this.imageIds.map((image) => {
      const view = getImage(store.database, image)
      return {
        label: view.label,
        readings: view.readings,
        regions: currentRegions(listRegionEntries(store.database, image), view),
      }
    })
  }

  /** Compares the program with the model. */
  check(): void {
    const { database } = store
    for (const image of this.imageIds) {
      const view = getImage(database, image)
      const shown = view.readings.all.map(({ reader, className, isUnsure, isBlind, comment }) => ({
        reader,
        className,
        isUnsure,
        isBlind,
        comment,
      }))
      expect(shown).toEqual(this.model.labelsOf(image))
      const verdict = this.model.stateOf(`adjudication ${image}`) as { className: string } | null
      expect(view.readings.adjudication?.className ?? null).toBe(verdict?.className ?? null)
    }
    const [image = 0] = this.imageIds
    const drawn = currentRegions(listRegionEntries(database, image), getImage(database, image))
    const expected = this.regions.flatMap((id) => {
      const content = this.model.stateOf(`region ${id}`) as RegionContent | null
      return content === null ? [] : { id, ...content }
    })
    expect(
      drawn.map(({ id, geometry, className, name, comment }) => ({ id, geometry, className, name, comment })),
    ).toEqual(expected)
    for (const reader of this.readers) {
      const { undo, redo } = undoState(database, reader)
      const { done, undone } = this.model.stackOf(reader)
      expect(undo === null ? null : actionText(undo)).toBe(done.at(-1)?.what ?? null)
      expect(redo === null ? null : actionText(redo)).toBe(undone.at(-1)?.what ?? null)
    }
  }

  #content(): CheckedContent {
    const left = this.#below(2)
    return {
      geometry: checkedGeometry(
        { kind: 'rectangle', left, top: 0, right: left + 5, bottom: 4 },
        { widthPx: 10, heightPx: 10 },
      ),
      className: this.#of([null, ...classes]),
      name: null,
      comment: null,
    }
  }

  #text(what: string, imageIds: readonly number[]): string {
    const [only, ...others] = imageIds
    if (others.length > 0) return `${what} on ${imageIds.length} images`
    return `${what} on ${getImage(store.database, only ?? 0).fileName}`
  }
}

it('agrees with a plain model in random sequences of two readers, and every redo restores what was undone', () => {
  const seen: Record<string, number> = {}
  for (let seed = 1; seed <= sequences; seed++) {
    const play = new Play(seed)
    const story: string[] = []
    try {
      for (let n = 0; n < steps; n++) {
        story.push(play.move())
        play.check()
        const outcome = /: (.+)$/.exec(story.at(-1) ?? '')?.[1]
        if (outcome !== undefined) seen[outcome] = (seen[outcome] ?? 0) + 1
        const [reader] = play.readers
        if (n % 4 !== 0) continue
        const before = play.state()
        if (!story.push(play.step(reader, 'undo')) || !story.at(-1)?.endsWith('done')) continue
        // The redo of a withdrawal may itself need a confirmation.
        while (!play.step(reader, 'redo').endsWith('done'));
        expect(play.state()).toEqual(before)
        play.check()
      }
    } catch (error) {
      throw new Error(`seed ${seed}: ${story.join('; ')}`, { cause: error })
    }
  }
  // Each rule was met.
  expect(Object.keys(seen).toSorted()).toEqual(['blind', 'changed-since', 'done', 'nothing'])
})

it('leaves events that the verification of the trail confirms', async () => {
  expect(await verifyChain(store.database)).toMatchObject({ whole: true, problems: [] })
})
