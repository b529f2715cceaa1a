import type { RegionContent } from '../../../../electron/features/regions/change-regions.ts'

/** What a label, an adjudication, a comment or a region says; null: withdrawn, removed or deleted. */
type Value = { className: string | null; isUnsure: boolean } | RegionContent | string | null

interface Entry {
  lane: string
  order: number
  reader: string
  image: number
  value: Value
  isBlind: boolean
  isOn: boolean
  /** Of a region: its state once this entry was undone. */
  left?: string
}

interface ModelAction {
  entries: Entry[]
  what: string
}

export interface ModelLabel {
  reader: string
  className: string | null
  isUnsure: boolean
  isBlind: boolean
  comment: string | null
}

export type Outcome = 'done' | 'nothing' | 'changed-since' | 'blind'

/**
 * The rules of undo and redo in the plainest form: entries that are on or off, and two lists of actions for each reader.
 * It shares nothing with the program.
 */
export class UndoModel {
  #entries: Entry[] = []
  #stacks = new Map<string, { done: ModelAction[]; undone: ModelAction[] }>()

  stackOf(reader: string): { done: ModelAction[]; undone: ModelAction[] } {
    const stack = this.#stacks.get(reader) ?? { done: [], undone: [] }
    this.#stacks.set(reader, stack)
    return stack
  }

  hasEntry(reader: string, image: number): boolean {
    return this.#entries.some((entry) => entry.lane === `label ${image} ${reader}`)
  }

  /** The newest entry of a lane that is on. */
  #now(lane: string, but?: Entry): Entry | undefined {
    return this.#entries.findLast((entry) => entry.lane === lane && entry.isOn && entry !== but)
  }

  stateOf(lane: string, but?: Entry): Value {
    return this.#now(lane, but)?.value ?? null
  }

  do(
    reader: string,
    what: string,
    entries: Omit<Entry, 'order' | 'reader' | 'isOn'>[],
    confirms = true,
  ): Outcome {
    const made = entries.map((entry, index) => ({
      ...entry,
      reader,
      order: this.#entries.length + index,
      isOn: true,
    }))
    const stack = this.stackOf(reader)
    const { undone } = stack
    return this.#guarded(
      reader,
      made,
      confirms,
      () => {
        this.#entries.push(...made)
        stack.done.push({ entries: made, what })
        stack.undone = []
      },
      () => {
        this.#entries.splice(-made.length)
        stack.done.pop()
        stack.undone = undone
      },
    )
  }

  step(reader: string, direction: 'undo' | 'redo', confirms: boolean): Outcome {
    const { done, undone } = this.stackOf(reader)
    const [from, to] = direction === 'undo' ? [done, undone] : [undone, done]
    const action = from.at(-1)
    if (action === undefined) return 'nothing'
    for (const entry of action.entries) {
      const newest = this.#now(entry.lane, entry)
      if (newest !== undefined && newest.order > entry.order) return 'changed-since'
      if (
        direction === 'redo' &&
        entry.left !== undefined &&
        entry.left !== JSON.stringify(this.stateOf(entry.lane))
      )
        return 'changed-since'
    }
    const set = (isOn: boolean): void => {
      for (const entry of action.entries) entry.isOn = isOn
    }
    return this.#guarded(
      reader,
      action.entries,
      confirms,
      () => {
        set(direction === 'redo')
        for (const entry of action.entries)
          if (entry.lane.startsWith('region')) entry.left = JSON.stringify(this.stateOf(entry.lane))
        from.pop()
        to.push(action)
      },
      () => {
        set(direction === 'undo')
        to.pop()
        from.push(action)
      },
    )
  }

  /** A label given blind is lost if it is off, or its reader has no label of the image any more. */
  #guarded(
    reader: string,
    entries: Entry[],
    confirms: boolean,
    work: () => void,
    revert: () => void,
  ): Outcome {
    const images = [...new Set(entries.map(({ image }) => image))]
    const blind = images.flatMap((image) => {
      const own = this.#now(`label ${image} ${reader}`)
      return own?.isBlind === true && own.value !== null ? [own] : []
    })
    work()
    const isLost = blind.some((entry) => !entry.isOn || this.stateOf(entry.lane) === null)
    if (!isLost || confirms) return 'done'
    revert()
    return 'blind'
  }

  /** The labels of an image, in the order in which they were given. */
  labelsOf(image: number): ModelLabel[] {
    const lanes = new Set(
      this.#entries.flatMap(({ lane }) => (lane.startsWith(`label ${image} `) ? lane : [])),
    )
    return [...lanes]
      .flatMap((lane) => this.#now(lane) ?? [])
      .filter(({ value }) => value !== null)
      .toSorted((a, b) => a.order - b.order)
      .map(({ reader, value, isBlind, order }) => ({
        reader,
        ...(value as { className: string | null; isUnsure: boolean }),
        isBlind,
        comment: this.stateOf(`comment ${order}`) as string | null,
      }))
  }

  /** The order of a reader's current label of an image, which names its comments. */
  currentLabel(reader: string, image: number): number | null {
    const own = this.#now(`label ${image} ${reader}`)
    return own === undefined || own.value === null ? null : own.order
  }
}
