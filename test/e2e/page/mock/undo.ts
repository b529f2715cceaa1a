import {
  AppError,
  type ActionView,
  type Handlers,
  type ImageView,
} from '../../../../electron/contract/index.ts'

/** A step as it is made: what it is, and how it is reversed and made again. */
interface FakeStep {
  kind: 'label' | 'region'
  className: string | null
  regions: ActionView['regions']
  imageIds: readonly number[]
  undo: () => void
  redo: () => void
}

interface FakeUndoAround {
  image: (id: number) => ImageView
  reader: () => string
  /** Called with the images of a step that was undone or redone. */
  changed: (imageIds: number[], kind: FakeStep['kind']) => void
}

/** Steps that can be undone and redone, of one reader. */
export class FakeUndo {
  readonly #around: FakeUndoAround
  #done: FakeStep[] = []
  #undone: FakeStep[] = []

  constructor(around: FakeUndoAround) {
    this.#around = around
  }

  record(step: FakeStep): void {
    this.#done.push(step)
    this.#undone = []
  }

  #view(step: FakeStep | undefined): ActionView | null {
    if (step === undefined) return null
    const [only = 0, ...others] = step.imageIds
    return {
      id: this.#done.length + 1,
      at: new Date().toISOString(),
      kind: step.kind,
      className: step.className,
      isUnsure: false,
      regions: step.regions,
      images: step.imageIds.length,
      image: others.length > 0 ? null : { imageId: only, name: this.#around.image(only).fileName },
      setting: null,
      isWithheld: false,
    }
  }

  #take(direction: 'undo' | 'redo'): { action: ActionView; images: ImageView[] } {
    const [from, to] = direction === 'undo' ? [this.#done, this.#undone] : [this.#undone, this.#done]
    const step = from.pop()
    const action = this.#view(step)
    if (step === undefined || action === null)
      throw new AppError('undo.nothing', { reader: this.#around.reader(), direction })
    to.push(step)
    step[direction]()
    this.#around.changed([...step.imageIds], step.kind)
    return { action, images: step.imageIds.map((id) => this.#around.image(id)) }
  }

  readonly handlers = {
    'undo.state': () => ({ undo: this.#view(this.#done.at(-1)), redo: this.#view(this.#undone.at(-1)) }),
    'undo.undo': () => this.#take('undo'),
    'undo.redo': () => this.#take('redo'),
  } satisfies Partial<Handlers>
}
