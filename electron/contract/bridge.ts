import type { Answer } from './calls.ts'
import type { AnyEvent } from './events.ts'

/** The one thing that a door gives to the page: window.lobule in Electron, a WebSocket in the browser. */
export interface Bridge {
  call(name: string, input: unknown): Promise<Answer>
  onEvent(listener: (event: AnyEvent) => void): () => void
  /** The real path of a file dropped on the page; null where the door cannot know it. */
  pathOf(file: object): string | null
}
